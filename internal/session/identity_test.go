package session_test

import (
	"net/http"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestRefreshedIdentity: the refreshed ID token has to be the same person's.
func TestRefreshedIdentity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		script func(*signintest.Provider)
		ends   bool
	}{
		{"iss", signintest.Claims(map[string]any{"iss": "https://login.example"}), true},
		{"sub", signintest.Claims(map[string]any{"sub": "another"}), true},
		{"tid", signintest.Claims(map[string]any{"tid": "another"}), true},
		{"oid", signintest.Claims(map[string]any{"oid": "another"}), true},
		{"oid missing", signintest.Claims(map[string]any{"oid": nil}), true},
		{"nonce", signintest.Claims(map[string]any{"nonce": "another"}), true},
		{"a bad signature", signintest.Header(nil, func(string) []byte { return make([]byte, 256) }), false},
		{"aud", signintest.Claims(map[string]any{"aud": "another"}), false},
		{"no ID token", signintest.Answers(map[string]any{"id_token": nil}), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
			b := s.Browser(t)
			b.SignIn()
			s.Provider.Script(func() { test.script(s.Provider) })
			s.Clock.Add(2 * time.Hour)
			b.Get("/token")
			if live := b.SignedIn(); live == test.ends {
				t.Errorf("signed in afterwards: %v, want %v", live, !test.ends)
			}
			want := ""
			if test.ends {
				want = "object: the refreshed ID token is of another person or issuer"
			}
			if got := s.Endings(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
			s.Provider.Script(func() { s.Provider.Token, s.Provider.Answer = nil, nil })
			s.Clock.Add(time.Minute)
			if got := b.Get("/token"); !test.ends && got.Status != http.StatusOK {
				t.Errorf("a minute later: %d %s, want a token", got.Status, got.Body)
			}
		})
	}
}
