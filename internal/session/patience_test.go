package session_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// allowances notes how long each request to the provider may take.
type allowances struct {
	mu  sync.Mutex
	all map[string]time.Duration // by the path's last step
}

func (a *allowances) RoundTrip(r *http.Request) (*http.Response, error) {
	end, _ := r.Context().Deadline()
	a.mu.Lock()
	a.all[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]] = time.Until(end)
	a.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// TestAnAnswerThatSpendsATokenIsWaitedFor for longer than a provider takes that is 10 s slow, since whoever gives up on it has
// lost a token that was spent. Everything else is asked again at no cost, and waits no longer than it did.
func TestAnAnswerThatSpendsATokenIsWaitedFor(t *testing.T) {
	t.Parallel()
	allowed := &allowances{all: map[string]time.Duration{}}
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.OIDC.HTTP, o.Sessions.Idle = allowed, 8*time.Hour })
	b := s.Browser(t)
	b.SignIn()
	s.Clock.Add(56 * time.Minute)
	b.Get("/token")
	allowed.mu.Lock()
	defer allowed.mu.Unlock()
	for path, allowance := range allowed.all {
		if spends := path == "token"; spends != (allowance > 20*time.Second) || allowance <= 0 {
			t.Errorf("/%s may take %v", path, allowance)
		}
	}
	if len(allowed.all) < 2 {
		t.Errorf("only %v was asked", allowed.all)
	}
}

// TestASlowRotatingProviderSignsNobodyOut: the person who asked has long gone when the answer comes, others were served
// meanwhile, and what it brought is kept.
func TestASlowRotatingProviderSignsNobodyOut(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db, func(o *signintest.Options) { o.Sessions.Patience, o.Sessions.Idle = time.Millisecond, 8*time.Hour })
		b := s.Browser(t)
		b.SignIn()
		first := b.Get("/token").Body
		held := make(chan struct{})
		s.Provider.Script(func() {
			s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { <-held; return false }
		})
		s.Clock.Add(56 * time.Minute)
		if got := b.Get("/token"); got.Status != http.StatusOK || got.Body != first {
			t.Errorf("while the provider thinks: %d %s", got.Status, got.Body)
		}
		s.Clock.Add(30 * time.Second) // of the provider's thinking
		if got := b.Get("/token"); got.Status != http.StatusOK || got.Body != first {
			t.Errorf("later: %d %s", got.Status, got.Body)
		}
		close(held)
		signintest.Eventually(t, "renewed", func() bool { return b.Get("/token").Body != first })
		s.Clock.Add(56 * time.Minute) // the token that came of it is good for the next
		second := b.Get("/token").Body
		signintest.Eventually(t, "renewed again", func() bool { got := b.Get("/token"); return got.Status == http.StatusOK && got.Body != second })
	})
}

// TestTheEndWaitsForARefresh whose page was served long ago: what a spent token brought is kept for the next start.
func TestTheEndWaitsForARefresh(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Patience, o.Sessions.Idle = time.Millisecond, 8*time.Hour })
	b := s.Browser(t)
	b.SignIn()
	first := b.Get("/token").Body
	held, asked := make(chan struct{}), make(chan struct{})
	s.Provider.Script(func() {
		s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
	})
	s.Clock.Add(56 * time.Minute)
	if got := b.Get("/token"); got.Status != http.StatusOK || got.Body != first {
		t.Errorf("while the provider thinks: %d %s", got.Status, got.Body)
	}
	<-asked
	var answered atomic.Bool
	time.AfterFunc(20*time.Millisecond, func() { // sooner would not tell an end that waits from one that does not
		answered.Store(true)
		close(held)
	})
	s.Service.Sessions.Drain()
	if !answered.Load() {
		t.Error("the end came before the provider's answer")
	}
	s.Service = signintest.NewInstance(t, s.DB, s.Provider, s.Clock, s.URL) // the next start
	s.Run(t)
	if got := b.Get("/token"); got.Status != http.StatusOK || got.Body == first {
		t.Errorf("after the next start: %d %s", got.Status, got.Body)
	}
	if calls := len(s.Provider.Calls("refresh_token")); calls != 1 {
		t.Errorf("%d refreshes", calls)
	}
}

// TestANoThatIsAboutNobody: after a 403, 302 or 400 of the provider, or of something before it, the next try comes after 5 s
// once, then after a minute. Nobody is signed out.
func TestANoThatIsAboutNobody(t *testing.T) {
	t.Parallel()
	page := func(status int, headers ...string) func(http.ResponseWriter, url.Values) bool {
		return func(w http.ResponseWriter, form url.Values) bool {
			w.Header().Set("Content-Type", "text/html")
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			return true
		}
	}
	for name, no := range map[string]func(http.ResponseWriter, url.Values) bool{
		"403":                  page(403),
		"302":                  page(302, "Location", "https://portal.example/"),
		"400":                  page(400),
		"400, invalid_request": signintest.Refusing(400, map[string]any{"error": "invalid_request", "error_codes": []int{900144}}),
		"403, access_denied":   signintest.Refusing(403, map[string]any{"error": "access_denied", "error_codes": []int{900144}}),
	} {
		for state, after := range map[string]time.Duration{"a token that is still good": 56 * time.Minute, "none": 61 * time.Minute} {
			t.Run(name+", "+state, func(t *testing.T) {
				t.Parallel()
				s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
				b := s.Browser(t)
				b.SignIn()
				s.Provider.Script(func() { s.Provider.Instead = no })
				for _, step := range []struct {
					after time.Duration
					calls int
				}{{after, 1}, {4 * time.Second, 1}, {time.Second, 2}, {6 * time.Second, 2}, {53 * time.Second, 2}, {time.Second, 3}, {6 * time.Second, 3}} {
					s.Clock.Add(step.after)
					b.Get("/token")
					if got := len(s.Provider.Calls("refresh_token")); got != step.calls {
						t.Errorf("after %v: %d token calls, want %d", step.after, got, step.calls)
					}
				}
				if !b.SignedIn() {
					t.Error("signed out")
				}
				s.Provider.Script(func() { s.Provider.Instead = nil })
				s.Clock.Add(time.Minute)
				if got := b.Get("/token"); got.Status != http.StatusOK {
					t.Errorf("once it answers: %d %s", got.Status, got.Body)
				}
			})
		}
	}
}
