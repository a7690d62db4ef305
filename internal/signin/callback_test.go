package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// with alters the callback's query.
func with(address string, change func(url.Values)) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	query := u.Query()
	change(query)
	u.RawQuery = query.Encode()
	return u.String()
}

// TestCallbacks is RFC 9700 and RFC 9207: which answers finish a sign-in.
func TestCallbacks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		alter  func(s *site, b *browser, callback string) (by *browser, address string)
		status int
		codes  int // token requests
	}{
		{"as it should be", func(_ *site, b *browser, c string) (*browser, string) { return b, c }, 303, 1},
		{"without our cookie", func(s *site, b *browser, c string) (*browser, string) { return s.browser(b.t), c }, 400, 0},
		{"in another browser that signs in too", func(s *site, b *browser, c string) (*browser, string) {
			other := s.browser(b.t)
			other.toCallback(nil)
			return other, c
		}, 400, 0},
		{"state altered", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Set("state", strings.Repeat("x", 43)) })
		}, 400, 0},
		{"state missing", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Del("state") })
		}, 400, 0},
		{"state twice", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Add("state", q.Get("state")) })
		}, 400, 0},
		{"code twice", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Add("code", "another") })
		}, 400, 0},
		{"code missing", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Del("code") })
		}, 400, 0},
		{"iss right", func(s *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Set("iss", s.provider.issuer()) })
		}, 303, 1},
		{"iss wrong", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Set("iss", "https://login.example") })
		}, 400, 0},
		{"iss twice", func(s *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q["iss"] = []string{s.provider.issuer(), s.provider.issuer()} })
		}, 400, 0},
		{"used before", func(_ *site, b *browser, c string) (*browser, string) {
			b.get(c)
			return b, c
		}, 400, 1},
		{"used before, with the cookie of then", func(_ *site, b *browser, c string) (*browser, string) {
			old := b.attempts()[0]
			b.get(c)
			b.keep(old.Name, old.Value)
			return b, c
		}, 400, 1},
		{"with another sign-in's cookie under its name", func(s *site, b *browser, c string) (*browser, string) {
			other := s.browser(b.t)
			other.toCallback(nil)
			b.keep(b.attempts()[0].Name, other.attempts()[0].Value)
			return b, c
		}, 400, 0},
		{"with an altered cookie", func(_ *site, b *browser, c string) (*browser, string) {
			own := b.attempts()[0]
			b.keep(own.Name, own.Value[:len(own.Value)-4]+"AAAA")
			return b, c
		}, 400, 0},
		{"after 9 minutes", func(s *site, b *browser, c string) (*browser, string) {
			s.clock.Add(9 * time.Minute)
			return b, c
		}, 303, 1},
		{"after 11 minutes", func(s *site, b *browser, c string) (*browser, string) {
			s.clock.Add(11 * time.Minute)
			return b, c
		}, 400, 0},
		{"an error", func(_ *site, b *browser, c string) (*browser, string) {
			return b, with(c, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") })
		}, 403, 0},
		{"a code after an error spent the state", func(_ *site, b *browser, c string) (*browser, string) {
			b.get(with(c, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }))
			return b, c
		}, 400, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			b := s.browser(t)
			by, address := test.alter(s, b, b.toCallback(nil))
			if got := by.get(address); got.status != test.status {
				t.Errorf("the callback answered %d %s, want %d", got.status, got.body, test.status)
			}
			if got := len(s.provider.calls("authorization_code")); got != test.codes {
				t.Errorf("%d token requests, want %d", got, test.codes)
			}
		})
	}
}

// TestAuthorizeRequest: PKCE always, and nothing that can be guessed or comes twice.
func TestAuthorizeRequest(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	b.signIn()
	seen := map[string]bool{}
	for _, asked := range s.provider.authorizeAsks {
		want := map[string]string{
			"response_type": "code", "response_mode": "query", "code_challenge_method": "S256", "client_id": clientID,
			"redirect_uri": s.URL + "/auth/callback", "scope": "openid profile offline_access " + readScope,
			"claims": `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
		}
		for name, value := range want {
			if got := asked.Get(name); got != value {
				t.Errorf("%s is %q, want %q", name, got, value)
			}
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if value := asked.Get(name); len(value) < 43 || seen[value] {
				t.Errorf("%s is short, or came before: %q", name, value)
			} else {
				seen[value] = true
			}
		}
	}
}

// TestIssuerIsRequiredWhereAdvertised: a provider that promises iss and does not send it is not the one that answered.
func TestIssuerIsRequiredWhereAdvertised(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c)
	s.provider.document = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = true }
	s.run(t)
	if got := s.browser(t).signIn(); got.status != http.StatusBadRequest {
		t.Errorf("without iss: %d, want 400", got.status)
	}
}

// TestManyCallbacksAtOnce: of 50 equal callbacks at once, on two replicas, one redeems the code.
func TestManyCallbacksAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			s := open(t, databasetest.Open(t, address))
			replica := service(t, databasetest.Open(t, address), s.provider, s.clock, s.URL)
			run(t, replica)
			eventually(t, "ready", func() bool { return replica.Ready() == nil })
			b := s.browser(t)
			callback := b.toCallback(nil)
			var all sync.WaitGroup
			var mu sync.Mutex
			arrived := 0
			for i := range 50 {
				request := b.request()
				request.URL, _ = url.Parse(callback)
				by := []*signin.Service{s.service, replica}[i%2]
				all.Go(func() {
					if _, err := by.Finish(discard{http.Header{}}, request); err == nil {
						mu.Lock()
						arrived++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			if got := len(s.provider.calls("authorization_code")); got != 1 || arrived != 1 {
				t.Errorf("%d token requests and %d sign-ins of 50 callbacks, want 1 and 1", got, arrived)
			}
		})
	}
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func TestTwoTabs(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.get("/connectors/1")
		first := b.toCallback(nil)
		b.get("/connectors/2?q=x")
		second := b.toCallback(nil)
		for _, tab := range []struct{ callback, want string }{{second, "/connectors/2?q=x"}, {first, "/connectors/1"}} {
			if got := b.get(tab.callback); got.status != http.StatusSeeOther || got.location != tab.want {
				t.Errorf("a tab's sign-in ended with %d at %q, want %q", got.status, got.location, tab.want)
			}
		}
	})
}

// TestForeignStarts: another site may send a browser to /login, and replaces nobody's session by it.
func TestForeignStarts(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b := s.browser(t)
	early := b.toCallback(foreign)
	b.signIn()
	session := b.request().Header.Get("Cookie")
	if got := b.send(http.MethodGet, "/login", foreign); got.location != s.URL+"/" || len(got.cookies) != 0 {
		t.Errorf("a foreign start while signed in: %d to %q with cookies %v, want our own page", got.status, got.location, got.cookies)
	}
	if got := b.get(early); got.status != http.StatusBadRequest {
		t.Errorf("a foreign start from before the sign-in finished with %d, want 400", got.status)
	}
	if !strings.Contains(session, sessionOf(t, b)) || !b.signedIn() {
		t.Error("the session was replaced")
	}
	if got := s.browser(t).get(s.browser(t).toCallback(foreign)); got.status != http.StatusBadRequest {
		t.Errorf("another browser's callback: %d", got.status)
	}
	visitor := s.browser(t)
	if got := visitor.get(visitor.toCallback(foreign)); got.status != http.StatusSeeOther {
		t.Errorf("somebody signed out who comes by a link could not sign in: %d %s", got.status, got.body)
	}
	own := b.send(http.MethodGet, "/login", http.Header{"Sec-Fetch-Site": {"same-origin"}})
	if !strings.HasPrefix(own.location, s.provider.issuer()) {
		t.Errorf("the person's own start led to %q", own.location)
	}
}

// TestForeignLinks: links of another site to pages of ours, followed at once by somebody who is signed out, lead there all, and
// what the first one's sign-in brought stays.
func TestForeignLinks(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b := s.browser(t)
	var callbacks []string
	for _, path := range []string{"/connectors/1", "/connectors/2"} {
		b.send(http.MethodGet, path, foreign)
		callbacks = append(callbacks, b.toCallback(foreign))
	}
	if got := b.get(callbacks[0]); got.status != http.StatusSeeOther || got.location != "/connectors/1" {
		t.Errorf("the first ended with %d at %q", got.status, got.location)
	}
	session := sessionOf(t, b)
	if got := b.get(callbacks[1]); got.status != http.StatusSeeOther || got.location != "/connectors/2" {
		t.Errorf("the second ended with %d at %q", got.status, got.location)
	}
	if sessionOf(t, b) != session || !b.signedIn() {
		t.Error("the session was replaced")
	}
}

// sessionOf is the value of the browser's session cookie.
func sessionOf(t *testing.T, b *browser) string {
	t.Helper()
	for _, cookie := range b.request().Cookies() {
		if strings.Contains(cookie.Name, "session") {
			return cookie.Value
		}
	}
	t.Fatal("no session cookie")
	return ""
}
