package signin

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/seal"
)

// finishedLife is how long a state is known to be spent: longer than it could be good, by instances whose clocks differ.
const finishedLife = 2 * keptLife

// pendingSignIn is a sign-in under way: what its callback must bring, and where it leads.
type pendingSignIn struct {
	ReturnTo string            `json:"r"`
	Need     graphclient.Scope `json:"n,omitzero"` // that the scopes asked for allow
	// Prompt is what the provider was asked to have the person do first, "" for nothing in particular.
	Prompt string `json:"p,omitzero"`
	// Foreign says that another site began it. It may sign somebody in, and may not replace a session.
	Foreign bool `json:"f,omitzero"`

	// Nonce and Verifier (of PKCE, RFC 7636) follow from the state and the session key, and so take no room.
	Nonce    string `json:"-"`
	Verifier string `json:"-"`
}

// pendingSignIns keep each sign-in under way in its own browser, sealed to its state: any instance can answer the callback, and
// somebody who begins a million takes nobody's place. The database knows only the states that are spent.
type pendingSignIns struct {
	db     Database
	seals  *seal.Keys
	pieces *pieces
	now    func() time.Time
}

// errNotPending says that no sign-in of that state is under way in that browser.
var errNotPending = errors.New("no such sign-in is under way in this browser")

// begin keeps the sign-in in the browser, in place of the page that it leads to if that was remembered, and returns its
// state and the sign-in with its secrets.
func (a *pendingSignIns) begin(w http.ResponseWriter, r *http.Request, one pendingSignIn, page *kept) (string, pendingSignIn, error) {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false) // an address has many &
	if err := encoder.Encode(one); err != nil {
		return "", pendingSignIn{}, fmt.Errorf("keep a sign-in: %w", err)
	}
	state, stamp := seal.Random(), a.pieces.stamp(r)
	sealed := a.seals.Seal(seal.PendingSignIn, stamp+seal.Digest(state), plain.Bytes())
	a.pieces.put(w, r, stamp, sealed, page)
	one, err := a.withSecrets(one, state, sealed)
	return state, one, err
}

// path is our own address at which the same sign-in begins anew; it does not say where it leads.
func (one pendingSignIn) path() string {
	query := url.Values{}
	if one.Need == graphclient.Write {
		query.Set("grant", "write")
	}
	if one.Prompt != "" {
		query.Set("account", "other")
	}
	return strings.TrimSuffix(oidc.SignInPath+"?"+query.Encode(), "?")
}

func (a *pendingSignIns) withSecrets(one pendingSignIn, state, sealed string) (pendingSignIn, error) {
	var errs [2]error
	one.Nonce, errs[0] = a.seals.Derive(seal.Nonce, state, sealed)
	one.Verifier, errs[1] = a.seals.Derive(seal.CodeVerifier, state, sealed)
	return one, errors.Join(errs[:]...)
}

// find is the browser's sign-in of that state, and where it lies.
func (a *pendingSignIns) find(r *http.Request, state string) (pendingSignIn, kept, error) {
	for _, at := range a.pieces.in(r) {
		plain, _, err := a.seals.Open(seal.PendingSignIn, at.stamp+seal.Digest(state), at.sealed)
		if err != nil {
			continue // of another sign-in
		}
		var one pendingSignIn
		if err := json.Unmarshal(plain, &one); err != nil {
			return pendingSignIn{}, kept{}, fmt.Errorf("look a sign-in up: %w", err)
		}
		one, err = a.withSecrets(one, state, at.sealed)
		return one, at, err
	}
	return pendingSignIn{}, kept{}, errNotPending
}

// take returns the sign-in of that state and spends it: one caller gets it without an error, all others with
// errNotPending. A browser that does not hold it spends nothing: somebody who stole the state could else end the sign-in.
func (a *pendingSignIns) take(w http.ResponseWriter, r *http.Request, state string) (pendingSignIn, error) {
	one, at, err := a.find(r, state)
	if err != nil {
		return pendingSignIn{}, err
	}
	first, err := a.spend(r.Context(), seal.Digest(state))
	if err != nil {
		return pendingSignIn{}, fmt.Errorf("look a sign-in up: %w", err)
	}
	a.pieces.drop(w, at, 0, 0)
	if !first {
		return one, errNotPending
	}
	return one, nil
}

// spend says whether the state was good until now.
func (a *pendingSignIns) spend(ctx context.Context, key string) (first bool, err error) {
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
func (a *pendingSignIns) sweep(ctx context.Context) error {
	return a.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM finished_sign_ins WHERE finished_at < $1`, a.now().Add(-finishedLife).UnixMicro())
		return err
	})
}
