package signin

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"switchboard/graphclient"
)

const (
	attemptLife = 10 * time.Minute // from the start of a sign-in to its callback
	// attemptBytes bounds the cookies of a browser's sign-ins under way, which is about 14 tabs: many proxies refuse a
	// header of more than 8 KiB, and then the whole site. The oldest give way.
	attemptBytes = 6 << 10
	// finishedLife is how long a state is known to be spent: longer than it could be good, by instances whose clocks differ.
	finishedLife = 2 * attemptLife
)

// attempt is a sign-in under way: what its callback must bring, and where it leads.
type attempt struct {
	Nonce    string
	Verifier string // of PKCE (RFC 7636)
	ReturnTo string
	Need     graphclient.Scope `json:",omitzero"` // that the scopes asked for allow
	// Prompt is what the provider was asked to have the person do first, "" for nothing in particular.
	Prompt string `json:",omitzero"`
	// Foreign says that another site began it. It may sign somebody in, and may not replace a session.
	Foreign bool `json:",omitzero"`
	Started time.Time
}

// attempts keeps each sign-in under way in its own browser, sealed to its state: any instance can answer the callback, and
// whoever begins a million takes nobody's place. The database knows only the states that are spent.
type attempts struct {
	db      Database
	seals   *seals
	cookies cookies
	now     func() time.Time
}

// errAttempt says that no sign-in of that state is under way in that browser.
var errAttempt = errors.New("no such sign-in is under way in this browser")

// begin keeps the attempt under its state in the browser.
func (a *attempts) begin(w http.ResponseWriter, r *http.Request, state string, one attempt) error {
	plain, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("keep a sign-in: %w", err)
	}
	key := digest(state)
	name, sealed := a.cookies.attempt(key), a.seals.seal(sealAttempt, key, plain)
	a.makeRoom(w, r, attemptBytes-len(name)-len(sealed))
	a.cookies.set(w, name, sealed, int(attemptLife/time.Second))
	return nil
}

// makeRoom expires the browser's cookies of sign-ins that are over, and of the oldest until the others fit into the room.
func (a *attempts) makeRoom(w http.ResponseWriter, r *http.Request, room int) {
	type kept struct {
		cookie  *http.Cookie
		started time.Time
	}
	var all []kept
	for key, cookie := range a.cookies.attempts(r) {
		one, err := a.open(key, cookie.Value)
		if err != nil {
			a.cookies.expire(w, cookie.Name)
			continue
		}
		all = append(all, kept{cookie, one.Started})
	}
	slices.SortFunc(all, func(a, b kept) int { return b.started.Compare(a.started) })
	for _, one := range all {
		if room -= len(one.cookie.Name) + len(one.cookie.Value); room < 0 {
			a.cookies.expire(w, one.cookie.Name)
		}
	}
}

// open is the attempt in a cookie's value, errAttempt if it is not of that state or is over.
func (a *attempts) open(key, sealed string) (one attempt, err error) {
	plain, _, err := a.seals.open(sealAttempt, key, sealed)
	if err != nil {
		return one, errAttempt
	}
	if err := json.Unmarshal(plain, &one); err != nil {
		return one, fmt.Errorf("look a sign-in up: %w", err)
	}
	if a.now().Sub(one.Started) > attemptLife {
		return one, errAttempt
	}
	return one, nil
}

// take returns the attempt of that state and spends it: of any number of callers exactly one gets it. A browser that does
// not hold it spends nothing, or a thief of the state could end the sign-in of the one it was stolen from.
func (a *attempts) take(w http.ResponseWriter, r *http.Request, state string) (attempt, error) {
	key := digest(state)
	name := a.cookies.attempt(key)
	one, err := a.open(key, a.cookies.value(r, name))
	if err != nil {
		return attempt{}, err
	}
	first, err := a.spend(r.Context(), key)
	if err != nil {
		return attempt{}, fmt.Errorf("look a sign-in up: %w", err)
	}
	a.cookies.expire(w, name)
	if !first {
		return attempt{}, errAttempt
	}
	return one, nil
}

// spend says whether the state was good until now.
func (a *attempts) spend(ctx context.Context, key string) (first bool, err error) {
	err = a.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO finished_sign_ins (state, finished_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			key, a.now().UnixMicro())
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		first = added == 1
		return err
	})
	return first, err
}

// sweep forgets states that are too old to be good anyway.
func (a *attempts) sweep(ctx context.Context) error {
	return a.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM finished_sign_ins WHERE finished_at < $1`, a.now().Add(-finishedLife).UnixMicro())
		return err
	})
}
