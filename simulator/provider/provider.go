// Package provider is the tenant's OpenID provider: zitadel's op as a library, made to behave like Microsoft Entra ID where
// the two differ. A person is picked on a page; no password is asked for.
package provider

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/simulator/directory"
)

// Options say how a Provider behaves. Key may be nil: then one of the process is used.
type Options struct {
	// Issuer is an absolute URL, whose path is the tenant's id and a version.
	Issuer    *url.URL
	TenantID  string
	Client    Client
	Directory *directory.Directory
	Key       *rsa.PrivateKey
	TokenLife time.Duration
	// KeepRefreshTokens leaves a used refresh token good, as Entra does. Otherwise each is good once, and one that is used
	// again ends all of its family.
	KeepRefreshTokens bool
	Now               func() time.Time
}

// Provider is the handler of everything below the tenant. It is safe for concurrent use.
type Provider struct {
	options Options
	issuer  string
	key     signingKey
	op      *op.Provider
	mux     http.Handler

	mu       sync.Mutex
	pending  map[string]*request // sign-ins whose person is not chosen yet, by id
	codes    map[string]*request // those whose person is; kept when redeemed, so that a second use is told from a wrong code
	sessions map[string]session
	spent    map[string]bool // refresh tokens
	stolen   map[string]bool // families of refresh tokens
	// Tokens carry the generation in which they were issued, since a clock that tests own may stand still.
	revoked map[string]int // by person; what an earlier generation issued is void
}

// New makes a provider.
func New(options Options) (*Provider, error) {
	if options.Key == nil {
		key, err := processKey()
		if err != nil {
			return nil, fmt.Errorf("make a signing key: %w", err)
		}
		options.Key = key
	}
	p := &Provider{
		options: options, issuer: options.Issuer.String(), key: newSigningKey(options.Key),
		pending: map[string]*request{}, codes: map[string]*request{}, sessions: map[string]session{},
		spent: map[string]bool{}, stolen: map[string]bool{}, revoked: map[string]int{},
	}
	config := &op.Config{
		CryptoKey: p.key.sealing(), CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true,
		DefaultLogoutRedirectURI: p.issuer + signedOutPath, SupportedScopes: plainScopes,
		SupportedClaims: []string{"sub", "iss", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "ver", "tid", "oid", "name", "preferred_username", "roles", "sid", "login_hint", "acct"},
	}
	var err error
	p.op, err = op.NewProvider(config, storage{p}, op.StaticIssuer(p.issuer), op.WithAllowInsecure(), op.WithCORSOptions(nil),
		op.WithCustomAuthEndpoint(p.endpoint(authorizePath)), op.WithCustomTokenEndpoint(p.endpoint(tokenPath)),
		op.WithCustomEndSessionEndpoint(p.endpoint(logoutPath)), op.WithCustomKeysEndpoint(p.endpoint(keysPath)))
	if err != nil {
		return nil, fmt.Errorf("make the provider: %w", err)
	}
	p.mux = p.routes()
	return p, nil
}

// Paths below the issuer, which are fault keys as well.
const (
	keysPath      = "/keys"
	authorizePath = "/authorize"
	tokenPath     = "/token"
	logoutPath    = "/logout"
	loginPath     = "/login"
	stylePath     = "/login.css"
	signedOutPath = "/signed-out"
)

// published are the addresses of Entra's endpoints, below the tenant. The short ones below the issuer are good as well.
var published = map[string]string{
	keysPath: "/discovery/v2.0/keys", authorizePath: "/oauth2/v2.0/authorize", tokenPath: "/oauth2/v2.0/token", logoutPath: "/oauth2/v2.0/logout",
}

// endpoint is what discovery says of a path.
func (p *Provider) endpoint(path string) *op.Endpoint {
	address := *p.options.Issuer
	address.Path = "/" + p.options.TenantID + published[path]
	return op.NewEndpointWithURL(path, address.String())
}

// local is the path below the issuer that a request means.
func (p *Provider) local(r *http.Request) string {
	if below, ok := strings.CutPrefix(r.URL.Path, "/"+p.options.TenantID); ok {
		for path, address := range published {
			if below == address {
				return path
			}
		}
	}
	return strings.TrimPrefix(r.URL.Path, p.options.Issuer.Path)
}

// routes does not use op's router: it also offers revocation, introspection and a device flow, which Entra does not.
func (p *Provider) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+oidc.DiscoveryEndpoint, p.discover)
	mux.HandleFunc("GET "+keysPath, func(w http.ResponseWriter, r *http.Request) { op.Keys(w, r, p.op.Storage()) })
	mux.HandleFunc(authorizePath, p.authorize)
	mux.HandleFunc(tokenPath, p.token)
	mux.HandleFunc(logoutPath, p.logout)
	mux.HandleFunc("GET "+loginPath, p.showPeople)
	mux.HandleFunc("POST "+loginPath, p.choosePerson)
	mux.HandleFunc("GET "+stylePath, serveStyle)
	mux.HandleFunc("GET "+signedOutPath, p.showSignedOut)
	return op.NewIssuerInterceptor(p.op.IssuerFromRequest).Handler(mux)
}

// discover leaves out what op would offer and is not served.
func (p *Provider) discover(w http.ResponseWriter, r *http.Request) {
	document := op.CreateDiscoveryConfig(r.Context(), p.op, p.op.Storage())
	document.IntrospectionEndpoint, document.RevocationEndpoint, document.UserinfoEndpoint, document.DeviceAuthorizationEndpoint = "", "", "", ""
	document.IntrospectionEndpointAuthMethodsSupported, document.RevocationEndpointAuthMethodsSupported = nil, nil
	document.IntrospectionEndpointAuthSigningAlgValuesSupported, document.RevocationEndpointAuthSigningAlgValuesSupported = nil, nil
	document.ResponseTypesSupported = []string{string(oidc.ResponseTypeCode)}
	document.GrantTypesSupported = p.registration().GrantTypes()
	document.TokenEndpointAuthMethodsSupported = []oidc.AuthMethod{oidc.AuthMethodPost, oidc.AuthMethodBasic}
	document.SubjectTypesSupported = []string{"pairwise"}
	httphelper.MarshalJSON(w, struct {
		*oidc.DiscoveryConfiguration
		GraphHost string `json:"msgraph_host"` // by which Entra ID is told
	}{document, p.options.Issuer.Host})
}

func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = p.withSession(r)
	local := r.Clone(r.Context())
	local.URL.Path, local.URL.RawPath = p.local(r), ""
	p.mux.ServeHTTP(w, local)
}

// Key is the request's fault key: its method and its path below the issuer, the short one for each of Entra's.
func (p *Provider) Key(r *http.Request) string { return r.Method + " " + p.local(r) }

// Revoke ends the person's sessions everywhere: refresh tokens are void, and Graph asks for newer access tokens.
func (p *Provider) Revoke(person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked[person]++
	for cookie, open := range p.sessions {
		if open.person == person {
			delete(p.sessions, cookie)
		}
	}
}

func (p *Provider) registration() registration {
	return registration{p.options.Client, p.options.Issuer.Path + loginPath, time.Since(p.options.Now()), p.options.TokenLife}
}

// subject is pairwise, as Entra's: it says nothing to another application.
func (p *Provider) subject(person directory.Person) string {
	sum := sha256.Sum256([]byte(p.options.TenantID + "\n" + p.options.Client.ID + "\n" + person.ObjectID))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// LoginHint is the person's opaque login_hint claim.
func LoginHint(person directory.Person) string {
	return "O." + base64.RawURLEncoding.EncodeToString([]byte(person.ObjectID))
}
