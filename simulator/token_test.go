package simulator_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// refused checks that an answer has Entra's shape.
func refused(t *testing.T, got answer, status int, kind string, number float64) {
	t.Helper()
	if got.StatusCode != status {
		t.Fatalf("got %d %s, want %d", got.StatusCode, got.body, status)
	}
	body := got.object(t)
	if codes, ok := body["error_codes"].([]any); body["error"] != kind || !ok || len(codes) != 1 || codes[0] != number {
		t.Errorf("got %s, want %s with %v", got.body, kind, number)
	}
	for _, name := range []string{"error_description", "timestamp", "trace_id", "correlation_id", "error_uri"} {
		if body[name] == nil {
			t.Errorf("%s is missing: %s", name, got.body)
		}
	}
	if body["trace_id"] != got.Header.Get("x-ms-request-id") {
		t.Error("x-ms-request-id is not the trace id")
	}
}

// TestTokenRefuses: every fault of a request to the token endpoint, in Entra's words.
func TestTokenRefuses(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	tests := []struct {
		name   string
		alter  func(url.Values)
		status int
		kind   string
		number float64
	}{
		{"wrong verifier", func(f url.Values) { f.Set("code_verifier", "another-verifier-that-is-long-enough-too-0123") }, 400, "invalid_grant", 501481},
		{"no verifier", func(f url.Values) { f.Del("code_verifier") }, 400, "invalid_request", 900144},
		{"another redirect", func(f url.Values) { f.Set("redirect_uri", signedOutURI) }, 400, "invalid_grant", 500112},
		{"wrong code", func(f url.Values) { f.Set("code", "made-up") }, 400, "invalid_grant", 70000},
		{"wrong secret", func(f url.Values) { f.Set("client_secret", "guessed") }, 401, "invalid_client", 7000215},
		{"no secret", func(f url.Values) { f.Del("client_secret") }, 401, "invalid_client", 7000218},
		{"unknown app", func(f url.Values) { f.Set("client_id", "somebody") }, 400, "unauthorized_client", 700016},
		{"unknown grant", func(f url.Values) { f.Set("grant_type", "password") }, 400, "unsupported_grant_type", 70003},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, nil)
			form := codeForm(choose(t, b, authorize(tenant, baseScopes+readScope), "maya").Get("code"))
			form.Set("client_id", clientID)
			form.Set("client_secret", clientSecret)
			test.alter(form)
			refused(t, b.post(tenant.Issuer()+"/token", form), test.status, test.kind, test.number)
		})
	}
}

// TestCodeIsGoodOnce, however many redeem it at once.
func TestCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	code := choose(t, b, authorize(tenant, baseScopes+readScope), "maya").Get("code")
	var granted atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if redeem(t, b, tenant, codeForm(code)).StatusCode == http.StatusOK {
				granted.Add(1)
			}
		})
	}
	wait.Wait()
	if granted.Load() != 1 {
		t.Errorf("granted %d times, want once", granted.Load())
	}
	refused(t, redeem(t, b, tenant, codeForm(code)), 400, "invalid_grant", 54005)
}

// TestRefreshRotates: a used token ends its whole family, and no other sign-in's.
func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	first, other := signIn(t, tenant, "maya", readScope), signIn(t, tenant, "maya", readScope)
	second := tokensOf(t, redeem(t, b, tenant, refreshForm(first.Refresh, baseScopes+readScope)))
	if second.Refresh == first.Refresh || second.Access == first.Access {
		t.Error("the refresh gave the same tokens again")
	}
	if before, after := claims(t, first.ID), claims(t, second.ID); before["sub"] != after["sub"] || before["sid"] != after["sid"] || after["nonce"] != nil {
		t.Errorf("refreshed ID token: got %v after %v", after, before)
	}
	refused(t, redeem(t, b, tenant, refreshForm(first.Refresh, baseScopes+readScope)), 400, "invalid_grant", 70000)
	refused(t, redeem(t, b, tenant, refreshForm(second.Refresh, baseScopes+readScope)), 400, "invalid_grant", 50173)
	tokensOf(t, redeem(t, b, tenant, refreshForm(other.Refresh, baseScopes+readScope)))
	refused(t, redeem(t, b, tenant, refreshForm("made-up", baseScopes)), 400, "invalid_grant", 9002313)
}

// TestKeptRefreshTokens: in Entra's own way the old one stays good.
func TestKeptRefreshTokens(t *testing.T) {
	t.Parallel()
	tenant := start(t, func(o *simulator.Options) { o.KeepRefreshTokens = true })
	b := newBrowser(t, nil)
	tokens := signIn(t, tenant, "maya", readScope)
	for range 3 {
		tokensOf(t, redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes+readScope)))
	}
}

// TestRefreshWidens: consent to writing was given for most, and a refusal costs the token nothing.
func TestRefreshWidens(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	own := strings.Replace(writeScope, "https://graph.microsoft.com", "http://"+tenant.Host(), 1)
	for _, scope := range []string{writeScope, own} {
		wider := tokensOf(t, redeem(t, b, tenant, refreshForm(signIn(t, tenant, "maya", readScope).Refresh, baseScopes+scope)))
		if !strings.Contains(wider.Scope, scope) {
			t.Errorf("scope: got %q, want %q in it", wider.Scope, scope)
		}
	}
	lena := signIn(t, tenant, "lena", readScope)
	got := redeem(t, b, tenant, refreshForm(lena.Refresh, baseScopes+writeScope))
	refused(t, got, 400, "invalid_grant", 65001)
	if got.object(t)["suberror"] != "consent_required" {
		t.Errorf("suberror: got %s", got.body)
	}
	tokensOf(t, redeem(t, b, tenant, refreshForm(lena.Refresh, baseScopes+readScope)))
	refused(t, redeem(t, b, tenant, refreshForm(signIn(t, tenant, "maya", readScope).Refresh, "Everything.All")), 400, "invalid_scope", 70011)
}

// TestTokensWithoutWhatWasNotAsked: an ID token needs openid, a refresh token offline_access.
func TestTokensWithoutWhatWasNotAsked(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	tokens := tokensOf(t, redeem(t, b, tenant, codeForm(choose(t, b, authorize(tenant, "profile "+readScope), "maya").Get("code"))))
	if tokens.ID != "" || tokens.Refresh != "" || tokens.Access == "" {
		t.Errorf("got ID token %t, refresh token %t, access token %t", tokens.ID != "", tokens.Refresh != "", tokens.Access != "")
	}
}

// TestChangedPeople: the next refresh sees a role that was taken away, and a revocation ends everything at once.
func TestChangedPeople(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	tokens := signIn(t, tenant, "maya", readScope)
	if err := tenant.Directory.Change("maya", func(p *simulator.Person) { p.Roles = nil }); err != nil {
		t.Fatal(err)
	}
	tokens = tokensOf(t, redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes+readScope)))
	if got := claims(t, tokens.ID)["roles"]; got != nil {
		t.Errorf("roles: got %v, want none", got)
	}
	tenant.Provider.Revoke("maya")
	refused(t, redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes+readScope)), 400, "invalid_grant", 50173)
	got := graphCall(t, tenant, tokens.Access, http.MethodGet, graph.Collection, "")
	if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Header.Get("WWW-Authenticate"), `error="insufficient_claims"`) {
		t.Errorf("Graph after a revocation: got %d %s", got.StatusCode, got.Header.Get("WWW-Authenticate"))
	}
	again := signIn(t, tenant, "maya", readScope)
	if got := graphCall(t, tenant, again.Access, http.MethodGet, graph.Collection, ""); got.StatusCode != http.StatusOK {
		t.Errorf("Graph after signing in again: got %d", got.StatusCode)
	}
}

// clock is a tenant's clock that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// TestTokensFollowTheClock that the tenant was given, whatever the system's says.
func TestTokensFollowTheClock(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tenant := start(t, func(o *simulator.Options) { o.Now, o.TokenLife = clock.Now, 10*time.Minute })
	tokens := signIn(t, tenant, "maya", readScope)
	if tokens.ExpiresIn != 600 {
		t.Errorf("expires_in: got %d, want 600", tokens.ExpiresIn)
	}
	got := claims(t, tokens.ID)
	for name, want := range map[string]time.Time{"iat": clock.Now(), "nbf": clock.Now(), "exp": clock.Now().Add(10 * time.Minute)} {
		if at := int64(got[name].(float64)); at < want.Unix()-2 || at > want.Unix()+2 {
			t.Errorf("%s: got %s, want %s", name, time.Unix(at, 0).UTC(), want)
		}
	}
	list := func() answer { return graphCall(t, tenant, tokens.Access, http.MethodGet, graph.Collection, "") }
	if got := list(); got.StatusCode != http.StatusOK {
		t.Errorf("a fresh token: got %d %s", got.StatusCode, got.body)
	}
	clock.Advance(11 * time.Minute)
	if got := list(); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "the token is expired") || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("an old token: got %d %s", got.StatusCode, got.body)
	}
	entries := tenant.Requests("GET " + graph.Collection)
	if last := entries[len(entries)-1]; last.Person != "maya" {
		t.Errorf("recorded person of an expired token: got %q, want maya", last.Person)
	}
	clock.Advance(91 * 24 * time.Hour)
	refused(t, redeem(t, newBrowser(t, nil), tenant, refreshForm(tokens.Refresh, baseScopes)), 400, "invalid_grant", 700082)
}

// TestKeyOutlivesRestart: with a key file, tokens of the process before are good, refresh tokens among them.
func TestKeyOutlivesRestart(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "tenant.pem")
	options := simulator.Options{KeyFile: key, Client: simulator.Client{ID: clientID, Secret: clientSecret, RedirectURIs: []string{redirectURI}}}
	first, err := simulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	tokens := signIn(t, first, "ruth", readScope)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	options.Listen = first.Host()
	second, err := simulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got := graphCall(t, second, tokens.Access, http.MethodGet, graph.Collection, ""); got.StatusCode != http.StatusOK {
		t.Errorf("access token after a restart: got %d %s", got.StatusCode, got.body)
	}
	tokensOf(t, redeem(t, newBrowser(t, nil), second, refreshForm(tokens.Refresh, baseScopes+readScope)))
}
