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
	"switchboard/internal/signin/signintest"
)

// TestCallbacks is RFC 9700 and RFC 9207: which answers finish a sign-in.
func TestCallbacks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		alter  func(s *signintest.Site, b *signintest.Browser, callback string) (by *signintest.Browser, address string)
		status int
		codes  int // token requests
	}{
		{"as it should be", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) { return b, c }, 303, 1},
		{"without our cookie", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return s.Browser(b.T), c
		}, 400, 0},
		{"in another browser that signs in too", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			other := s.Browser(b.T)
			other.ToCallback(nil)
			return other, c
		}, 400, 0},
		{"state altered", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Set("state", strings.Repeat("x", 43)) })
		}, 400, 0},
		{"state missing", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Del("state") })
		}, 400, 0},
		{"state twice", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Add("state", q.Get("state")) })
		}, 400, 0},
		{"code twice", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Add("code", "another") })
		}, 400, 0},
		{"code missing", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Del("code") })
		}, 400, 0},
		{"iss right", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Set("iss", s.Provider.Issuer()) })
		}, 303, 1},
		{"iss wrong", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Set("iss", "https://login.example") })
		}, 400, 0},
		{"iss twice", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q["iss"] = []string{s.Provider.Issuer(), s.Provider.Issuer()} })
		}, 400, 0},
		{"used before", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			b.Get(c)
			return b, c
		}, 400, 1},
		{"used before, with the cookie of then", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			old := pending(b)[0]
			b.Get(c)
			keep(b, old.Name, old.Value)
			return b, c
		}, 400, 1},
		{"with another sign-in's cookie under its name", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			other := s.Browser(b.T)
			other.ToCallback(nil)
			keep(b, pending(b)[0].Name, pending(other)[0].Value)
			return b, c
		}, 400, 0},
		{"with an altered cookie", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			own := pending(b)[0]
			keep(b, own.Name, own.Value[:len(own.Value)-4]+"AAAA")
			return b, c
		}, 400, 0},
		{"after 9 minutes", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			s.Clock.Add(9 * time.Minute)
			return b, c
		}, 303, 1},
		{"after 11 minutes", func(s *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			s.Clock.Add(11 * time.Minute)
			return b, c
		}, 400, 0},
		{"an error", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			return b, signintest.With(c, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") })
		}, 403, 0},
		{"a code after an error spent the state", func(_ *signintest.Site, b *signintest.Browser, c string) (*signintest.Browser, string) {
			b.Get(signintest.With(c, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }))
			return b, c
		}, 400, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t))
			b := s.Browser(t)
			by, address := test.alter(s, b, b.ToCallback(nil))
			if got := by.Get(address); got.Status != test.status {
				t.Errorf("the callback answered %d %s, want %d", got.Status, got.Body, test.status)
			}
			if got := len(s.Provider.Calls("authorization_code")); got != test.codes {
				t.Errorf("%d token requests, want %d", got, test.codes)
			}
		})
	}
}

// TestAuthorizeRequest: PKCE always, and nothing that can be guessed or comes twice.
func TestAuthorizeRequest(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	b.SignIn()
	seen := map[string]bool{}
	for _, asked := range s.Provider.AuthorizeAsks {
		want := map[string]string{
			"response_type": "code", "response_mode": "query", "code_challenge_method": "S256", "client_id": signintest.ClientID,
			"redirect_uri": s.URL + "/auth/callback", "scope": "openid profile offline_access " + signintest.ReadScope,
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

// TestSignInHint: somebody who is signed in is found again by what the provider calls them: its own word, which is an optional
// claim, or else their user name. A sign-out is told its own word alone.
func TestSignInHint(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		claims     map[string]any
		want, bids string
	}{
		{"its own word", nil, "opaque-hint", "opaque-hint"},
		{"the user name", map[string]any{"login_hint": nil}, "ada@example.test", ""},
		{"neither", map[string]any{"login_hint": nil, "preferred_username": nil}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t))
			signintest.Claims(test.claims)(s.Provider)
			b := s.Browser(t)
			b.SignIn()
			b.SignIn()
			if first, again := s.Provider.AuthorizeAsks[0], s.Provider.AuthorizeAsks[1]; first.Has("login_hint") || again.Get("login_hint") != test.want {
				t.Errorf("login_hint is %q, then %q, want %q", first.Get("login_hint"), again.Get("login_hint"), test.want)
			}
			out, err := url.Parse(b.Send(http.MethodPost, "/logout", nil).Location)
			if err != nil || out.Query().Get("logout_hint") != test.bids {
				t.Errorf("the sign-out is %v, %v; want logout_hint %q", out, err, test.bids)
			}
		})
	}
}

// TestIssuerIsRequiredWhereAdvertised: a provider that promises iss and does not send it is not the one that answered.
func TestIssuerIsRequiredWhereAdvertised(t *testing.T) {
	t.Parallel()
	c := signintest.NewClock()
	s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c)
	s.Provider.Document = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = true }
	s.Run(t)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusBadRequest {
		t.Errorf("without iss: %d, want 400", got.Status)
	}
}

// TestManyCallbacksAtOnce: of 50 equal callbacks at once, on two replicas, one redeems the code.
func TestManyCallbacksAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			s := signintest.Open(t, databasetest.Open(t, address))
			replica := signintest.NewInstance(t, databasetest.Open(t, address), s.Provider, s.Clock, s.URL)
			signintest.Run(t, replica)
			signintest.Eventually(t, "ready", func() bool { return replica.SignIn.Ready() == nil })
			b := s.Browser(t)
			callback := b.ToCallback(nil)
			var all sync.WaitGroup
			var mu sync.Mutex
			arrived := 0
			for i := range 50 {
				request := b.Request()
				request.URL, _ = url.Parse(callback)
				by := []*signintest.Instance{s.Service, replica}[i%2]
				all.Go(func() {
					if _, err := by.SignIn.Finish(discard{http.Header{}}, request); err == nil {
						mu.Lock()
						arrived++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			if got := len(s.Provider.Calls("authorization_code")); got != 1 || arrived != 1 {
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
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.Get("/connectors/1")
		first := b.ToCallback(nil)
		b.Get("/connectors/2?q=x")
		second := b.ToCallback(nil)
		for _, tab := range []struct{ callback, want string }{{second, "/connectors/2?q=x"}, {first, "/connectors/1"}} {
			if got := b.Get(tab.callback); got.Status != http.StatusSeeOther || got.Location != tab.want {
				t.Errorf("a tab's sign-in ended with %d at %q, want %q", got.Status, got.Location, tab.want)
			}
		}
	})
}

// TestForeignStarts: another site may send a browser to /login, and replaces nobody's session by it.
func TestForeignStarts(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b := s.Browser(t)
	early := b.ToCallback(foreign)
	b.SignIn()
	session := b.Request().Header.Get("Cookie")
	if got := b.Send(http.MethodGet, "/login", foreign); got.Location != s.URL+"/" || len(got.Cookies) != 0 {
		t.Errorf("a foreign start while signed in: %d to %q with cookies %v, want our own page", got.Status, got.Location, got.Cookies)
	}
	if got := b.Get(early); got.Status != http.StatusBadRequest {
		t.Errorf("a foreign start from before the sign-in finished with %d, want 400", got.Status)
	}
	if !strings.Contains(session, signintest.SessionOf(t, b)) || !b.SignedIn() {
		t.Error("the session was replaced")
	}
	if got := s.Browser(t).Get(s.Browser(t).ToCallback(foreign)); got.Status != http.StatusBadRequest {
		t.Errorf("another browser's callback: %d", got.Status)
	}
	visitor := s.Browser(t)
	if got := visitor.Get(visitor.ToCallback(foreign)); got.Status != http.StatusSeeOther {
		t.Errorf("somebody signed out who comes by a link could not sign in: %d %s", got.Status, got.Body)
	}
	own := b.Send(http.MethodGet, "/login", http.Header{"Sec-Fetch-Site": {"same-origin"}})
	if !strings.HasPrefix(own.Location, s.Provider.Issuer()) {
		t.Errorf("the person's own start led to %q", own.Location)
	}
}

// TestForeignLinks: links of another site to pages of ours, followed at once by somebody who is signed out, lead there all, and
// what the first one's sign-in brought stays.
func TestForeignLinks(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b := s.Browser(t)
	var callbacks []string
	for _, path := range []string{"/connectors/1", "/connectors/2"} {
		b.Send(http.MethodGet, path, foreign)
		callbacks = append(callbacks, b.ToCallback(foreign))
	}
	if got := b.Get(callbacks[0]); got.Status != http.StatusSeeOther || got.Location != "/connectors/1" {
		t.Errorf("the first ended with %d at %q", got.Status, got.Location)
	}
	session := signintest.SessionOf(t, b)
	if got := b.Get(callbacks[1]); got.Status != http.StatusSeeOther || got.Location != "/connectors/2" {
		t.Errorf("the second ended with %d at %q", got.Status, got.Location)
	}
	if signintest.SessionOf(t, b) != session || !b.SignedIn() {
		t.Error("the session was replaced")
	}
}
