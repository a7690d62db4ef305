package simulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/simulator"
)

const (
	clientID     = "11112222-3333-4444-5555-666677778888"
	clientSecret = "a secret+of/the client"
	redirectURI  = "http://127.0.0.1:9/auth/callback"
	signedOutURI = "http://127.0.0.1:9/signed-out"
	readScope    = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope   = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
	baseScopes   = "openid profile offline_access "
	verifier     = "a-verifier-that-is-long-enough-for-rfc-7636-and-more"
)

// start runs a tenant for one test; alter may change its options.
func start(t *testing.T, alter ...func(*simulator.Options)) *simulator.Tenant {
	t.Helper()
	options := simulator.Options{Client: simulator.Client{ID: clientID, Secret: clientSecret, RedirectURIs: []string{redirectURI, signedOutURI}}}
	for _, change := range alter {
		change(&options)
	}
	tenant, err := simulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	return tenant
}

// answer is an HTTP answer, read to its end.
type answer struct {
	*http.Response
	body string
}

func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(a.body), &object); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	return object
}

// browser follows no redirects, so that each step can be looked at.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T, jar http.CookieJar) browser {
	return browser{t, &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b browser) do(r *http.Request) answer {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response, string(body)}
}

func (b browser) get(address string) answer {
	b.t.Helper()
	return b.do(request(b.t, http.MethodGet, address, nil))
}

func (b browser) post(address string, form url.Values) answer {
	b.t.Helper()
	r := request(b.t, http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func request(t *testing.T, method, address string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// location is where an answer sends the browser.
func (a answer) location(t *testing.T) *url.URL {
	t.Helper()
	where, err := a.Location()
	if err != nil {
		t.Fatalf("status %d, no location: %v: %s", a.StatusCode, err, a.body)
	}
	return where
}

// authorize is the address of a sign-in; extra parameters replace, an empty one removes.
func authorize(tenant *simulator.Tenant, scope string, extra ...string) string {
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"client_id": {clientID}, "redirect_uri": {redirectURI}, "response_type": {"code"}, "response_mode": {"query"},
		"scope": {scope}, "state": {"the-state"}, "nonce": {"the-nonce"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(extra); i += 2 {
		if extra[i+1] == "" {
			query.Del(extra[i])
		} else {
			query.Set(extra[i], extra[i+1])
		}
	}
	return tenant.Issuer() + "/authorize?" + query.Encode()
}

// choose goes through the page as a person and returns the query that the application gets.
func choose(t *testing.T, b browser, address, person string) url.Values {
	t.Helper()
	page := b.get(address).location(t).String()
	where := b.post(page, url.Values{"person": {person}}).location(t)
	if got := where.Scheme + "://" + where.Host + where.Path; got != redirectURI {
		t.Fatalf("sent to %s, want %s", got, redirectURI)
	}
	return where.Query()
}

// redeem asks the token endpoint.
func redeem(t *testing.T, b browser, tenant *simulator.Tenant, form url.Values) answer {
	t.Helper()
	if !form.Has("client_id") {
		form.Set("client_id", clientID)
		form.Set("client_secret", clientSecret)
	}
	return b.post(tenant.Issuer()+"/token", form)
}

func codeForm(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI}, "code_verifier": {verifier}}
}

func refreshForm(token, scope string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "scope": {scope}}
}

type tokenAnswer struct {
	TokenType string `json:"token_type"`
	Scope     string `json:"scope"`
	ExpiresIn int    `json:"expires_in"`
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ID        string `json:"id_token"`
}

// signIn goes all the way and returns the tokens.
func signIn(t *testing.T, tenant *simulator.Tenant, person, scope string) tokenAnswer {
	t.Helper()
	b := newBrowser(t, nil)
	code := choose(t, b, authorize(tenant, baseScopes+scope), person).Get("code")
	return tokensOf(t, redeem(t, b, tenant, codeForm(code)))
}

func tokensOf(t *testing.T, a answer) tokenAnswer {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("token endpoint: got %d %s, want 200", a.StatusCode, a.body)
	}
	var tokens tokenAnswer
	if err := json.Unmarshal([]byte(a.body), &tokens); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// graphCall calls Graph as whoever the bearer belongs to. The path is relative to Graph's root.
func graphCall(t *testing.T, tenant *simulator.Tenant, bearer, method, path, body string) answer {
	t.Helper()
	r := request(t, method, tenant.GraphURL()+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+bearer)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return newBrowser(t, nil).do(r)
}

// once sends a request exactly once: a kept connection would let net/http send it again after a reset.
func once(r *http.Request) (*http.Response, error) {
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
}
