package config_test

import (
	"strings"
	"testing"
	"time"
)

func TestScopesFollowTheCloud(t *testing.T) {
	t.Parallel()
	for base, prefix := range map[string]string{
		"https://graph.microsoft.com/v1.0/":            "https://graph.microsoft.com/",
		"https://graph.microsoft.us/beta":              "https://graph.microsoft.us/",
		"https://dod-graph.microsoft.us/beta":          "https://dod-graph.microsoft.us/",
		"https://microsoftgraph.chinacloudapi.cn/beta": "https://microsoftgraph.chinacloudapi.cn/",
		"http://127.0.0.1:9000/beta":                   "http://127.0.0.1:9000/",
		"http://[::1]:9000/beta":                       "http://[::1]:9000/",
	} {
		c := load(t, "", tenant(t).with(environment{"graph.base_url": base, "graph.write_scope": "api://own/Write"}))
		if want := prefix + "DeviceManagementServiceConfig.Read.All"; c.Graph.ReadScope != want {
			t.Errorf("%s: read_scope %s, want %s", base, c.Graph.ReadScope, want)
		}
		if c.Graph.WriteScope != "api://own/Write" {
			t.Errorf("%s: write_scope %s, want the one that was given", base, c.Graph.WriteScope)
		}
		if got := c.Graph.BaseURL.String(); got != strings.TrimSuffix(base, "/") {
			t.Errorf("base_url %s became %s", base, got)
		}
	}
}

// TestPublicURLIsAnOrigin: it is compared with what browsers send in Host and Origin.
func TestPublicURLIsAnOrigin(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://Switchboard.Example:443/": "https://switchboard.example",
		"https://switchboard.example:8443": "https://switchboard.example:8443",
		"http://localhost:80":              "http://localhost",
		"http://127.0.0.1:443":             "http://127.0.0.1:443",
	} {
		if got := load(t, "", tenant(t).with(environment{"public_url": given})).PublicURL.String(); got != want {
			t.Errorf("public_url %s became %s, want %s", given, got, want)
		}
	}
}

func TestIssuerStaysAsWritten(t *testing.T) {
	t.Parallel()
	for _, issuer := range []string{"https://login.example/v2.0", "https://login.example/", "http://127.0.0.1:9000"} {
		if got := load(t, "", tenant(t).with(environment{"oidc.issuer": issuer})).OIDC.Issuer; got != issuer {
			t.Errorf("oidc.issuer %s became %s", issuer, got)
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	c := load(t, "", tenant(t).with(environment{
		"oidc.client_secret": "-", "oidc.client_secret_file": write(t, "secret", "from a file\n"),
		"sessions.keys": "-", "sessions.keys_file": write(t, "keys", sessionKey+"\n\n"+sessionKey+"\n"),
	}))
	if c.OIDC.ClientSecret != "from a file" {
		t.Errorf("client secret %q", c.OIDC.ClientSecret)
	}
	if len(c.Sessions.Keys) != 2 {
		t.Errorf("%d session keys, want one a line", len(c.Sessions.Keys))
	}
}

func TestOtherCredentials(t *testing.T) {
	t.Parallel()
	certificate, token := write(t, "certificate.pem", selfSigned(t)), write(t, "token", "header.payload.signature")
	c := load(t, "", tenant(t).with(environment{"oidc.client_secret": "-", "oidc.client_certificate_file": certificate}))
	if c.OIDC.ClientCertificateFile != certificate || c.OIDC.ClientSecret != "" {
		t.Errorf("with a certificate: %+v", c.OIDC)
	}
	c = load(t, "", tenant(t).with(environment{"oidc.client_secret": "", "oidc.federated_token_file": token}))
	if c.OIDC.FederatedTokenFile != token {
		t.Errorf("with a federated token: %+v", c.OIDC)
	}
}

// selfSigned is a certificate and its key in PEM.
func selfSigned(t *testing.T) string {
	t.Helper()
	return certificate(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

func TestDoubts(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	for _, test := range []struct {
		issuer, base string
		want         []string
	}{
		{"https://login.microsoftonline.com/" + id + "/v2.0", "https://graph.microsoft.com/beta", nil},
		{"https://login.microsoftonline.us/" + id + "/v2.0", "https://dod-graph.microsoft.us/v1.0", nil},
		{"https://login.chinacloudapi.cn/" + id + "/v2.0", "https://microsoftgraph.chinacloudapi.cn/beta", nil},
		{"https://login.microsoftonline.us/" + id + "/v2.0", "https://graph.microsoft.com/beta", []string{"another cloud"}},
		{"https://login.microsoftonline.com/common/v2.0", "https://graph.microsoft.com/beta", []string{"no tenant's id"}},
		{"https://login.microsoftonline.com/contoso.com/v2.0", "https://graph.microsoft.com", []string{"lacks Graph's version", "no tenant's id"}},
		{"https://login.example", "http://127.0.0.1:9000/any", nil},
	} {
		given := tenant(t).with(environment{"oidc.issuer": test.issuer, "graph.base_url": test.base})
		c := load(t, "", given)
		got := c.Doubts()
		if len(got) != len(test.want) {
			t.Errorf("%s with %s: got %q, want %q", test.issuer, test.base, got, test.want)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i], test.want[i]) {
				t.Errorf("%s with %s: got %q, want %q", test.issuer, test.base, got[i], test.want[i])
			}
		}
		more := load(t, "", given.with(environment{"oidc.claims_from": "userinfo"})).Doubts()
		if told, entra := len(more) > len(got), !strings.Contains(test.issuer, ".example"); told != entra {
			t.Errorf("%s with claims from userinfo: %q", test.issuer, more)
		}
	}
}
