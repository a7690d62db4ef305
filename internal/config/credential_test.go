package config_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// TestSecretFilesHoldNothingUnseen: what an editor or a shell put before a secret is named, since the provider would only say
// that the secret is wrong. Blanks and line ends around it count for nothing.
func TestSecretFilesHoldNothingUnseen(t *testing.T) {
	t.Parallel()
	var wide strings.Builder // as PowerShell's > writes it
	for _, unit := range utf16.Encode([]rune("\ufeffthe-secret\r\n")) {
		wide.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	for content, want := range map[string]string{
		"the-secret\r\n":          "",
		"  the-secret \n\n":       "",
		"\ufeffthe-secret\n":      "begins with a byte order mark",
		wide.String():             "begins with a byte order mark",
		"the-secret\u200b\n":      "holds a character that cannot be seen (U+200B)",
		"the-secret\nanother\n":   "holds a character that cannot be seen (U+000A)",
		"t\x00h\x00e\x00":         "holds a character that cannot be seen (U+0000)",
		"\xfe\xff\x00t\x00h\x00e": "begins with a byte order mark",
	} {
		got := faults("", tenant(t).with(environment{"oidc.client_secret": "-", "oidc.client_secret_file": write(t, "secret", content)}))
		if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || !strings.Contains(got[0], want)) {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
		if strings.Contains(strings.Join(got, ""), "the-secret") {
			t.Errorf("a fault repeats the secret: %q", got)
		}
	}
	for _, key := range []string{"oidc.federated_token_file", "oidc.client_certificate_file"} {
		got := faults("", tenant(t).with(environment{"oidc.client_secret": "-", key: write(t, "file", "\ufeff"+selfSigned(t))}))
		if len(got) != 1 || !strings.Contains(got[0], "byte order mark") {
			t.Errorf("%s: %q", key, got)
		}
	}
}

// TestClientAuthFitsTheCredential gives each credential each way.
func TestClientAuthFitsTheCredential(t *testing.T) {
	t.Parallel()
	for _, credential := range []environment{
		{"oidc.client_secret": "a secret"},
		{"oidc.client_secret": "-", "oidc.client_secret_file": write(t, "secret", "a secret")},
		{"oidc.client_secret": "-", "oidc.client_certificate_file": write(t, "certificate.pem", selfSigned(t))},
		{"oidc.client_secret": "-", "oidc.federated_token_file": write(t, "token", "a.b.c")},
	} {
		_, certificate := credential["oidc.client_certificate_file"]
		_, federated := credential["oidc.federated_token_file"]
		for way, fits := range map[string]bool{
			"auto": true, "post": !certificate && !federated, "basic": !certificate && !federated, "private_key_jwt": certificate || federated,
		} {
			got := faults("", tenant(t).with(credential).with(environment{"oidc.client_auth": way}))
			if fits != (len(got) == 0) || !fits && !strings.HasPrefix(got[0], "oidc.client_auth: ") {
				t.Errorf("%v with %s: %q", credential, way, got)
			}
		}
	}
}

// TestTheCertificatesEndIsTold: it does not stop the program, which can take another one up.
func TestTheCertificatesEndIsTold(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, test := range []struct {
		from, until    time.Duration
		doubt, warning string
	}{
		{-time.Hour, 31 * 24 * time.Hour, "", ""},
		{-time.Hour, 30*24*time.Hour - time.Minute, "", "ends in 29 days"},
		{-time.Hour, 25 * time.Hour, "", "ends in 1 day"},
		{-time.Hour, time.Minute, "", "ends today"},
		{-2 * time.Hour, -time.Minute, "ended on", ""},
		{time.Hour, 31 * 24 * time.Hour, "is good from", ""},
	} {
		c := load(t, "", tenant(t).with(environment{
			"oidc.client_secret": "-", "oidc.client_certificate_file": write(t, "certificate.pem", certificate(t, now.Add(test.from), now.Add(test.until))),
		}))
		for _, said := range []struct{ got, want string }{{c.CertificateDoubt(now), test.doubt}, {c.CertificateWarning(now), test.warning}} {
			if !strings.Contains(said.got, said.want) || (said.want == "") != (said.got == "") {
				t.Errorf("from %s until %s: %q, want %q", test.from, test.until, said.got, said.want)
			}
		}
	}
	if c := load(t, "", tenant(t)); c.CertificateDoubt(now)+c.CertificateWarning(now) != "" {
		t.Error("a secret has an end")
	}
}

// TestKeysThatSignNoAssertion: a certificate of a kind that no provider takes an assertion from is told before anybody signs in.
func TestKeysThatSignNoAssertion(t *testing.T) {
	t.Parallel()
	now := time.Now()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		key   crypto.Signer
		signs bool
	}{
		"Ed25519": {edwards, false}, "P-224": {onCurve(t, elliptic.P224()), false}, "P-521": {onCurve(t, elliptic.P521()), false},
		"P-384": {onCurve(t, elliptic.P384()), true}, "P-256": {onCurve(t, elliptic.P256()), true},
	} {
		got := faults("", tenant(t).with(environment{
			"oidc.client_secret": "-", "oidc.client_certificate_file": write(t, "certificate.pem", certificateOf(t, test.key, now, now.Add(90*24*time.Hour))),
		}))
		if test.signs && len(got) != 0 || !test.signs && (len(got) != 1 || !strings.Contains(got[0], "holds a key that signs no client assertion")) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func onCurve(t *testing.T, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certificate is one with its key in PEM, good for that time.
func certificate(t *testing.T, from, until time.Time) string {
	t.Helper()
	return certificateOf(t, onCurve(t, elliptic.P256()), from, until)
}

func certificateOf(t *testing.T, key crypto.Signer, from, until time.Time) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
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
