package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/provider"
)

// checked is what check says of a tenant, with the program's environment altered.
func checked(t *testing.T, tenant *simulator.Tenant, changes ...string) (int, string) {
	t.Helper()
	folder := t.TempDir()
	environ := append([]string{
		"SWITCHBOARD_DEMO=false", "SWITCHBOARD_DATABASE_URL=sqlite:" + filepath.Join(folder, "x.db"),
		"SWITCHBOARD_OIDC_ISSUER=" + tenant.Issuer(), "SWITCHBOARD_OIDC_CLIENT_ID=switchboard", "SWITCHBOARD_OIDC_CLIENT_SECRET=the-secret",
		"SWITCHBOARD_GRAPH_BASE_URL=" + tenant.GraphURL(), "SWITCHBOARD_SESSIONS_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		"SWITCHBOARD_AUDIT_KEY_FILE=" + kept(t, "PRIVATE+KEY+switchboard.example/audit+345cd50b+Ae0PcdhDiSpq/JkYutVFngsQfXJdBnncjUUz1V9hXy3B\n"),
	}, changes...)
	var said strings.Builder
	code := run([]string{"check"}, environ, &said, &said)
	return code, said.String()
}

func kept(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func startedTenant(t *testing.T) *simulator.Tenant {
	t.Helper()
	tenant, err := simulator.Start(simulator.Options{Client: provider.Client{
		ID: "switchboard", Secret: "the-secret", RedirectURIs: []string{"http://127.0.0.1:8080/auth/callback"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tenant.Close() })
	return tenant
}

// TestCheckTriesTheClient: a made-up code tells a wrong credential from a right one, and nothing else does.
func TestCheckTriesTheClient(t *testing.T) {
	t.Parallel()
	denied := func(status int, body string) func(*simulator.Tenant) {
		return func(tenant *simulator.Tenant) {
			tenant.Faults.Always("POST /token", faults.Answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				w.Write([]byte(body))
			})))
		}
	}
	for _, test := range []struct {
		name   string
		script func(*simulator.Tenant)
		change string
		code   int
		want   string
	}{
		{"as it is", func(*simulator.Tenant) {}, "", clean, "client         ok: the provider refuses a made-up code"},
		{"by Basic", func(*simulator.Tenant) {}, "SWITCHBOARD_OIDC_CLIENT_AUTH=basic", clean, "client         ok"},
		{"a wrong secret", func(*simulator.Tenant) {}, "SWITCHBOARD_OIDC_CLIENT_SECRET=another", failed, "client         FAILED: the provider does not take oidc.client_id with its credential"},
		{"another client", func(*simulator.Tenant) {}, "SWITCHBOARD_OIDC_CLIENT_ID=another", failed, "client         FAILED"},
		{"an expired secret", denied(401, `{"error":"invalid_client","error_codes":[7000222]}`), "", failed, "oidc.client_secret has expired."},
		{"as Keycloak says it", denied(401, `{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}`), "", failed, "client         FAILED: the provider does not take oidc.client_id with its credential. The provider does not accept this client’s id or its credential."},
		{"a client without the code flow", denied(400, `{"error":"unauthorized_client"}`), "", failed, "client         FAILED: the provider does not let this client sign people in. The provider does not let this client ask for this: it needs the code flow and refresh tokens.\n"},
		{"a byte order mark", denied(400, "\ufeff"+`{"error":"invalid_grant"}`), "", clean, "client         ok"},
		{"a proxy's page", denied(302, ``), "", clean, "client         unproven: the identity provider gave no answer: what answered is no token endpoint: 302 Found"},
		{"another error", denied(400, `{"error":"invalid_request"}`), "", clean, "client         unproven: "},
		{"no error that is known", denied(401, `{}`), "", clean, "client         unproven: "},
		{"busy", denied(503, `{"error":"temporarily_unavailable"}`), "", clean, "client         unproven: "},
		{"no JSON", denied(403, `<p>`), "", clean, "client         unproven: "},
		{"tokens for nothing", denied(200, `{"token_type":"Bearer","access_token":"x"}`), "", clean, "client         unproven: "},
		{"claims from userinfo", func(*simulator.Tenant) {}, "SWITCHBOARD_OIDC_CLAIMS_FROM=userinfo", failed, "userinfo       FAILED: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tenant := startedTenant(t)
			test.script(tenant)
			code, said := checked(t, tenant, test.change)
			if code != test.code || !strings.Contains(said, test.want) || !strings.Contains(said, "\ngraph          ok") {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, test.code, test.want, said)
			}
			if strings.Contains(said, "the-secret") {
				t.Errorf("the secret is repeated:\n%s", said)
			}
		})
	}
}

// TestCheckReadsTheIssuerAsServingDoes: what serving cannot begin with fails, in one line, and what it can does not.
func TestCheckReadsTheIssuerAsServingDoes(t *testing.T) {
	t.Parallel()
	document := func(change func(map[string]any)) func(map[string]any) []byte {
		return func(said map[string]any) []byte {
			change(said)
			text, err := json.Marshal(said)
			if err != nil {
				t.Error(err)
			}
			return text
		}
	}
	for name, test := range map[string]struct {
		document func(map[string]any) []byte
		keys     string // "" for the tenant's own
		code     int
		want     string
	}{
		"a byte order mark": {func(said map[string]any) []byte {
			return append([]byte("\ufeff"), document(func(map[string]any) {})(said)...)
		}, "", clean, "issuer         ok\n"},
		"keys in the clear": {document(func(said map[string]any) { said["jwks_uri"] = "http://login.example/keys" }), "", failed, "issuer         FAILED: the discovery document's jwks_uri is not an https address"},
		"no token endpoint": {document(func(said map[string]any) { delete(said, "token_endpoint") }), "", failed, "issuer         FAILED: the discovery document's token_endpoint"},
		"secret signatures": {document(func(said map[string]any) { said["id_token_signing_alg_values_supported"] = []string{"HS256", "none"} }), "", failed, "issuer         FAILED: the provider signs ID tokens with none"},
		"another type":      {document(func(said map[string]any) { said["response_modes_supported"] = "query" }), "", failed, "issuer         FAILED: read the discovery document"},
		"no keys":           {document(func(map[string]any) {}), `{"keys":[]}`, failed, "issuer         FAILED: read the provider's keys: it holds no public signing key"},
		"keys that are not": {document(func(map[string]any) {}), `<p>`, failed, "issuer         FAILED: read the provider's keys: not a key set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := startedTenant(t)
			tenant.Faults.Always("GET /.well-known/openid-configuration", faults.Rewrite(func(answer *faults.Recorded) {
				said := map[string]any{}
				if err := json.Unmarshal(answer.Body.Bytes(), &said); err != nil {
					t.Error(err)
				}
				answer.Body = *bytes.NewBuffer(test.document(said))
			}))
			if test.keys != "" {
				tenant.Faults.Always("GET /keys", faults.Status(http.StatusOK, "application/json", test.keys))
			}
			code, said := checked(t, tenant)
			if code != test.code || !strings.Contains(said, test.want) || strings.Count(said, "\n") != 6-test.code {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, test.code, test.want, said)
			}
		})
	}
}

// TestCheckTellsEachSubjectInOneLine: also where the database's driver needs several.
func TestCheckTellsEachSubjectInOneLine(t *testing.T) {
	t.Parallel()
	code, said := checked(t, startedTenant(t), "SWITCHBOARD_DATABASE_URL=postgres://hush:hush@127.0.0.1:1/name")
	if code != failed || !strings.Contains(said, "database       FAILED: ") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	for line := range strings.Lines(said) {
		if _, told, _ := strings.Cut(line, "  "); strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || told == "" {
			t.Errorf("a line without a subject: %q", line)
		}
	}
}

// TestCheckLooksAtTheCertificatesLife: one that has ended fails, one that ends soon is told.
func TestCheckLooksAtTheCertificatesLife(t *testing.T) {
	t.Parallel()
	tenant := startedTenant(t)
	tenant.Faults.Always("POST /token", faults.Answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"error":"invalid_grant"}`))
	})))
	for _, test := range []struct {
		until time.Duration
		code  int
		want  string
	}{
		{-time.Hour, failed, "configuration  FAILED: oidc.client_certificate_file: the certificate ended on "},
		{29*24*time.Hour + time.Hour, clean, "warning        oidc.client_certificate_file: the certificate ends in 29 days, on "},
		{31 * 24 * time.Hour, clean, "client         ok"},
	} {
		code, said := checked(t, tenant, "SWITCHBOARD_OIDC_CLIENT_SECRET=", "SWITCHBOARD_OIDC_CLIENT_CERTIFICATE_FILE="+kept(t, endingIn(t, test.until)))
		if code != test.code || !strings.Contains(said, test.want) || test.until > 30*24*time.Hour && strings.Contains(said, "warning") {
			t.Errorf("a certificate that ends in %s: exit code %d, want %d and %q in:\n%s", test.until, code, test.code, test.want, said)
		}
	}
}

// TestFaultsThatLoadWellStopTheProgram: check and serving end with 2 and say how to write it.
func TestFaultsThatLoadWellStopTheProgram(t *testing.T) {
	t.Parallel()
	tenant := startedTenant(t)
	for change, want := range map[string]string{
		"SWITCHBOARD_PUBLIC_URL=https://bücher.example":                             "https://xn--bcher-kva.example",
		`SWITCHBOARD_ROLES_ADMIN=["Connector.Admin"]`:                               "roles.admin",
		"SWITCHBOARD_OIDC_CLIENT_SECRET=\ufeffthe-secret":                           "oidc.client_secret ",
		"SWITCHBOARD_OIDC_CLIENT_SECRET_FILE=" + kept(t, "\ufeffthe-secret\n"):      "byte order mark",
		"SWITCHBOARD_OIDC_CLIENT_SECRET_FILE=" + kept(t, "\xff\xfet\x00h\x00e\x00"): "byte order mark",
		"SWITCHBOARD_OIDC_CLIENT_AUTH=private_key_jwt":                              "oidc.client_auth",
		"SWITCHBOARD_OIDC_CLAIMS_FROM=somewhere":                                    "oidc.claims_from",
	} {
		changes := []string{change}
		if strings.Contains(change, "SECRET_FILE") {
			changes = append(changes, "SWITCHBOARD_OIDC_CLIENT_SECRET=")
		}
		if code, said := checked(t, tenant, changes...); code != misconfigured || !strings.Contains(said, want) {
			t.Errorf("%.60s: exit code %d, want 2 and %q in:\n%s", change, code, want, said)
		}
	}
}

// endingIn is a certificate with its key in PEM.
func endingIn(t *testing.T, left time.Duration) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-365 * 24 * time.Hour), NotAfter: time.Now().Add(left)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}
