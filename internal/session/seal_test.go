package session_test

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
	"switchboard/internal/signin/signintest"
)

var nextKey = bytes.Repeat([]byte{7}, 32)

func keys(list ...[]byte) func(*signintest.Options) {
	return func(o *signintest.Options) { o.Keys = list }
}

// TestKeysRotate: with a new first key nobody is signed out, and once a session was used the old key can go.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		used, idle := s.Browser(t), s.Browser(t)
		used.SignIn()
		idle.SignIn()
		token, _ := used.Person(s.Service).Token(t.Context(), graphclient.Read)
		form := used.Person(s.Service).FormToken()

		rotated := signintest.NewInstance(t, db, s.Provider, s.Clock, s.URL, keys(nextKey, signintest.SealKey))
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				person := used.Person(rotated)
				if person == nil || !person.FormTokenValid(form) {
					t.Error("the rotation signed somebody out, or refuses a form from before it")
				}
			})
		}
		all.Wait()

		after := signintest.NewInstance(t, db, s.Provider, s.Clock, s.URL, keys(nextKey))
		person := used.Person(after)
		if person == nil {
			t.Fatal("a session that was used since the rotation still needs the old key")
		}
		if got, err := person.Token(t.Context(), graphclient.Read); err != nil || got != token {
			t.Errorf("its token: %v", err)
		}
		if idle.Person(after) != nil {
			t.Error("a session sealed with a key that is gone is still accepted")
		}
	})
}

// TestKeysRotateDuringARefresh: sealing again does not undo a refresh that is under way.
func TestKeysRotateDuringARefresh(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	rotated := signintest.NewInstance(t, s.DB, s.Provider, s.Clock, s.URL, keys(nextKey, signintest.SealKey))
	s.Provider.Script(func() {
		s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { b.Person(rotated); return false }
	})
	renewed, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.Person(rotated).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
		t.Errorf("the other instance has another token: %v", err)
	}
}

// TestSealedToItsRow: what is sealed for one session does not open as another's.
func TestSealedToItsRow(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	admin, auditor := s.Browser(t), s.Browser(t)
	admin.SignIn()
	sealed := column(t, s.DB, `SELECT sealed FROM sessions`)
	s.Provider.Roles = []string{"Connector.Auditor"}
	auditor.SignIn()
	err := s.DB.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE sessions SET sealed = $1`, sealed[0])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fresh := signintest.NewInstance(t, s.DB, s.Provider, s.Clock, s.URL)
	if admin.Person(fresh) == nil || auditor.Person(fresh) != nil {
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
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.Get("/connectors")
		b.Get(signintest.With(b.ToCallback(nil), func(q url.Values) { q.Set("error", "access_denied") }))
		b.SignIn()
		b.Get("/login") // leaves a sign-in under way
		b.Get("/token?need=write")
		s.Provider.Script(func() { s.Provider.Instead = signintest.Refusing(400, map[string]any{"error": "interaction_required"}) })
		b.Person(s.Service).Renew(t.Context(), graphclient.Write, b.Get("/token").Body, "")
		stored := strings.Join(append(
			column(t, db, `SELECT id || person || sid || device || sealed || leased_to FROM sessions`),
			column(t, db, `SELECT state FROM finished_sign_ins`)...), "\n")
		secrets := []string{signintest.ClientSecret}
		for _, cookie := range b.Request().Cookies() {
			secrets = append(secrets, cookie.Value)
		}
		s.Provider.Script(func() {
			for name := range s.Provider.Grants {
				secrets = append(secrets, name)
			}
			for _, form := range s.Provider.TokenForms {
				secrets = append(secrets, form.Get("code_verifier"))
			}
			secrets = append(secrets, s.Provider.Access...)
		})
		if len(stored) == 0 || len(secrets) < 8 {
			t.Fatalf("%d bytes stored, %d secrets: too few to mean anything", len(stored), len(secrets))
		}
		for _, secret := range secrets {
			if secret == "" {
				continue
			}
			for where, text := range map[string]string{"database": stored, "log": s.Log.String(), "problems": fmt.Sprint(s.Problems)} {
				if strings.Contains(text, secret) {
					t.Errorf("the %s holds %.12s...", where, secret)
				}
			}
		}
	})
}
