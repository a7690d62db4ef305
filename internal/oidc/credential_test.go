package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/oidc"
	"switchboard/internal/signin/signintest"
)

// certificateFile writes a self-signed certificate with its key, as operators keep it; it returns the DER too.
func certificateFile(t *testing.T, key crypto.Signer) (string, []byte) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "switchboard"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	name := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name, der
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		key        crypto.Signer
		advertised []string
		want       jose.SignatureAlgorithm
	}{
		{"RSA", signintest.FirstKey(), nil, jose.PS256},
		{"RSA at a provider with RS256 only", signintest.FirstKey(), []string{"RS256"}, jose.RS256},
		{"P-256", curve, nil, jose.ES256},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, der := certificateFile(t, test.key)
			c := signintest.NewClock()
			s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c, func(o *signintest.Options) { o.OIDC.ClientSecret, o.OIDC.ClientCertificateFile = "", file })
			s.Provider.Document = func(d map[string]any) {
				if test.advertised != nil {
					d["token_endpoint_auth_signing_alg_values_supported"] = test.advertised
				}
			}
			s.Run(t)
			if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
				t.Fatalf("the sign-in: %d %s", got.Status, got.Body)
			}
			form := s.Provider.Calls("authorization_code")[0]
			if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || form.Get("client_id") != signintest.ClientID || form.Has("client_secret") {
				t.Errorf("the form names %q and %q, secret %v", form.Get("client_assertion_type"), form.Get("client_id"), form.Has("client_secret"))
			}
			signed, err := jose.ParseSignedCompact(form.Get("client_assertion"), []jose.SignatureAlgorithm{test.want})
			if err != nil {
				t.Fatalf("the assertion: %v", err)
			}
			payload, err := signed.Verify(test.key.Public())
			if err != nil {
				t.Fatalf("the assertion: %v", err)
			}
			thumbprint := sha256.Sum256(der)
			header := signed.Signatures[0].Header.ExtraHeaders
			if header["x5t#S256"] != base64.RawURLEncoding.EncodeToString(thumbprint[:]) || header["typ"] != "JWT" {
				t.Errorf("the assertion's header: %v", header)
			}
			var claims struct {
				Aud, Iss, Sub, Jti string
				Nbf, Exp           int64
			}
			if err := json.Unmarshal(payload, &claims); err != nil {
				t.Fatal(err)
			}
			if claims.Aud != s.Provider.Issuer()+"/token" || claims.Iss != signintest.ClientID || claims.Sub != signintest.ClientID || len(claims.Jti) < 22 ||
				claims.Nbf != c.Now().Unix() || claims.Exp != c.Now().Add(5*time.Minute).Unix() {
				t.Errorf("the assertion's claims: %+v", claims)
			}
		})
	}
}

// TestFederatedToken: the file is read for each use, because it is replaced.
func TestFederatedToken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.OIDC.ClientSecret, o.OIDC.FederatedTokenFile = "", file })
	if got := s.Browser(t).SignIn(); got.Status != http.StatusServiceUnavailable {
		t.Errorf("without the file: %d %s, want 503", got.Status, got.Body)
	}
	for _, token := range []string{"first.jwt.x", "second.jwt.x"} {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Browser(t).SignIn()
		calls := s.Provider.Calls("authorization_code")
		if got := calls[len(calls)-1].Get("client_assertion"); got != token {
			t.Errorf("the assertion is %q, want %q", got, token)
		}
	}
}

// TestSecret: in the form where that is advertised, else by HTTP Basic, each half escaped.
func TestSecret(t *testing.T) {
	t.Parallel()
	for _, methods := range []any{[]string{"client_secret_post", "client_secret_basic"}, []string{"client_secret_basic"}, nil} {
		c := signintest.NewClock()
		s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c, func(o *signintest.Options) { o.OIDC.ClientSecret = "a:b c%" })
		s.Provider.Document = func(d map[string]any) { d["token_endpoint_auth_methods_supported"] = methods }
		s.Run(t)
		if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
			t.Fatalf("%v: %d %s", methods, got.Status, got.Body)
		}
		form, header := s.Provider.TokenForms[0], s.Provider.TokenHeaders[0]
		user, password, basic := (&http.Request{Header: header}).BasicAuth()
		if list, ok := methods.([]string); ok && len(list) == 2 {
			if form.Get("client_secret") != "a:b c%" || basic {
				t.Errorf("%v: secret %q in the form, Basic %v", methods, form.Get("client_secret"), basic)
			}
		} else if user != signintest.ClientID || password != "a%3Ab+c%25" || form.Has("client_secret") {
			t.Errorf("%v: Basic %q, %q", methods, user, password)
		}
	}
}

// TestClientAuthIsAsConfigured, whatever the provider advertises.
func TestClientAuthIsAsConfigured(t *testing.T) {
	t.Parallel()
	both := []string{"client_secret_post", "client_secret_basic"}
	for _, test := range []struct {
		way        oidc.ClientAuth
		advertised any
		basic      bool
	}{
		{"", both, false}, {oidc.AutoAuth, both, false}, {oidc.AutoAuth, []string{"client_secret_basic"}, true}, {oidc.AutoAuth, nil, true},
		{oidc.BasicAuth, both, true}, {oidc.BasicAuth, []string{"client_secret_post"}, true},
		{oidc.PostAuth, both, false}, {oidc.PostAuth, nil, false},
	} {
		s := signintest.Discovering(t, map[string]any{"token_endpoint_auth_methods_supported": test.advertised}, func(o *signintest.Options) {
			o.OIDC.ClientSecret, o.OIDC.ClientAuth = "a:b c%ü", test.way
		})
		s.Browser(t).SignIn()
		form, header := s.Provider.TokenForms[0], s.Provider.TokenHeaders[0]
		user, password, basic := (&http.Request{Header: header}).BasicAuth()
		if basic != test.basic || form.Has("client_secret") == basic || form.Has("client_id") == basic {
			t.Errorf("%s, advertised %v: Basic %v, form %v", test.way, test.advertised, basic, form)
		}
		if basic && (user != signintest.ClientID || password != "a%3Ab+c%25%C3%BC") || !basic && form.Get("client_secret") != "a:b c%ü" {
			t.Errorf("%s: Basic %q, %q; form %q", test.way, user, password, form.Get("client_secret"))
		}
	}
}

// TestTheSecretFollowsNoRedirect: a token endpoint that points elsewhere gets the secret sent nowhere.
func TestTheSecretFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	visits := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { visits <- r.URL.Path }))
	t.Cleanup(elsewhere.Close)
	s := signintest.Open(t, databasetest.SQLite(t))
	s.Provider.Instead = func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", elsewhere.URL+"/token")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	if got := s.Browser(t).SignIn(); got.Status < 400 {
		t.Errorf("the sign-in: %d", got.Status)
	}
	select {
	case path := <-visits:
		t.Errorf("the token request was repeated at %s elsewhere", path)
	default:
	}
}
