package oidc_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestKeysOfOneID: keys of different types may share an id (RFC 7517 section 4.5), whichever comes first; the algorithm of
// the token, and what the keys say of themselves, choose. No key signs with an algorithm that is not its own.
func TestKeysOfOneID(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	withCurve := func(text string) []byte {
		sum := sha256.Sum256([]byte(text))
		r, s, err := ecdsa.Sign(rand.Reader, curve, sum[:])
		if err != nil {
			panic(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	withEdwards := func(text string) []byte { return ed25519.Sign(edwards, []byte(text)) }
	key := func(public any, id, use, algorithm string) jose.JSONWebKey {
		return jose.JSONWebKey{Key: public, KeyID: id, Use: use, Algorithm: algorithm}
	}
	ec, other := key(curve.Public(), "one", "", ""), key(signintest.SecondKey().Public(), "one", "", "")
	for _, test := range []struct {
		name      string
		before    []jose.JSONWebKey // of the provider's own RSA key "one"
		algorithm string
		id        any // the token's
		sign      func(string) []byte
		good      bool
	}{
		{"an EC key before, RS256", []jose.JSONWebKey{ec}, "RS256", "one", nil, true},
		{"an EC key, ES256", []jose.JSONWebKey{ec}, "ES256", "one", withCurve, true},
		{"an Edwards key, EdDSA", []jose.JSONWebKey{ec, key(public, "one", "sig", "EdDSA")}, "EdDSA", "one", withEdwards, true},
		{"an RSA key for encryption before", []jose.JSONWebKey{key(signintest.SecondKey().Public(), "one", "enc", "")}, "RS256", "one", nil, true},
		{"an RSA key of another algorithm before", []jose.JSONWebKey{key(signintest.SecondKey().Public(), "one", "sig", "RSA-OAEP")}, "RS256", "one", nil, true},
		{"another RSA key before", []jose.JSONWebKey{other}, "RS256", "one", nil, true},
		{"no id in the token, keys of two types", []jose.JSONWebKey{ec}, "RS256", nil, nil, false},
		{"no id in the token, two RSA keys", []jose.JSONWebKey{other}, "RS256", nil, nil, false},
		{"another's signature", []jose.JSONWebKey{ec, other}, "RS256", "one", func(string) []byte { return make([]byte, 256) }, false},
		{"the wrong key's algorithm", []jose.JSONWebKey{key(curve.Public(), "two", "sig", "ES512")}, "ES256", "two", withCurve, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := signintest.NewClock()
			s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c)
			s.Provider.Unlisted = test.before
			s.Provider.Document = func(d map[string]any) {
				d["id_token_signing_alg_values_supported"] = []string{"RS256", "ES256", "EdDSA"}
			}
			s.Provider.Token = func(token *signintest.IDToken) {
				token.Header["alg"], token.Header["kid"] = test.algorithm, test.id
				if test.sign != nil {
					token.Sign = test.sign
				}
			}
			s.Run(t)
			if got := s.Browser(t).SignIn(); (got.Status == http.StatusSeeOther) != test.good {
				t.Errorf("the sign-in: %d %s\n%s", got.Status, got.Body, s.Log)
			}
		})
	}
}
