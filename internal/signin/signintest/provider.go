package signintest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// The client, and the scopes of its Graph.
const (
	ClientID     = "11111111-2222-4333-8444-555555555555"
	ClientSecret = "the-secret-of-the-client"
	ReadScope    = "https://graph.example/Config.Read.All"
	WriteScope   = "https://graph.example/Config.ReadWrite.All"
)

// Clock is the time that the service and the provider share.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at one moment until a test moves it.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// IDToken is what a test may alter before it is signed.
type IDToken struct {
	Header, Claims map[string]any
	Sign           func(text string) []byte
}

// Issued is what a code or a refresh token stands for.
type Issued struct {
	Nonce, Challenge, Scope string
	Spent                   bool
	Void                    *bool // the whole family, once a spent token came again
}

// Provider is an OpenID provider that behaves, rotates refresh tokens and detects their reuse, until a test says
// otherwise. It shares no code with what is tested.
type Provider struct {
	*httptest.Server
	Clock *Clock

	mu       sync.Mutex
	Keys     []Signer // the first signs; all are published
	KeysLost bool     // cannot be read
	Grants   map[string]*Issued
	Received
	Behaviour
}

// Received is what the provider was asked, and gave out.
type Received struct {
	TokenForms    []url.Values
	TokenHeaders  []http.Header
	AuthorizeAsks []url.Values
	KeyCalls      int
	Access        []string // tokens given out
}

// Behaviour is what a test may change with Script.
type Behaviour struct {
	Userinfo          func(http.ResponseWriter) // what is said of the person whose access token is good
	Unlisted          []jose.JSONWebKey         // published before the keys
	Subject, TID, OID string
	Roles             any
	Life              int    // seconds that access tokens live
	Kind              string // the content type of tokens, "" for the right one
	Document          func(map[string]any)
	Token             func(*IDToken)
	Answer            func(map[string]any)                               // a good token answer
	Instead           func(http.ResponseWriter, url.Values) (taken bool) // of a token answer
}

// NewProvider starts one that signs Ada in.
func NewProvider(t *testing.T, c *Clock) *Provider {
	t.Helper()
	p := &Provider{
		Clock: c, Keys: []Signer{{"one", jose.RS256, FirstKey()}}, Grants: map[string]*Issued{},
		Behaviour: Behaviour{Subject: "pairwise-subject", TID: "tenant", OID: "object", Roles: []string{"Connector.Admin"}, Life: 3600},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant/v2.0/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /tenant/v2.0/keys", p.publish)
	mux.HandleFunc("GET /tenant/v2.0/authorize", p.authorize)
	mux.HandleFunc("POST /tenant/v2.0/token", p.tokens)
	mux.HandleFunc("GET /tenant/v2.0/userinfo", p.sayUserinfo)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *Provider) Issuer() string { return p.URL + "/tenant/v2.0" }

// Script changes the provider's behaviour.
func (p *Provider) Script(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// Calls are the forms of that grant type that the token endpoint received.
func (p *Provider) Calls(grant string) []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []url.Values
	for _, form := range p.TokenForms {
		if form.Get("grant_type") == grant {
			found = append(found, form)
		}
	}
	return found
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer": p.Issuer(), "authorization_endpoint": p.Issuer() + "/authorize", "token_endpoint": p.Issuer() + "/token",
		"jwks_uri": p.Issuer() + "/keys", "userinfo_endpoint": p.Issuer() + "/userinfo", "end_session_endpoint": p.Issuer() + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_modes_supported":              []string{"query", "form_post"},
		"msgraph_host":                          "graph.example", // as Entra ID alone says
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Document != nil {
		p.Document(document)
	}
	WriteJSON(w, http.StatusOK, document)
}

func (p *Provider) publish(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.KeyCalls++
	if p.KeysLost {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	set := jose.JSONWebKeySet{Keys: p.Unlisted}
	for _, k := range p.Keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Key.Public(), KeyID: k.ID, Use: "sig"})
	}
	WriteJSON(w, http.StatusOK, set)
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := r.URL.Query()
	p.AuthorizeAsks = append(p.AuthorizeAsks, asked)
	code := "code-" + rand.Text()
	p.Grants[code] = &Issued{Nonce: asked.Get("nonce"), Challenge: asked.Get("code_challenge"), Scope: asked.Get("scope"), Void: new(bool)}
	back := url.Values{"state": {asked.Get("state")}, "code": {code}, "session_state": {"ignored"}}
	if asked.Get("code_challenge_method") != "S256" || asked.Get("response_type") != "code" {
		back = url.Values{"state": back["state"], "error": {"invalid_request"}}
	}
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) tokens(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	p.mu.Lock()
	p.TokenForms = append(p.TokenForms, r.PostForm)
	p.TokenHeaders = append(p.TokenHeaders, r.Header)
	instead := p.Instead
	p.mu.Unlock()
	if instead != nil && instead(w, r.PostForm) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := r.PostForm.Get("code") + r.PostForm.Get("refresh_token")
	grant := p.Grants[name]
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case grant == nil || *grant.Void:
		WriteJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	case grant.Spent:
		*grant.Void = true
		WriteJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	case grant.Challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != grant.Challenge:
		WriteJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		grant.Spent = true
		p.grant(w, grant, r.PostForm)
	}
}

// grant answers with tokens; the caller holds the lock.
func (p *Provider) grant(w http.ResponseWriter, from *Issued, form url.Values) {
	scope := from.Scope
	if asked := form.Get("scope"); asked != "" {
		scope = asked
	}
	access, refresh := "access-"+rand.Text(), "refresh-"+rand.Text()
	p.Access = append(p.Access, access)
	p.Grants[refresh] = &Issued{Scope: scope, Void: from.Void}
	answer := map[string]any{
		"token_type": "Bearer", "access_token": access, "refresh_token": refresh, "scope": scope, "expires_in": p.Life,
		"id_token": p.newIDToken(from.Nonce, form.Get("code"), access),
	}
	if p.Answer != nil {
		p.Answer(answer)
	}
	if p.Kind != "" {
		w = renamed{w, p.Kind}
	}
	WriteJSON(w, http.StatusOK, answer)
}

func (p *Provider) newIDToken(nonce, code, access string) string {
	k, now := p.Keys[0], p.Clock.Now().Unix()
	token := &IDToken{
		Header: map[string]any{"typ": "JWT", "alg": string(k.Alg), "kid": k.ID},
		Claims: map[string]any{
			"iss": p.Issuer(), "sub": p.Subject, "aud": ClientID, "iat": now, "nbf": now, "exp": now + 3600,
			"tid": p.TID, "oid": p.OID, "name": "Ada Admin", "preferred_username": "ada@example.test", "sid": "sid-of-ada",
			"login_hint": "opaque-hint", "roles": p.Roles, "right_at_hash": half(access), "right_c_hash": half(code),
		},
		Sign: func(text string) []byte { return SignWith(k, text) },
	}
	if nonce != "" {
		token.Claims["nonce"] = nonce
	}
	if p.Token != nil {
		p.Token(token)
	}
	maps.DeleteFunc(token.Claims, func(_ string, v any) bool { return v == nil })
	maps.DeleteFunc(token.Header, func(_ string, v any) bool { return v == nil })
	text := segment(token.Header) + "." + segment(token.Claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(token.Sign(text))
}

// renamed sends an answer as another content type than it is.
type renamed struct {
	http.ResponseWriter
	kind string
}

func (r renamed) WriteHeader(status int) {
	r.Header().Set("Content-Type", r.kind)
	r.ResponseWriter.WriteHeader(status)
}

func WriteJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// sayUserinfo answers only the access token given out last.
func (p *Provider) sayUserinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.Access) == 0 || r.Header.Get("Authorization") != "Bearer "+p.Access[len(p.Access)-1] {
		WriteJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"})
		return
	}
	if p.Userinfo != nil {
		p.Userinfo(w)
		return
	}
	WriteJSON(w, http.StatusOK, map[string]any{"sub": p.Subject, "name": "Ada of Userinfo", "groups": []string{"admins"}})
}
