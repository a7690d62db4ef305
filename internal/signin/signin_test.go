package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// TestProviderDownAtStart: the service says why it is not ready, and is once the provider is there.
func TestProviderDownAtStart(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := newProvider(t, c)
	away := true
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		closed := away
		p.mu.Unlock()
		if closed {
			http.Error(w, "closed", http.StatusBadGateway)
			return
		}
		p.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(gate.Close)
	p.document = func(d map[string]any) {
		for name, value := range d {
			if text, ok := value.(string); ok {
				d[name] = strings.ReplaceAll(text, p.URL, gate.URL)
			}
		}
	}
	s := newSite(t, databasetest.SQLite(t), p, c, func(o *signin.Options) { o.Issuer = gate.URL + "/tenant/v2.0" })
	if err := s.service.Ready(); err == nil || !strings.Contains(err.Error(), gate.URL) {
		t.Errorf("before it runs: %v, want the issuer named", err)
	}
	run(t, s.service)
	eventually(t, "refused", func() bool { return strings.Contains(s.service.Ready().Error(), "502") })
	if got := s.browser(t).get("/login"); got.status != http.StatusServiceUnavailable {
		t.Errorf("GET /login: %d %s, want 503", got.status, got.body)
	}
	p.script(func() { away = false })
	eventually(t, "ready", func() bool { return s.service.Ready() == nil })
	p.script(func() { away = true })
	if err := s.service.Ready(); err != nil {
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
			c := newClock()
			s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c)
			s.provider.document = test.document
			run(t, s.service)
			eventually(t, "refused for "+test.reason, func() bool {
				err := s.service.Ready()
				return err != nil && strings.Contains(err.Error(), test.reason)
			})
			if text := s.service.Ready().Error(); len(text) > 1000 {
				t.Errorf("the reason has %d bytes", len(text))
			}
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	good := signin.Options{
		Issuer: "https://login.example", ClientID: "x", ClientSecret: "y", PublicURL: public, Keys: [][]byte{sealKey},
		Idle: 1, Absolute: 1, DB: databasetest.SQLite(t),
	}
	if _, err := signin.New(good); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*signin.Options){
		"no issuer":     func(o *signin.Options) { o.Issuer = "" },
		"no credential": func(o *signin.Options) { o.ClientSecret = "" },
		"no key":        func(o *signin.Options) { o.Keys = nil },
		"a short key":   func(o *signin.Options) { o.Keys = [][]byte{sealKey[:16]} },
		"no such file":  func(o *signin.Options) { o.ClientSecret, o.ClientCertificateFile = "", "/nowhere.pem" },
	}
	for name, alter := range tests {
		o := good
		alter(&o)
		if _, err := signin.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
