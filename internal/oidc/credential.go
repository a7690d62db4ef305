package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"switchboard/internal/seal"
)

// ClientAuth is how a credential is sent to the token endpoint. The zero value is AutoAuth.
type ClientAuth string

// The ways, as the configuration names them. A certificate and a federated token have one: PrivateKeyJWT.
const (
	AutoAuth      ClientAuth = "auto" // a secret as the provider's discovery document says
	PostAuth      ClientAuth = "post"
	BasicAuth     ClientAuth = "basic"
	PrivateKeyJWT ClientAuth = "private_key_jwt"
)

// credential proves to the token endpoint which client is asking.
type credential interface {
	// prove adds the proof to the form, or to the request's header.
	prove(form url.Values, header http.Header, about *Metadata) error
}

func newCredential(o Options) (credential, error) {
	switch {
	case o.ClientSecret != "":
		return secret{id: o.ClientID, value: o.ClientSecret, way: o.ClientAuth}, nil
	case o.ClientCertificateFile != "":
		c := certificate{id: o.ClientID, file: o.ClientCertificateFile, now: o.Now}
		if _, err := c.load(); err != nil {
			return nil, err
		}
		return c, nil
	case o.FederatedTokenFile != "":
		return federated{id: o.ClientID, file: o.FederatedTokenFile}, nil
	}
	return nil, errors.New("oidc: a client secret, a certificate or a federated token is required")
}

// secret goes into the form or the header. Unless one of the two was chosen it is the form, and for a provider that does not
// advertise that HTTP Basic, which is what silence means too (OpenID Connect Discovery 1.0 section 3).
type secret struct {
	id, value string
	way       ClientAuth
}

func (s secret) prove(form url.Values, header http.Header, about *Metadata) error {
	if s.way == PostAuth || s.way != BasicAuth && slices.Contains(about.AuthMethods, "client_secret_post") {
		form.Set("client_id", s.id)
		form.Set("client_secret", s.value)
		return nil
	}
	pair := url.QueryEscape(s.id) + ":" + url.QueryEscape(s.value) // RFC 6749 section 2.3.1
	header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	return nil
}

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" // RFC 7523 section 2.2
	assertionLife = 5 * time.Minute
)

// federated sends a JWT that another issuer wrote for this workload. The file is read for each use, since it is
// replaced within the hour.
type federated struct{ id, file string }

func (f federated) prove(form url.Values, _ http.Header, _ *Metadata) error {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return fmt.Errorf("read oidc.federated_token_file: %w", err)
	}
	return assert(form, f.id, strings.TrimSpace(string(text)))
}

func assert(form url.Values, id, assertion string) error {
	if assertion == "" {
		return errors.New("the client assertion is empty")
	}
	form.Set("client_id", id)
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", assertion)
	return nil
}

// certificate signs a JWT for each request (private_key_jwt). The file is read for each use: it is replaced when the
// certificate is renewed.
type certificate struct {
	id, file string
	now      func() time.Time
}

func (c certificate) load() (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.file, c.file)
	if err != nil {
		return pair, fmt.Errorf("read oidc.client_certificate_file: %w", err)
	}
	return pair, nil
}

// CredentialEnds is until when the client certificate is good that the file holds now; zero where there is none or it cannot be
// read. When a secret ends the provider alone knows, and a federated token is replaced within the hour.
func (c *Client) CredentialEnds() time.Time {
	held, ok := c.credential.(certificate)
	if !ok {
		return time.Time{}
	}
	pair, err := held.load()
	if err != nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}

func (c certificate) prove(form url.Values, _ http.Header, about *Metadata) error {
	pair, err := c.load()
	if err != nil {
		return err
	}
	algorithm, err := assertionAlgorithm(pair.PrivateKey, about.AssertionAlgs)
	if err != nil {
		return err
	}
	thumbprint := sha256.Sum256(pair.Certificate[0])
	options := (&jose.SignerOptions{}).WithType("JWT").
		WithHeader("x5t#S256", base64.RawURLEncoding.EncodeToString(thumbprint[:]))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: pair.PrivateKey}, options)
	if err != nil {
		return fmt.Errorf("sign with oidc.client_certificate_file: %w", err)
	}
	now := c.now()
	claims, err := json.Marshal(map[string]any{
		"aud": about.Endpoint.TokenURL, "iss": c.id, "sub": c.id, "jti": seal.Random(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return fmt.Errorf("sign with oidc.client_certificate_file: %w", err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return fmt.Errorf("sign with oidc.client_certificate_file: %w", err)
	}
	assertion, err := signed.CompactSerialize()
	if err != nil {
		return fmt.Errorf("sign with oidc.client_certificate_file: %w", err)
	}
	return assert(form, c.id, assertion)
}

// assertionAlgorithm is PS256 with an RSA key, as Entra ID documents, unless the provider advertises only RS256.
func assertionAlgorithm(key crypto.PrivateKey, advertised []string) (jose.SignatureAlgorithm, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if len(advertised) > 0 && !slices.Contains(advertised, string(jose.PS256)) {
			return jose.RS256, nil
		}
		return jose.PS256, nil
	case *ecdsa.PrivateKey:
		switch key.Curve.Params().BitSize {
		case 256:
			return jose.ES256, nil
		case 384:
			return jose.ES384, nil
		}
	}
	return "", errors.New("oidc.client_certificate_file holds neither an RSA key nor one on P-256 or P-384")
}
