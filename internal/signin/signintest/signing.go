package signintest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
)

// Signer is a key of the provider.
type Signer struct {
	ID  string
	Alg jose.SignatureAlgorithm
	Key *rsa.PrivateKey
}

// FirstKey and SecondKey are keys of providers. One key is enough for most tests, and making one takes a while.
var FirstKey, SecondKey = sync.OnceValue(newKey), sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// SignWith signs with RSA: PKCS #1 v1.5 for RS256, PSS for PS256.
func SignWith(k Signer, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	if k.Alg == jose.PS256 {
		signature, err = rsa.SignPSS(rand.Reader, k.Key, crypto.SHA256, sum[:], nil)
	} else {
		signature, err = rsa.SignPKCS1v15(nil, k.Key, crypto.SHA256, sum[:])
	}
	if err != nil {
		panic(err)
	}
	return signature
}

// WithHMAC signs as an attacker would who knows only what is public.
func WithHMAC(key []byte) func(string) []byte {
	return func(text string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
}

func half(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func segment(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
