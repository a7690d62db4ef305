package signin_test

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
	"switchboard/internal/signin"
)

func TestReturnsToThePageAskedFor(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tests := []struct{ asked, want string }{
		{"/connectors/7?tab=history&q=%2F", "/connectors/7?tab=history&q=%2F"},
		{"/", "/"},
		{"/login-help", "/login-help"},
		{"//evil.example/", "/"},
		{`/\evil.example`, "/"},
		{"/%2Fevil.example", "/"},
		{"/auth/callback?state=x", "/"},
		{"/signed-out", "/"},
		{"/connectors?q=" + strings.Repeat("x", 900), "/connectors"},
		{"/" + strings.Repeat("x", 900), "/"},
	}
	for _, test := range tests {
		b := s.browser(t)
		request, err := http.NewRequest(http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(test.asked, "?")
		request.URL.Opaque, request.URL.RawQuery = path, query
		if strings.HasPrefix(path, "//") {
			request.URL.Opaque = "http://" + request.URL.Host + path
		}
		response, err := b.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for _, cookie := range response.Cookies() {
			if len(cookie.Value) > 512 {
				t.Errorf("%.40s: the cookie %s holds %d bytes", test.asked, cookie.Name, len(cookie.Value))
			}
			if strings.Contains(cookie.Value, "connectors") {
				t.Errorf("%.40s: the cookie shows the address", test.asked)
			}
		}
		if got := b.signIn().location; got != test.want {
			t.Errorf("asked for %.60s: returned to %.60s, want %s", test.asked, got, test.want)
		}
	}
}

func TestReturnAddressOfHTMX(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	for current, want := range map[string]string{
		s.URL + "/connectors/9/edit": "/connectors/9/edit", "https://evil.example/x": "/", "": "/", s.URL + "//evil.example": "/",
	} {
		b := s.browser(t)
		b.send(http.MethodGet, "/fragment", http.Header{"Hx-Request": {"true"}, "Hx-Current-Url": {current}})
		if got := b.signIn().location; got != want {
			t.Errorf("shown %q: returned to %q, want %q", current, got, want)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"", "https://switchboard.example"} {
		s := open(t, databasetest.SQLite(t), func(o *signin.Options) {
			if public != "" {
				o.PublicURL, _ = url.Parse(public)
			}
		})
		b := s.browser(t)
		cookies := append(b.get("/connectors").cookies, b.get("/login").cookies...)
		if public == "" {
			cookies = append(cookies, b.signIn().cookies...)
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
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		first := b.request()
		b.signIn()
		if sessionOf(t, b) == first.Cookies()[0].Value {
			t.Error("the second sign-in kept the session's id")
		}
		if person, err := s.service.Person(first); err != nil || person != nil {
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
		script func(*provider)
		tid    string
		oid    string
		claims []string
		roles  []access.Role
	}{
		{"an admin", func(*provider) {}, "tenant", "object", []string{"Connector.Admin"}, []access.Role{access.Admin}},
		{"two roles and a foreign one", func(p *provider) { p.roles = []string{"Connector.Auditor", "Payroll.Clerk", "Connector.Helpdesk"} }, "tenant", "object",
			[]string{"Connector.Auditor", "Payroll.Clerk", "Connector.Helpdesk"}, []access.Role{access.Helpdesk, access.Auditor}},
		{"a single text", func(p *provider) { p.roles = "Connector.Auditor" }, "tenant", "object", []string{"Connector.Auditor"}, []access.Role{access.Auditor}},
		{"no roles claim", func(p *provider) { p.roles = nil }, "tenant", "object", nil, nil},
		{"a claim of another kind", func(p *provider) { p.roles = map[string]any{"admin": true} }, "tenant", "object", nil, nil},
		{"a provider without tid and oid", claims(map[string]any{"tid": nil, "oid": nil}), "ISSUER", "pairwise-subject", []string{"Connector.Admin"}, []access.Role{access.Admin}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			test.script(s.provider)
			b := s.browser(t)
			b.signIn()
			got := b.person(s.service).Actor()
			if got.TID != strings.ReplaceAll(test.tid, "ISSUER", s.provider.issuer()) || got.OID != test.oid {
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
				s := open(t, db)
				b := s.browser(t)
				b.signIn()
				live := true
				for _, pause := range test.uses {
					s.clock.Add(pause)
					live = b.signedIn()
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
	db := &counted{DB: databasetest.SQLite(t)}
	s := open(t, db.DB, func(o *signin.Options) { o.DB = db })
	b := s.browser(t)
	b.signIn()
	before, read := db.writes.Load(), db.reads.Load()
	for range 100 {
		b.signedIn()
	}
	if got := db.writes.Load() - before; got != 0 {
		t.Errorf("100 pages wrote %d times", got)
	}
	if got := db.reads.Load() - read; got > 1 {
		t.Errorf("100 pages in one moment read the session %d times, want once", got)
	}
	s.clock.Add(61 * time.Second)
	before = db.writes.Load()
	for range 100 {
		b.signedIn()
	}
	if got := db.writes.Load() - before; got != 1 {
		t.Errorf("100 pages a minute later wrote %d times, want once", got)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		s.clock.Add(time.Hour)
		run(t, s.service) // sweeps when it starts
		eventually(t, "swept", func() bool {
			var rows int
			err := db.QueryRowContext(context.Background(), `SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM finished_sign_ins)`).Scan(&rows)
			return err == nil && rows == 0
		})
	})
}
