package provider

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

const keyBits = 2048

// processKey serves providers that were given no key: making one takes a while, and tests start many providers.
var processKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, keyBits) })

// LoadKey reads an RSA key in PKCS #8 PEM, or makes one and keeps it there, so that tokens stay good over a restart.
func LoadKey(path string) (*rsa.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w: remove it, and another is made", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("signing key %s: not PEM: remove it, and another is made", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w: remove it, and another is made", path, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s: not an RSA key: remove it, and another is made", path)
	}
	return key, nil
}

func makeKey(path string) (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the signing key: %w", err)
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := keepKey(path, encoded); err != nil {
		return nil, fmt.Errorf("keep the signing key: %w", err)
	}
	return key, nil
}

// keepKey has the file appear at once and whole: a program that is killed meanwhile leaves none that no later one can read.
func keepKey(path string, encoded []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".switchboard-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(encoded)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}

// signingKey is the private half, as package op wants it.
type signingKey struct {
	private *rsa.PrivateKey
	id      string
}

func newSigningKey(private *rsa.PrivateKey) signingKey {
	print := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	return signingKey{private, base64.RawURLEncoding.EncodeToString(print[:15])}
}

func (k signingKey) ID() string                                  { return k.id }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

// sealing derives the key that seals codes and refresh tokens, so that those too stay good over a restart.
func (k signingKey) sealing() [32]byte {
	return sha256.Sum256(append([]byte("switchboard demo tenant: sealing\n"), x509.MarshalPKCS1PrivateKey(k.private)...))
}

// publicKey is the half that the keys endpoint shows.
type publicKey struct{ signingKey }

func (k publicKey) Key() any                           { return &k.private.PublicKey }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
