package simulator_test

import (
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// entra are the addresses that Entra's discovery document would have for this tenant.
func entra(tenant *simulator.Tenant) map[string]string {
	authority := "http://" + tenant.Host() + "/" + simulator.TenantID
	return map[string]string{
		"issuer": authority + "/v2.0", "authorization_endpoint": authority + "/oauth2/v2.0/authorize", "token_endpoint": authority + "/oauth2/v2.0/token",
		"end_session_endpoint": authority + "/oauth2/v2.0/logout", "jwks_uri": authority + "/discovery/v2.0/keys",
	}
}

// TestEntraAddresses: discovery names the endpoints where Entra has them, and they do all that is needed to sign in and out.
func TestEntraAddresses(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b, want := newBrowser(t, jar), entra(tenant)
	document := b.get(tenant.Issuer() + "/.well-known/openid-configuration").object(t)
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
}

// TestEntraAddressesHaveShortKeys for faults and in the journal; what Entra has not leads nowhere.
func TestEntraAddressesHaveShortKeys(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b, want := newBrowser(t, nil), entra(tenant)
	for key, address := range map[string]string{
		"GET /keys": want["jwks_uri"], "GET /authorize": want["authorization_endpoint"], "GET /logout": want["end_session_endpoint"], "GET /token": want["token_endpoint"],
	} {
		tenant.Faults.Next(key, faults.Status(418, "", ""))
		if got := b.get(address); got.StatusCode != 418 {
			t.Errorf("%s: got %d, want its fault", address, got.StatusCode)
		}
		if entries := tenant.Requests(key); len(entries) != 1 || !strings.HasSuffix(address, entries[0].Path) {
			t.Errorf("%s: recorded %d requests", key, len(entries))
		}
	}
	authority := strings.TrimSuffix(want["issuer"], "/v2.0")
	for _, path := range []string{"/oauth2/v2.0/nothing", "/oauth2/v2.0", "/token", ""} {
		if got := b.get(authority + path); got.StatusCode != 404 {
			t.Errorf("%s: got %d, want 404", path, got.StatusCode)
		}
	}
}
