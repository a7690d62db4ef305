package signin

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/graphclient"
)

const (
	attemptLife       = 10 * time.Minute // from the start of a sign-in to its callback
	attemptsOfBrowser = 20               // under way in one browser; the oldest give way
	attemptsInAll     = 10_000           // under way in all; the oldest give way
)

// attempt is a sign-in under way: what its callback must bring, and where it leads.
type attempt struct {
	Nonce    string
	Verifier string // of PKCE (RFC 7636)
	ReturnTo string
	Need     graphclient.Scope // that the scopes asked for allow
	Scope    string
	// Foreign says that another site began it. It may sign somebody in, and may not replace a session.
	Foreign bool
	Started time.Time
}

// attempts keeps sign-ins under way in the database, so that any instance can answer the callback, once.
type attempts struct {
	db    Database
	seals *seals
	now   func() time.Time
}

// errAttempt says that no sign-in of that state is under way in that browser.
var errAttempt = errors.New("no such sign-in is under way in this browser")

// begin keeps the attempt under its state, bound to the browser's secret.
func (a *attempts) begin(ctx context.Context, state, browser string, one attempt) error {
	plain, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("keep a sign-in: %w", err)
	}
	key, owner := digest(state), digest(browser)
	sealed := a.seals.seal(sealAttempt, key, plain)
	err = a.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sign_ins (state, browser, sealed, created_at) VALUES ($1, $2, $3, $4)`,
			key, owner, sealed, one.Started.UnixMicro()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_ins WHERE browser = $1 AND state NOT IN
			(SELECT state FROM sign_ins WHERE browser = $1 ORDER BY created_at DESC LIMIT $2)`, owner, attemptsOfBrowser); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sign_ins WHERE created_at <
			(SELECT created_at FROM sign_ins ORDER BY created_at DESC LIMIT 1 OFFSET $1)`, attemptsInAll-1)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a sign-in: %w", err)
	}
	return nil
}

// take returns the attempt of that state and browser and removes it: of any number of callers exactly one gets it. It
// also says whether the browser has others under way. A wrong browser takes nothing, or a thief of the state could end
// the sign-in of the one it was stolen from.
func (a *attempts) take(ctx context.Context, state, browser string) (one attempt, others bool, err error) {
	key, owner := digest(state), digest(browser)
	var sealed string
	err = a.db.Write(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `DELETE FROM sign_ins WHERE state = $1 AND browser = $2 RETURNING sealed`, key, owner).Scan(&sealed); err != nil {
			return err
		}
		var left int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sign_ins WHERE browser = $1 AND created_at > $2`,
			owner, a.now().Add(-attemptLife).UnixMicro()).Scan(&left)
		others = left > 0
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return one, false, errAttempt
	}
	if err != nil {
		return one, false, fmt.Errorf("look a sign-in up: %w", err)
	}
	plain, _, err := a.seals.open(sealAttempt, key, sealed)
	if err != nil {
		return one, others, errAttempt
	}
	if err := json.Unmarshal(plain, &one); err != nil {
		return one, others, fmt.Errorf("look a sign-in up: %w", err)
	}
	if a.now().Sub(one.Started) > attemptLife {
		return one, others, errAttempt
	}
	return one, others, nil
}

// sweep removes those whose callback came too late or never.
func (a *attempts) sweep(ctx context.Context) error {
	return a.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sign_ins WHERE created_at < $1`, a.now().Add(-attemptLife).UnixMicro())
		return err
	})
}
