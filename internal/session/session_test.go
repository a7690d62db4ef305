package session_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"", "https://switchboard.example"} {
		s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) {
			if public != "" {
				o.OIDC.PublicURL, _ = url.Parse(public)
			}
		})
		b := s.Browser(t)
		cookies := append(b.Get("/connectors").Cookies, b.Get("/login").Cookies...)
		if public == "" {
			cookies = append(cookies, b.SignIn().Cookies...)
		}
		if len(cookies) == 0 {
			t.Fatal("no cookies")
		}
		for _, c := range cookies {
			if !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("the cookie %v is not HttpOnly, Lax and of the whole host", c)
			}
			if secure := public != ""; c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure {
				t.Errorf("at %q the cookie is %v", public, c)
			}
		}
	}
}

func TestSignInGivesANewID(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.SignIn()
		first := b.Request()
		b.SignIn()
		if signintest.SessionOf(t, b) == first.Cookies()[0].Value {
			t.Error("the second sign-in kept the session's id")
		}
		if person, err := s.Service.Sessions.Person(first); err != nil || person != nil {
			t.Errorf("the id from before the sign-in: %v, %v", person, err)
		}
		var rows int
		if err := db.QueryRow(`SELECT count(*) FROM sessions`).Scan(&rows); err != nil || rows != 1 {
			t.Errorf("%d sessions (%v), want 1", rows, err)
		}
	})
}

func TestWhoSignedIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		script func(*signintest.Provider)
		tid    string
		oid    string
		claims []string
		roles  []access.Role
	}{
		{"an admin", func(*signintest.Provider) {}, "tenant", "object", []string{"Connector.Admin"}, []access.Role{access.Admin}},
		{"two roles and a foreign one", func(p *signintest.Provider) {
			p.Roles = []string{"Connector.Auditor", "Payroll.Clerk", "Connector.Helpdesk"}
		}, "tenant", "object",
			[]string{"Connector.Auditor", "Payroll.Clerk", "Connector.Helpdesk"}, []access.Role{access.Helpdesk, access.Auditor}},
		{"a single text", func(p *signintest.Provider) { p.Roles = "Connector.Auditor" }, "tenant", "object", []string{"Connector.Auditor"}, []access.Role{access.Auditor}},
		{"no roles claim", func(p *signintest.Provider) { p.Roles = nil }, "tenant", "object", nil, nil},
		{"a claim of another kind", func(p *signintest.Provider) { p.Roles = map[string]any{"admin": true} }, "tenant", "object", nil, nil},
		{"a provider without tid and oid", signintest.Claims(map[string]any{"tid": nil, "oid": nil}), "ISSUER", "pairwise-subject", []string{"Connector.Admin"}, []access.Role{access.Admin}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t))
			test.script(s.Provider)
			b := s.Browser(t)
			b.SignIn()
			got := b.Person(s.Service).Actor()
			if got.TID != strings.ReplaceAll(test.tid, "ISSUER", s.Provider.Issuer()) || got.OID != test.oid {
				t.Errorf("the key is %q, %q, want %q, %q", got.TID, got.OID, test.tid, test.oid)
			}
			if !slices.Equal(got.Claims, test.claims) || !slices.Equal(got.Roles, test.roles) {
				t.Errorf("claims %q, roles %q, want %q, %q", got.Claims, got.Roles, test.claims, test.roles)
			}
			if got.Name != "Ada Admin" || got.Username != "ada@example.test" {
				t.Errorf("names %q, %q", got.Name, got.Username)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		uses []time.Duration // between requests
		live bool
	}{
		{"used within half an hour", []time.Duration{29 * time.Minute}, true},
		{"not used for half an hour", []time.Duration{31 * time.Minute}, false},
		{"used again and again", []time.Duration{29 * time.Minute, 29 * time.Minute, 29 * time.Minute}, true},
		{"used for eight hours", slices.Repeat([]time.Duration{20 * time.Minute}, 25), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := signintest.Open(t, db)
				b := s.Browser(t)
				b.SignIn()
				live := true
				for _, pause := range test.uses {
					s.Clock.Add(pause)
					live = b.SignedIn()
				}
				if live != test.live {
					t.Errorf("signed in: %v, want %v", live, test.live)
				}
			})
		})
	}
}

// TestUseIsNotedOnceAMinute: a signed-in page costs no write.
func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	db := &signintest.Counted{DB: databasetest.SQLite(t)}
	s := signintest.Open(t, db.DB, func(o *signintest.Options) { o.DB = db })
	b := s.Browser(t)
	b.SignIn()
	before, read := db.Writes.Load(), db.Reads.Load()
	for range 100 {
		b.SignedIn()
	}
	if got := db.Writes.Load() - before; got != 0 {
		t.Errorf("100 pages wrote %d times", got)
	}
	if got := db.Reads.Load() - read; got > 1 {
		t.Errorf("100 pages in one moment read the session %d times, want once", got)
	}
	s.Clock.Add(61 * time.Second)
	before = db.Writes.Load()
	for range 100 {
		b.SignedIn()
	}
	if got := db.Writes.Load() - before; got != 1 {
		t.Errorf("100 pages a minute later wrote %d times, want once", got)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.SignIn()
		s.Clock.Add(time.Hour)
		signintest.Run(t, s.Service) // sweeps when it starts
		signintest.Eventually(t, "swept", func() bool {
			var rows int
			err := db.QueryRowContext(context.Background(), `SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM finished_sign_ins)`).Scan(&rows)
			return err == nil && rows == 0
		})
	})
}
