package signin_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

var nextKey = bytes.Repeat([]byte{7}, 32)

func keys(list ...[]byte) func(*signin.Options) {
	return func(o *signin.Options) { o.Keys = list }
}

// TestKeysRotate: with a new first key nobody is signed out, and once a session was used the old key can go.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		used, idle := s.browser(t), s.browser(t)
		used.signIn()
		idle.signIn()
		token, _ := used.person(s.service).Token(t.Context(), graphclient.Read)
		form := used.person(s.service).FormToken()

		rotated := service(t, db, s.provider, s.clock, s.URL, keys(nextKey, sealKey))
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				person := used.person(rotated)
				if person == nil || !person.FormTokenValid(form) {
					t.Error("the rotation signed somebody out, or refuses a form from before it")
				}
			})
		}
		all.Wait()

		after := service(t, db, s.provider, s.clock, s.URL, keys(nextKey))
		person := used.person(after)
		if person == nil {
			t.Fatal("a session that was used since the rotation still needs the old key")
		}
		if got, err := person.Token(t.Context(), graphclient.Read); err != nil || got != token {
			t.Errorf("its token: %v", err)
		}
		if idle.person(after) != nil {
			t.Error("a session sealed with a key that is gone is still accepted")
		}
	})
}

// TestKeysRotateDuringARefresh: sealing again does not undo a refresh that is under way.
func TestKeysRotateDuringARefresh(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	rotated := service(t, s.db, s.provider, s.clock, s.URL, keys(nextKey, sealKey))
	s.provider.script(func() {
		s.provider.instead = func(http.ResponseWriter, url.Values) bool { b.person(rotated); return false }
	})
	renewed, err := b.person(s.service).Token(t.Context(), graphclient.Write)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.person(rotated).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
		t.Errorf("the other instance has another token: %v", err)
	}
}

// TestSealedToItsRow: what is sealed for one session does not open as another's.
func TestSealedToItsRow(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	admin, auditor := s.browser(t), s.browser(t)
	admin.signIn()
	sealed := column(t, s.db, `SELECT sealed FROM sessions`)
	s.provider.roles = []string{"Connector.Auditor"}
	auditor.signIn()
	err := s.db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE sessions SET sealed = $1`, sealed[0])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fresh := service(t, s.db, s.provider, s.clock, s.URL)
	if admin.person(fresh) == nil || auditor.person(fresh) != nil {
		t.Error("an admin's sealed session was opened as the auditor's")
	}
}

// column is a query's only column, as texts.
func column(t *testing.T, db *database.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// TestNothingSecretIsStoredOrLogged looks for every token, code, cookie and secret of a busy hour.
func TestNothingSecretIsStoredOrLogged(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.get("/connectors")
		b.get(with(b.toCallback(nil), func(q url.Values) { q.Set("error", "access_denied") }))
		b.signIn()
		b.get("/login") // leaves a sign-in under way
		b.get("/token?need=write")
		s.provider.script(func() { s.provider.instead = refusing(400, map[string]any{"error": "interaction_required"}) })
		b.person(s.service).Renew(t.Context(), graphclient.Write, b.get("/token").body, "")
		stored := strings.Join(append(
			column(t, db, `SELECT id || person || sid || device || sealed || leased_to FROM sessions`),
			column(t, db, `SELECT state FROM finished_sign_ins`)...), "\n")
		secrets := []string{clientSecret}
		for _, cookie := range b.request().Cookies() {
			secrets = append(secrets, cookie.Value)
		}
		s.provider.script(func() {
			for name := range s.provider.grants {
				secrets = append(secrets, name)
			}
			for _, form := range s.provider.tokenForms {
				secrets = append(secrets, form.Get("code_verifier"))
			}
			secrets = append(secrets, s.provider.access...)
		})
		if len(stored) == 0 || len(secrets) < 8 {
			t.Fatalf("%d bytes stored, %d secrets: too few to mean anything", len(stored), len(secrets))
		}
		for _, secret := range secrets {
			if secret == "" {
				continue
			}
			for where, text := range map[string]string{"database": stored, "log": s.log.String(), "problems": fmt.Sprint(s.problems)} {
				if strings.Contains(text, secret) {
					t.Errorf("the %s holds %.12s...", where, secret)
				}
			}
		}
	})
}
