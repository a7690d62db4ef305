package signin_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
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

const (
	clientID     = "11111111-2222-4333-8444-555555555555"
	clientSecret = "the-secret-of-the-client"
	readScope    = "https://graph.example/Config.Read.All"
	writeScope   = "https://graph.example/Config.ReadWrite.All"
)

// clock is the time that the service and the provider share.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// signer is a key of the provider.
type signer struct {
	id  string
	alg jose.SignatureAlgorithm
	key *rsa.PrivateKey
}

// One key is enough for most tests, and making one takes a while.
var firstKey, secondKey = sync.OnceValue(newKey), sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// idToken is what a test may alter before it is signed.
type idToken struct {
	header, claims map[string]any
	sign           func(text string) []byte
}

// issued is what a code or a refresh token stands for.
type issued struct {
	nonce, challenge, scope string
	spent                   bool
	void                    *bool // the whole family, once a spent token came again
}

// provider is an OpenID provider that behaves, rotates refresh tokens and detects their reuse, until a test says
// otherwise. It shares no code with the package under test.
type provider struct {
	*httptest.Server
	clock *clock

	mu            sync.Mutex
	keys          []signer // the first signs; all are published
	grants        map[string]*issued
	tokenForms    []url.Values
	tokenHeaders  []http.Header
	authorizeAsks []url.Values
	keyCalls      int
	keysLost      bool     // cannot be read
	access        []string // tokens given out

	userinfo          func(http.ResponseWriter) // what is said of whoever brings a good access token
	unlisted          []jose.JSONWebKey         // published before the keys
	subject, tid, oid string
	roles             any
	life              int    // seconds that access tokens live
	kind              string // the content type of tokens, "" for the right one
	document          func(map[string]any)
	token             func(*idToken)
	answer            func(map[string]any)                               // a good token answer
	instead           func(http.ResponseWriter, url.Values) (taken bool) // of a token answer
}

func newProvider(t *testing.T, c *clock) *provider {
	t.Helper()
	p := &provider{
		clock: c, keys: []signer{{"one", jose.RS256, firstKey()}}, grants: map[string]*issued{},
		subject: "pairwise-subject", tid: "tenant", oid: "object", roles: []string{"Connector.Admin"}, life: 3600,
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

func (p *provider) issuer() string { return p.URL + "/tenant/v2.0" }

// script changes the provider's behaviour.
func (p *provider) script(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// calls are the forms of that grant type that the token endpoint received.
func (p *provider) calls(grant string) []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []url.Values
	for _, form := range p.tokenForms {
		if form.Get("grant_type") == grant {
			found = append(found, form)
		}
	}
	return found
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer": p.issuer(), "authorization_endpoint": p.issuer() + "/authorize", "token_endpoint": p.issuer() + "/token",
		"jwks_uri": p.issuer() + "/keys", "userinfo_endpoint": p.issuer() + "/userinfo", "end_session_endpoint": p.issuer() + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_modes_supported":              []string{"query", "form_post"},
		"msgraph_host":                          "graph.example", // as Entra ID alone says
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.document != nil {
		p.document(document)
	}
	writeJSON(w, http.StatusOK, document)
}

func (p *provider) publish(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keyCalls++
	if p.keysLost {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	set := jose.JSONWebKeySet{Keys: p.unlisted}
	for _, k := range p.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.key.Public(), KeyID: k.id, Use: "sig"})
	}
	writeJSON(w, http.StatusOK, set)
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := r.URL.Query()
	p.authorizeAsks = append(p.authorizeAsks, asked)
	code := "code-" + rand.Text()
	p.grants[code] = &issued{nonce: asked.Get("nonce"), challenge: asked.Get("code_challenge"), scope: asked.Get("scope"), void: new(bool)}
	back := url.Values{"state": {asked.Get("state")}, "code": {code}, "session_state": {"ignored"}}
	if asked.Get("code_challenge_method") != "S256" || asked.Get("response_type") != "code" {
		back = url.Values{"state": back["state"], "error": {"invalid_request"}}
	}
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (p *provider) tokens(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	p.mu.Lock()
	p.tokenForms = append(p.tokenForms, r.PostForm)
	p.tokenHeaders = append(p.tokenHeaders, r.Header)
	instead := p.instead
	p.mu.Unlock()
	if instead != nil && instead(w, r.PostForm) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := r.PostForm.Get("code") + r.PostForm.Get("refresh_token")
	grant := p.grants[name]
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case grant == nil || *grant.void:
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	case grant.spent:
		*grant.void = true
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	case grant.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != grant.challenge:
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		grant.spent = true
		p.grant(w, grant, r.PostForm)
	}
}

// grant answers with tokens; the caller holds the lock.
func (p *provider) grant(w http.ResponseWriter, from *issued, form url.Values) {
	scope := from.scope
	if asked := form.Get("scope"); asked != "" {
		scope = asked
	}
	access, refresh := "access-"+rand.Text(), "refresh-"+rand.Text()
	p.access = append(p.access, access)
	p.grants[refresh] = &issued{scope: scope, void: from.void}
	answer := map[string]any{
		"token_type": "Bearer", "access_token": access, "refresh_token": refresh, "scope": scope, "expires_in": p.life,
		"id_token": p.newIDToken(from.nonce, form.Get("code"), access),
	}
	if p.answer != nil {
		p.answer(answer)
	}
	if p.kind != "" {
		w = renamed{w, p.kind}
	}
	writeJSON(w, http.StatusOK, answer)
}

func (p *provider) newIDToken(nonce, code, access string) string {
	k, now := p.keys[0], p.clock.Now().Unix()
	token := &idToken{
		header: map[string]any{"typ": "JWT", "alg": string(k.alg), "kid": k.id},
		claims: map[string]any{
			"iss": p.issuer(), "sub": p.subject, "aud": clientID, "iat": now, "nbf": now, "exp": now + 3600,
			"tid": p.tid, "oid": p.oid, "name": "Ada Admin", "preferred_username": "ada@example.test", "sid": "sid-of-ada",
			"login_hint": "opaque-hint", "roles": p.roles, "right_at_hash": half(access), "right_c_hash": half(code),
		},
		sign: func(text string) []byte { return signWith(k, text) },
	}
	if nonce != "" {
		token.claims["nonce"] = nonce
	}
	if p.token != nil {
		p.token(token)
	}
	maps.DeleteFunc(token.claims, func(_ string, v any) bool { return v == nil })
	maps.DeleteFunc(token.header, func(_ string, v any) bool { return v == nil })
	text := segment(token.header) + "." + segment(token.claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(token.sign(text))
}

// signWith signs with RSA: PKCS #1 v1.5 for RS256, PSS for PS256.
func signWith(k signer, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	if k.alg == jose.PS256 {
		signature, err = rsa.SignPSS(rand.Reader, k.key, crypto.SHA256, sum[:], nil)
	} else {
		signature, err = rsa.SignPKCS1v15(nil, k.key, crypto.SHA256, sum[:])
	}
	if err != nil {
		panic(err)
	}
	return signature
}

// withHMAC signs as an attacker would who knows only what is public.
func withHMAC(key []byte) func(string) []byte {
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

// renamed sends an answer as another content type than it is.
type renamed struct {
	http.ResponseWriter
	kind string
}

func (r renamed) WriteHeader(status int) {
	r.Header().Set("Content-Type", r.kind)
	r.ResponseWriter.WriteHeader(status)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
