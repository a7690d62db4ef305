package signin_test

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
	"switchboard/internal/signin"
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
		{"RSA", firstKey(), nil, jose.PS256},
		{"RSA at a provider with RS256 only", firstKey(), []string{"RS256"}, jose.RS256},
		{"P-256", curve, nil, jose.ES256},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, der := certificateFile(t, test.key)
			c := newClock()
			s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c, func(o *signin.Options) { o.ClientSecret, o.ClientCertificateFile = "", file })
			s.provider.document = func(d map[string]any) {
				if test.advertised != nil {
					d["token_endpoint_auth_signing_alg_values_supported"] = test.advertised
				}
			}
			s.run(t)
			if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
				t.Fatalf("the sign-in: %d %s", got.status, got.body)
			}
			form := s.provider.calls("authorization_code")[0]
			if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || form.Get("client_id") != clientID || form.Has("client_secret") {
				t.Errorf("the form names %q and %q, secret %v", form.Get("client_assertion_type"), form.Get("client_id"), form.Has("client_secret"))
			}
			signed, err := jose.ParseSigned(form.Get("client_assertion"), []jose.SignatureAlgorithm{test.want})
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
			if claims.Aud != s.provider.issuer()+"/token" || claims.Iss != clientID || claims.Sub != clientID || len(claims.Jti) < 22 ||
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
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.ClientSecret, o.FederatedTokenFile = "", file })
	if got := s.browser(t).signIn(); got.status != http.StatusServiceUnavailable {
		t.Errorf("without the file: %d %s, want 503", got.status, got.body)
	}
	for _, token := range []string{"first.jwt.x", "second.jwt.x"} {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.browser(t).signIn()
		calls := s.provider.calls("authorization_code")
		if got := calls[len(calls)-1].Get("client_assertion"); got != token {
			t.Errorf("the assertion is %q, want %q", got, token)
		}
	}
}

// TestSecret: in the form where that is advertised, else by HTTP Basic, each half escaped.
func TestSecret(t *testing.T) {
	t.Parallel()
	for _, methods := range []any{[]string{"client_secret_post", "client_secret_basic"}, []string{"client_secret_basic"}, nil} {
		c := newClock()
		s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c, func(o *signin.Options) { o.ClientSecret = "a:b c%" })
		s.provider.document = func(d map[string]any) { d["token_endpoint_auth_methods_supported"] = methods }
		s.run(t)
		if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
			t.Fatalf("%v: %d %s", methods, got.status, got.body)
		}
		form, header := s.provider.tokenForms[0], s.provider.tokenHeaders[0]
		user, password, basic := (&http.Request{Header: header}).BasicAuth()
		if list, ok := methods.([]string); ok && len(list) == 2 {
			if form.Get("client_secret") != "a:b c%" || basic {
				t.Errorf("%v: secret %q in the form, Basic %v", methods, form.Get("client_secret"), basic)
			}
		} else if user != clientID || password != "a%3Ab+c%25" || form.Has("client_secret") {
			t.Errorf("%v: Basic %q, %q", methods, user, password)
		}
	}
}

// TestClientAuthIsAsConfigured, whatever the provider advertises.
func TestClientAuthIsAsConfigured(t *testing.T) {
	t.Parallel()
	both := []string{"client_secret_post", "client_secret_basic"}
	for _, test := range []struct {
		way        signin.ClientAuth
		advertised any
		basic      bool
	}{
		{"", both, false}, {signin.AutoAuth, both, false}, {signin.AutoAuth, []string{"client_secret_basic"}, true}, {signin.AutoAuth, nil, true},
		{signin.BasicAuth, both, true}, {signin.BasicAuth, []string{"client_secret_post"}, true},
		{signin.PostAuth, both, false}, {signin.PostAuth, nil, false},
	} {
		s := discovering(t, map[string]any{"token_endpoint_auth_methods_supported": test.advertised}, func(o *signin.Options) {
			o.ClientSecret, o.ClientAuth = "a:b c%ü", test.way
		})
		s.browser(t).signIn()
		form, header := s.provider.tokenForms[0], s.provider.tokenHeaders[0]
		user, password, basic := (&http.Request{Header: header}).BasicAuth()
		if basic != test.basic || form.Has("client_secret") == basic || form.Has("client_id") == basic {
			t.Errorf("%s, advertised %v: Basic %v, form %v", test.way, test.advertised, basic, form)
		}
		if basic && (user != clientID || password != "a%3Ab+c%25%C3%BC") || !basic && form.Get("client_secret") != "a:b c%ü" {
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
	s := open(t, databasetest.SQLite(t))
	s.provider.instead = func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", elsewhere.URL+"/token")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	if got := s.browser(t).signIn(); got.status < 400 {
		t.Errorf("the sign-in: %d", got.status)
	}
	select {
	case path := <-visits:
		t.Errorf("the token request was repeated at %s elsewhere", path)
	default:
	}
}
