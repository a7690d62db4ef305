package oidc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Metadata is what the provider says of itself (OpenID Connect Discovery 1.0 section 3, RFC 9207 section 3).
type Metadata struct {
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	AssertionAlgs []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IDTokenAlgs   []string `json:"id_token_signing_alg_values_supported"`
	ResponseModes []string `json:"response_modes_supported"`
	JWKS          string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"`
	SendsIssuer   bool     `json:"authorization_response_iss_parameter_supported"`
	Userinfo      string   `json:"userinfo_endpoint"`
	GraphHost     string   `json:"msgraph_host"` // Entra ID alone has it
	TakesClaims   bool     `json:"claims_parameter_supported"`

	Endpoint oauth2.Endpoint `json:"-"`
	verifier *verifier
	loaded   time.Time
}

// provider knows the issuer's documents from the first time they could be read.
type provider struct {
	issuer, clientID string
	client           *http.Client
	spender          *http.Client // for what spends a code or a refresh token
	now              func() time.Time

	mu      sync.RWMutex
	current *Metadata
	failure error // of the last load, while there is no metadata
}

func newProvider(o Options) *provider {
	way := o.HTTP
	if way == nil {
		way = newTransport()
	}
	return &provider{
		issuer: o.Issuer, clientID: o.ClientID, client: newClient(way, AnswerTimeout), spender: newClient(way, SpendTimeout), now: o.Now,
		failure: errors.New("it has not been asked yet"),
	}
}

// metadata is nil, with the reason, until the first load has worked.
func (p *provider) metadata() (*Metadata, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current == nil {
		return nil, p.failure
	}
	return p.current, nil
}

// age is how long ago the document was read.
func (p *provider) age() time.Duration {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current == nil {
		return 0
	}
	return p.now().Sub(p.current.loaded)
}

// load reads the discovery document and the keys. A failure leaves what was loaded before.
func (p *provider) load(ctx context.Context) error {
	found, err := p.discover(ctx)
	if err == nil {
		err = found.verifier.keys.fetch(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failure = brief(err)
		return p.failure
	}
	p.current = found
	return nil
}

func (p *provider) discover(ctx context.Context) (*Metadata, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	discovered, err := oidc.NewProvider(ctx, p.issuer)
	if err != nil {
		return nil, fmt.Errorf("read the discovery document: %w", err)
	}
	found := &Metadata{Endpoint: discovered.Endpoint(), loaded: p.now()}
	if err := discovered.Claims(found); err != nil {
		return nil, fmt.Errorf("read the discovery document: %w", err)
	}
	for name, address := range map[string]string{
		"authorization_endpoint": found.Endpoint.AuthURL, "token_endpoint": found.Endpoint.TokenURL, "jwks_uri": found.JWKS,
	} {
		if !safe(address) {
			return nil, fmt.Errorf("the discovery document's %s is not an https address: %q", name, address)
		}
	}
	if !safe(found.EndSession) {
		found.EndSession = "" // optional; without it sign-out ends here only
	}
	if !safe(found.Userinfo) {
		found.Userinfo = ""
	}
	algorithms := signatureAlgorithms(found.IDTokenAlgs)
	if len(algorithms) == 0 {
		return nil, fmt.Errorf("the provider signs ID tokens with none of the algorithms accepted here: %q", found.IDTokenAlgs)
	}
	found.verifier = &verifier{issuer: p.issuer, clientID: p.clientID, keys: newKeySet(found.JWKS, algorithms, p.client, p.now), now: p.now}
	return found, nil
}

// accepted are the asymmetric algorithms; with none and the HS family anybody who knows public values can forge a token.
var accepted = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// signatureAlgorithms are the advertised ones that are accepted; a provider that advertises none means RS256.
func signatureAlgorithms(advertised []string) []string {
	if len(advertised) == 0 {
		return []string{oidc.RS256}
	}
	return slices.DeleteFunc(slices.Clone(advertised), func(a string) bool { return !slices.Contains(accepted, a) })
}

// safe says whether secrets may be sent to the address: https, or http on loopback.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// brief keeps an error that quotes the provider's whole answer from filling a log or a page.
func brief(err error) error {
	const most = 300
	text, _, cut := strings.Cut(err.Error(), "\n")
	if len(text) > most {
		text, cut = strings.ToValidUTF8(text[:most], ""), true
	}
	if cut {
		return errors.New(text + " ...")
	}
	return err
}
