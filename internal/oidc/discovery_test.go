package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestProviderDownAtStart: the service says why it is not ready, and is once the provider is there.
func TestProviderDownAtStart(t *testing.T) {
	t.Parallel()
	c := signintest.NewClock()
	p := signintest.NewProvider(t, c)
	away := true
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var closed bool
		p.Script(func() { closed = away })
		if closed {
			http.Error(w, "closed", http.StatusBadGateway)
			return
		}
		p.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(gate.Close)
	p.Document = func(d map[string]any) {
		for name, value := range d {
			if text, ok := value.(string); ok {
				d[name] = strings.ReplaceAll(text, p.URL, gate.URL)
			}
		}
	}
	s := signintest.NewSite(t, databasetest.SQLite(t), p, c, func(o *signintest.Options) { o.OIDC.Issuer = gate.URL + "/tenant/v2.0" })
	if err := s.Service.SignIn.Ready(); err == nil || !strings.Contains(err.Error(), gate.URL) {
		t.Errorf("before it runs: %v, want the issuer named", err)
	}
	signintest.Run(t, s.Service)
	signintest.Eventually(t, "refused", func() bool { return strings.Contains(s.Service.SignIn.Ready().Error(), "502") })
	if got := s.Browser(t).Get("/login"); got.Status != http.StatusServiceUnavailable {
		t.Errorf("GET /login: %d %s, want 503", got.Status, got.Body)
	}
	p.Script(func() { away = false })
	signintest.Eventually(t, "ready", func() bool { return s.Service.SignIn.Ready() == nil })
	p.Script(func() { away = true })
	if err := s.Service.SignIn.Ready(); err != nil {
		t.Errorf("a provider that fails later: %v", err)
	}
}

// TestDiscoveryIsChecked: a document that is not the issuer's, or leads to unsafe places, is not used.
func TestDiscoveryIsChecked(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, reason string
		document     func(map[string]any)
	}{
		{"another issuer", "did not match", func(d map[string]any) { d["issuer"] = "https://login.example" }},
		{"a trailing slash", "did not match", func(d map[string]any) { d["issuer"] = d["issuer"].(string) + "/" }},
		{"a token endpoint without TLS", "token_endpoint", func(d map[string]any) { d["token_endpoint"] = "http://login.example/token" }},
		{"no authorization endpoint", "authorization_endpoint", func(d map[string]any) { delete(d, "authorization_endpoint") }},
		{"keys elsewhere without TLS", "jwks_uri", func(d map[string]any) { d["jwks_uri"] = "http://login.example/keys" }},
		{"2 MiB", "KiB", func(d map[string]any) { d["x"] = strings.Repeat("x", 2<<20) }},
		{"keys that cannot be read", "404", func(d map[string]any) { d["jwks_uri"] = d["jwks_uri"].(string) + "-lost" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := signintest.NewClock()
			s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c)
			s.Provider.Document = test.document
			signintest.Run(t, s.Service)
			signintest.Eventually(t, "refused for "+test.reason, func() bool {
				err := s.Service.SignIn.Ready()
				return err != nil && strings.Contains(err.Error(), test.reason)
			})
			if text := s.Service.SignIn.Ready().Error(); len(text) > 1000 {
				t.Errorf("the reason has %d bytes", len(text))
			}
		})
	}
}
