package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// leeway is how far the provider's clock and ours may differ.
const leeway = time.Minute

// verifier checks ID tokens. go-oidc checks the form, the algorithm and the signature; it accepts a missing sub, a
// missing or future iat and a foreign azp, and has no leeway for exp, so every claim is checked here.
type verifier struct {
	issuer, clientID string
	keys             *keySet
	now              func() time.Time
}

// IDTokenClaims are the claims that are checked, and those that say who somebody is. A pointer tells
// an absent claim from a zero.
type IDTokenClaims struct {
	Issuer   string          `json:"iss"`
	Subject  string          `json:"sub"`
	Audience json.RawMessage `json:"aud"`
	Party    string          `json:"azp"`
	Expires  *seconds        `json:"exp"`
	Before   *seconds        `json:"nbf"`
	Issued   *seconds        `json:"iat"`
	Nonce    string          `json:"nonce"`
	AtHash   string          `json:"at_hash"`
	CHash    string          `json:"c_hash"`

	Identity

	// All are the claims as they came, by name.
	All map[string]json.RawMessage `json:"-"`
}

// Identity are the claims that say who somebody is (entra.md, section 4).
type Identity struct {
	TID       string `json:"tid"`
	OID       string `json:"oid"`
	Name      Label  `json:"name"`
	Username  Label  `json:"preferred_username"`
	LoginHint Label  `json:"login_hint"`
	SID       string `json:"sid"`
}

// Label is a claim that decides nothing. One that is no text, a number for instance, counts as absent.
type Label string

// UnmarshalJSON never fails.
func (l *Label) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = ""
	}
	*l = Label(text)
	return nil
}

// seconds is a NumericDate (RFC 7519 section 2): seconds since 1970, fractions allowed.
type seconds float64

func (s seconds) time() time.Time { return time.Unix(int64(math.Floor(float64(s))), 0) }

// Expected is what must go with an ID token: the nonce that was sent ("" after a refresh), the code that was
// redeemed, and the access token that came with it.
type Expected struct{ Nonce, Code, AccessToken string }

var ErrIssuer = errors.New("the ID token is of another issuer")

// verify returns the claims of a token that passes every check of OpenID Connect Core 1.0 section 3.1.3.7.
func (v *verifier) verify(ctx context.Context, raw string, want Expected) (*IDTokenClaims, error) {
	signature := &signatureCheck{keys: v.keys}
	token, err := oidc.NewVerifier(v.issuer, signature, &oidc.Config{
		SkipClientIDCheck: true, SkipExpiryCheck: true, SkipIssuerCheck: true, SupportedSigningAlgs: v.keys.algorithmNames(),
	}).Verify(ctx, raw)
	if errors.Is(signature.failure, ErrKeys) {
		return nil, brief(signature.failure)
	}
	if err != nil {
		return nil, fmt.Errorf("the ID token is not acceptable: %w", brief(err))
	}
	var claims IDTokenClaims
	if err := errors.Join(token.Claims(&claims), token.Claims(&claims.All)); err != nil {
		return nil, fmt.Errorf("the ID token's claims are malformed: %w", brief(err))
	}
	if err := errors.Join(v.checkParties(claims), v.checkTimes(claims), checkHashes(signature.algorithm, claims, want)); err != nil {
		return nil, err
	}
	if want.Nonce != "" && subtle.ConstantTimeCompare([]byte(claims.Nonce), []byte(want.Nonce)) != 1 {
		return nil, errors.New("the ID token's nonce is not the one sent")
	}
	return &claims, nil
}

func (v *verifier) checkParties(claims IDTokenClaims) error {
	if claims.Issuer != v.issuer {
		return ErrIssuer
	}
	if claims.Subject == "" {
		return errors.New("the ID token has no sub")
	}
	audience, err := audience(claims.Audience)
	if err != nil {
		return err
	}
	if !slices.Contains(audience, v.clientID) {
		return errors.New("the ID token is not meant for this client")
	}
	if len(audience) > 1 && claims.Party == "" {
		return errors.New("the ID token is meant for several clients and names none as its party")
	}
	if claims.Party != "" && claims.Party != v.clientID {
		return errors.New("the ID token was issued to another client")
	}
	return nil
}

// audience reads a string or an array of strings.
func audience(raw json.RawMessage) ([]string, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var many []string
	if err := json.Unmarshal(raw, &many); err != nil {
		return nil, errors.New("the ID token has no usable aud")
	}
	return many, nil
}

func (v *verifier) checkTimes(claims IDTokenClaims) error {
	now := v.now()
	switch {
	case claims.Expires == nil:
		return errors.New("the ID token has no exp")
	case now.After(claims.Expires.time().Add(leeway)):
		return errors.New("the ID token has expired")
	case claims.Before != nil && claims.Before.time().After(now.Add(leeway)):
		return errors.New("the ID token is not valid yet")
	case claims.Issued == nil:
		return errors.New("the ID token has no iat")
	case claims.Issued.time().After(now.Add(leeway)):
		return errors.New("the ID token was issued in the future")
	}
	return nil
}

// checkHashes binds the token to the access token and the code that it came with, where it says so.
func checkHashes(algorithm string, claims IDTokenClaims, want Expected) error {
	if claims.AtHash != "" && claims.AtHash != halfHash(algorithm, want.AccessToken) {
		return errors.New("the ID token's at_hash is not that of the access token")
	}
	if claims.CHash != "" && want.Code != "" && claims.CHash != halfHash(algorithm, want.Code) {
		return errors.New("the ID token's c_hash is not that of the code")
	}
	return nil
}

// halfHash is the left half of the text's hash, by the hash that belongs to the token's signature algorithm
// (OpenID Connect Core 1.0 section 3.1.3.6; EdDSA with Ed25519 uses SHA-512).
func halfHash(algorithm, text string) string {
	sum := sha512.New()
	switch algorithm {
	case oidc.RS256, oidc.PS256, oidc.ES256:
		sum = sha256.New()
	case oidc.RS384, oidc.PS384, oidc.ES384:
		sum = sha512.New384()
	}
	sum.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:sum.Size()/2])
}

// signatureCheck is the oidc.KeySet of one verification. It keeps what go-oidc loses: whether the keys could be read at
// all, and the algorithm.
type signatureCheck struct {
	keys      *keySet
	algorithm string
	failure   error
}

// VerifySignature returns the token's payload.
func (c *signatureCheck) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, algorithm, err := c.keys.verify(ctx, token)
	c.algorithm, c.failure = algorithm, err
	return payload, err
}

// Verify returns the claims of an ID token that passes every check of OpenID Connect Core 1.0 section 3.1.3.7.
func (d *Metadata) Verify(ctx context.Context, raw string, want Expected) (*IDTokenClaims, error) {
	return d.verifier.verify(ctx, raw, want)
}

// Key is the person's: tid and oid at Entra ID, else issuer and subject (OpenID Connect Core 1.0 section 5.7).
func (c *IDTokenClaims) Key() (tid, oid string) {
	if c.TID != "" && c.OID != "" {
		return c.TID, c.OID
	}
	return c.Issuer, c.Subject
}
