package simulator_test

import (
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// TestEntraAddresses: discovery names the endpoints where Entra has them, they do all that is needed to sign in and out, and
// their faults have the short keys.
func TestEntraAddresses(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, jar)
	authority := "http://" + tenant.Host() + "/" + simulator.TenantID
	want := map[string]string{
		"issuer": authority + "/v2.0", "authorization_endpoint": authority + "/oauth2/v2.0/authorize", "token_endpoint": authority + "/oauth2/v2.0/token",
		"end_session_endpoint": authority + "/oauth2/v2.0/logout", "jwks_uri": authority + "/discovery/v2.0/keys",
	}
	document := b.get(authority + "/v2.0/.well-known/openid-configuration").object(t)
	for name, address := range want {
		if document[name] != address {
			t.Errorf("%s: got %v, want %s", name, document[name], address)
		}
	}

	query := strings.TrimPrefix(authorize(tenant, baseScopes+readScope), tenant.Issuer()+"/authorize")
	form := codeForm(choose(t, b, want["authorization_endpoint"]+query, "tom").Get("code"))
	form.Set("client_id", clientID)
	form.Set("client_secret", clientSecret)
	tokens := tokensOf(t, b.post(want["token_endpoint"], form))
	if claims(t, tokens.ID)["iss"] != want["issuer"] {
		t.Errorf("issuer of the ID token: got %v", claims(t, tokens.ID)["iss"])
	}
	if keys := b.get(want["jwks_uri"]).object(t)["keys"]; keys == nil {
		t.Error("no keys")
	}
	out := b.get(want["end_session_endpoint"] + "?" + url.Values{"post_logout_redirect_uri": {signedOutURI}}.Encode())
	if where := out.Header.Get("Location"); where != signedOutURI {
		t.Errorf("signed out: sent to %q", where)
	}
	silent := b.get(want["authorization_endpoint"] + query + "&prompt=none").location(t)
	if silent.Query().Get("error") != "login_required" {
		t.Errorf("afterwards sent to %s", silent)
	}

	tenant.Faults.Next("POST /token", faults.Status(503, "", ""))
	if got := b.post(want["token_endpoint"], form); got.StatusCode != 503 {
		t.Errorf("the token endpoint's fault: got %d", got.StatusCode)
	}
	if entries := tenant.Requests("POST /token"); len(entries) != 2 || entries[0].Path != "/"+simulator.TenantID+"/oauth2/v2.0/token" {
		t.Errorf("recorded %d requests of the token endpoint", len(entries))
	}
	for _, path := range []string{"/oauth2/v2.0/nothing", "/oauth2/v2.0", "/token", ""} {
		if got := b.get(authority + path); got.StatusCode != 404 {
			t.Errorf("%s: got %d, want 404", path, got.StatusCode)
		}
	}
}
