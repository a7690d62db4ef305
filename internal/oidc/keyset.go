package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

const (
	// keysAge is how long a key that the provider has withdrawn may still be accepted while its keys can be read.
	keysAge = time.Minute
	// keysStale is the same while they cannot.
	keysStale = time.Hour
	// A token that names an unknown key makes us read the keys again, at most keysBurst times at once and then once
	// every keysPause: otherwise every forged token would cost the provider a request.
	keysBurst = 5
	keysPause = 10 * time.Second
	// keysRetry is how long a failed try stands for everybody: one after the other, those that wait behind it would each
	// wait as long again, and a refresh would outlive what it has to commit.
	keysRetry = 4 * time.Second
)

var errUnknownKey = errors.New("signed with a key that the provider does not publish")

// keySet verifies signatures with the keys that the provider publishes. go-oidc's own keeps withdrawn keys for ever and
// reads the keys again for every unknown one.
type keySet struct {
	address    string
	algorithms []jose.SignatureAlgorithm
	client     *http.Client
	now        func() time.Time
	unknown    *rate.Limiter

	fetching sync.Mutex // one request at a time
	failure  error      // of the last one, nil if it worked
	failed   time.Time

	mu      sync.Mutex
	keys    []jose.JSONWebKey
	fetched time.Time
}

func newKeySet(address string, algorithms []string, client *http.Client, now func() time.Time) *keySet {
	k := &keySet{address: address, client: client, now: now, unknown: rate.NewLimiter(rate.Every(keysPause), keysBurst)}
	for _, a := range algorithms {
		k.algorithms = append(k.algorithms, jose.SignatureAlgorithm(a))
	}
	return k
}

// verify returns the payload of a token that one of the provider's keys signed, and the algorithm.
func (k *keySet) verify(ctx context.Context, token string) (payload []byte, algorithm string, err error) {
	signed, err := jose.ParseSignedCompact(token, k.algorithms)
	if err != nil {
		return nil, "", fmt.Errorf("parse the token: %w", err)
	}
	header := signed.Signatures[0].Header
	keys, err := k.keysFor(ctx, header)
	for _, key := range keys {
		if payload, err = signed.Verify(key); err == nil {
			break
		}
	}
	return payload, header.Algorithm, err
}

// keysFor finds the keys that may have signed under that header, and reads all again if they are old or hold none. Without
// an error there is one at least.
func (k *keySet) keysFor(ctx context.Context, header jose.Header) ([]jose.JSONWebKey, error) {
	keys, fetched := k.held()
	if age := k.now().Sub(fetched); age > keysAge {
		if err := k.fetchUnless(ctx, fetched); err != nil && age > keysStale {
			return nil, fmt.Errorf("%w: %w", ErrKeys, err)
		}
		keys, fetched = k.held()
	}
	if found := pick(keys, header); len(found) > 0 {
		return found, nil
	}
	if !k.unknown.AllowN(k.now(), 1) {
		return nil, errUnknownKey
	}
	if err := k.fetchUnless(ctx, fetched); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	keys, _ = k.held()
	if found := pick(keys, header); len(found) > 0 {
		return found, nil
	}
	return nil, errUnknownKey
}

// ErrKeys says that the keys cannot be read now, which is no fault of the token.
var ErrKeys = errors.New("the provider's keys cannot be read")

// pick finds the keys that fit the header. Keys of different types may share an id (RFC 7517 section 4.5), so the algorithm
// chooses among them. A token that names no key is accepted only if there is no choice.
func pick(keys []jose.JSONWebKey, header jose.Header) []jose.JSONWebKey {
	if header.KeyID == "" && len(keys) != 1 {
		return nil
	}
	var found []jose.JSONWebKey
	for _, key := range keys {
		if (header.KeyID == "" || key.KeyID == header.KeyID) && fits(key, header.Algorithm) {
			found = append(found, key)
		}
	}
	return found
}

// fits says whether a key may sign with the algorithm: by what it says of itself, and by its type (RFC 7518 section 3.1, RFC
// 8037 section 3.1).
func fits(key jose.JSONWebKey, algorithm string) bool {
	if key.Algorithm != "" && key.Algorithm != algorithm {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		return algorithm == map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[public.Curve.Params().BitSize]
	case ed25519.PublicKey:
		return algorithm == string(jose.EdDSA)
	}
	return false
}

func (k *keySet) algorithmNames() []string {
	names := make([]string, 0, len(k.algorithms))
	for _, a := range k.algorithms {
		names = append(names, string(a))
	}
	return names
}

func (k *keySet) held() ([]jose.JSONWebKey, time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys, k.fetched
}

// fetchUnless reads the keys unless somebody else has since the caller looked, or has just failed to.
func (k *keySet) fetchUnless(ctx context.Context, seen time.Time) error {
	k.fetching.Lock()
	defer k.fetching.Unlock()
	if _, fetched := k.held(); fetched.After(seen) {
		return nil
	}
	if k.failure != nil && k.now().Sub(k.failed) < keysRetry {
		return k.failure
	}
	err := k.read(ctx)
	if ctx.Err() == nil { // who asked has not gone
		k.failure, k.failed = err, k.now()
	}
	return err
}

func (k *keySet) fetch(ctx context.Context) error {
	k.fetching.Lock()
	defer k.fetching.Unlock()
	return k.read(ctx)
}

func (k *keySet) read(ctx context.Context) error {
	asked := k.now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.address, nil)
	if err != nil {
		return fmt.Errorf("read the provider's keys: %w", err)
	}
	answer, err := k.client.Do(request)
	if err != nil {
		return fmt.Errorf("read the provider's keys: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read the provider's keys: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("read the provider's keys: %s", answer.Status)
	}
	keys, err := parseKeys(body)
	if err != nil {
		return fmt.Errorf("read the provider's keys: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys, k.fetched = keys, asked
	return nil
}

// parseKeys keeps the public signing keys and ignores those of kinds it does not know (RFC 7517 section 5). A
// symmetric key never verifies anything here.
func parseKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("not a key set: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if err := json.Unmarshal(raw, &key); err != nil {
			continue
		}
		if key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no public signing key")
	}
	return keys, nil
}
