package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"switchboard/simulator"
)

func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(payload, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// TestClaims: each person's ID token says who they are and what they may do, as Entra would.
func TestClaims(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	subjects := map[any]bool{}
	roles := map[string]string{
		"maya": "Connector.Admin", "priya": "Connector.Admin", "lena": "Connector.Admin", "omar": "Connector.Admin",
		"tom": "Connector.Helpdesk", "ruth": "Connector.Auditor", "deniz": "",
	}
	for _, person := range tenant.People() {
		got := claims(t, signIn(t, tenant, person.ID, readScope).ID)
		want := map[string]any{
			"iss": tenant.Issuer(), "tid": tenant.TenantID(), "oid": person.ObjectID, "name": person.Name, "ver": "2.0",
			"preferred_username": person.Address, "nonce": "the-nonce",
		}
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: claim %s: got %v, want %v", person.ID, name, got[name], value)
			}
		}
		for _, name := range []string{"sub", "sid", "login_hint", "exp", "iat", "nbf", "auth_time"} {
			if got[name] == nil || got[name] == "" {
				t.Errorf("%s: claim %s is missing", person.ID, name)
			}
		}
		if audience, ok := got["aud"].([]any); !ok || len(audience) != 1 || audience[0] != clientID {
			t.Errorf("%s: aud: got %v, want the client alone", person.ID, got["aud"])
		}
		for _, name := range []string{"at_hash", "c_hash"} {
			if got[name] != nil {
				t.Errorf("%s: claim %s: Entra's token endpoint sends none", person.ID, name)
			}
		}
		switch role, known := roles[person.ID]; {
		case !known:
			t.Errorf("%s: a person without an expectation here", person.ID)
		case role == "" && got["roles"] != nil:
			t.Errorf("%s: roles: got %v, want the claim absent", person.ID, got["roles"])
		case role != "" && !slices.Equal(got["roles"].([]any), []any{role}):
			t.Errorf("%s: roles: got %v, want %s", person.ID, got["roles"], role)
		}
		if subjects[got["sub"]] {
			t.Errorf("%s: sub %v belongs to somebody else", person.ID, got["sub"])
		}
		subjects[got["sub"]] = true
	}
}

// TestAuthorizeRefuses: what a careless client sends comes back as an error at the redirect URI, or nowhere at all.
func TestAuthorizeRefuses(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	tests := []struct {
		name  string
		extra []string
		want  string // the error at the redirect URI; "" for an answer that leads nowhere
	}{
		{"no PKCE", []string{"code_challenge", "", "code_challenge_method", ""}, "invalid_request"},
		{"plain PKCE", []string{"code_challenge_method", "plain"}, "invalid_request"},
		{"PKCE without a method", []string{"code_challenge_method", ""}, "invalid_request"},
		{"implicit flow", []string{"response_type", "id_token"}, ""},
		{"posted answer", []string{"response_mode", "form_post"}, "invalid_request"},
		{"unknown scope", []string{"scope", "openid https://graph.microsoft.com/Everything.All"}, "invalid_scope"},
		{"nobody signed in", []string{"prompt", "none"}, "login_required"},
		{"foreign redirect", []string{"redirect_uri", "http://127.0.0.1:9/elsewhere"}, ""},
		{"foreign client", []string{"client_id", "somebody"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := newBrowser(t, nil).get(authorize(tenant, baseScopes+readScope, test.extra...))
			if test.want == "" {
				if got.StatusCode != http.StatusBadRequest || got.Header.Get("Location") != "" {
					t.Errorf("got %d to %q, want 400 and no redirect", got.StatusCode, got.Header.Get("Location"))
				}
				return
			}
			where := got.location(t)
			if answer := where.Query(); answer.Get("error") != test.want || answer.Get("state") != "the-state" {
				t.Errorf("sent to %s, want error %s with the state", where, test.want)
			}
		})
	}
}

// TestPromptNone goes by the browser's session, and prompt=login does not.
func TestPromptNone(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, jar)
	first := tokensOf(t, redeem(t, b, tenant, codeForm(choose(t, b, authorize(tenant, baseScopes+readScope), "tom").Get("code"))))

	code := b.get(authorize(tenant, baseScopes+readScope, "prompt", "none")).location(t).Query().Get("code")
	second := tokensOf(t, redeem(t, b, tenant, codeForm(code)))
	before, after := claims(t, first.ID), claims(t, second.ID)
	for _, name := range []string{"oid", "sub", "sid", "auth_time"} {
		if before[name] != after[name] {
			t.Errorf("claim %s: got %v, then silently %v", name, before[name], after[name])
		}
	}

	page := b.get(authorize(tenant, baseScopes+readScope, "prompt", "login")).location(t).String()
	if got := b.get(page); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "Who would you like to be?") {
		t.Errorf("prompt=login: got %d, want the page", got.StatusCode)
	}
}

// TestEndSession leads back to a registered address only, and ends the browser's session.
func TestEndSession(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	tests := []struct {
		name, hint, back string
		want             string // the address led to; "" for a refusal
		signedOut        bool
	}{
		{"with the cookie alone", "", signedOutURI, signedOutURI, true},
		{"with the person's hint", "tom", signedOutURI, signedOutURI, true},
		{"without a return address", "", "", "/signed-out", true},
		{"to a foreign address", "", "http://127.0.0.1:9/elsewhere", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			b := newBrowser(t, jar)
			tokens := tokensOf(t, redeem(t, b, tenant, codeForm(choose(t, b, authorize(tenant, baseScopes+readScope), "tom").Get("code"))))
			query := url.Values{}
			if test.hint != "" {
				query.Set("logout_hint", claims(t, tokens.ID)["login_hint"].(string))
			}
			if test.back != "" {
				query.Set("post_logout_redirect_uri", test.back)
			}
			got := b.get(tenant.Issuer() + "/logout?" + query.Encode())
			switch where := got.Header.Get("Location"); {
			case test.want == "" && (got.StatusCode != http.StatusBadRequest || where != ""):
				t.Errorf("got %d to %q, want 400", got.StatusCode, where)
			case test.want != "" && !strings.HasSuffix(where, test.want):
				t.Errorf("sent to %q, want %q", where, test.want)
			}
			silent := b.get(authorize(tenant, baseScopes+readScope, "prompt", "none")).location(t)
			if got := silent.Query().Get("error") == "login_required"; got != test.signedOut {
				t.Errorf("afterwards sent to %s", silent)
			}
		})
	}
}

// TestPageRefusals: cancelling, and a person for whom nobody has consented to writing.
func TestPageRefusals(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	page := b.get(authorize(tenant, baseScopes+readScope)).location(t).String()
	cancelled := b.post(page, url.Values{"cancel": {"yes"}}).location(t).Query()
	if cancelled.Get("error") != "access_denied" || cancelled.Get("state") != "the-state" {
		t.Errorf("cancelled: got %v", cancelled)
	}
	if again := b.post(page, url.Values{"person": {"maya"}}); again.StatusCode != http.StatusBadRequest {
		t.Errorf("a cancelled sign-in used: got %d, want 400", again.StatusCode)
	}
	refused := choose(t, b, authorize(tenant, baseScopes+writeScope), "lena")
	if refused.Get("error") != "access_denied" || !strings.Contains(refused.Get("error_description"), "AADSTS90094") {
		t.Errorf("consent refused: got %v", refused)
	}
	if nobody := b.post(b.get(authorize(tenant, baseScopes)).location(t).String(), url.Values{"person": {"nobody"}}); nobody.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown person: got %d, want 400", nobody.StatusCode)
	}
}

// TestPage: one button a person, and a policy that lets the form lead back to the application and nowhere else.
func TestPage(t *testing.T) {
	t.Parallel()
	tenant := start(t, func(o *simulator.Options) {
		o.People = []simulator.Person{
			{ID: "a", ObjectID: "1", Name: "<b>Bold</b> & Co", Title: "Admin", Main: true},
			{ID: "b", ObjectID: "2", Name: "Second", Address: "second@contoso.com", Title: "a second"},
		}
	})
	b := newBrowser(t, nil)
	page := b.get(b.get(authorize(tenant, baseScopes, "login_hint", "second@contoso.com")).location(t).String())
	for _, want := range []string{`value="a"`, `value="b" autofocus`, "&lt;b&gt;Bold&lt;/b&gt; &amp; Co", "Second, a second"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %s:\n%s", want, page.body)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	if want := "form-action 'self' http://127.0.0.1:9;"; !strings.Contains(policy, want) || strings.Contains(policy, "script") {
		t.Errorf("policy: got %q, want %q and no scripts", policy, want)
	}
	style := b.get(tenant.Issuer() + "/login.css")
	if style.StatusCode != http.StatusOK || !strings.HasPrefix(style.Header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: got %d %s", style.StatusCode, style.Header.Get("Content-Type"))
	}
}

// TestDiscovery names what is served, for this issuer.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	document := b.get(tenant.Issuer() + "/.well-known/openid-configuration").object(t)
	if document["issuer"] != tenant.Issuer() {
		t.Errorf("issuer: got %v, want %s", document["issuer"], tenant.Issuer())
	}
	for name, value := range document {
		address, ok := value.(string)
		if !ok || !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" {
			continue
		}
		if got := b.get(address); got.StatusCode == http.StatusNotFound {
			t.Errorf("%s: %s is not served", name, address)
		}
	}
}
