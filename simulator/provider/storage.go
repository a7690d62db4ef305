package provider

import (
	"context"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/simulator/directory"
	"switchboard/simulator/journal"
)

const (
	codeLife    = 10 * time.Minute    // from the start of a sign-in until its code is worthless
	refreshLife = 90 * 24 * time.Hour // of a web application's refresh token
)

// storage is what package op asks of the provider. Everything lives in memory, or in the tokens themselves.
type storage struct{ *Provider }

var errUnused = errors.New("not offered by this provider")

// CreateAuthRequest refuses what op lets pass: no PKCE, "plain", unknown scopes, prompt=none without a session.
func (s storage) CreateAuthRequest(ctx context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.ResponseType != oidc.ResponseTypeCode {
		return nil, oidc.ErrInvalidRequest().WithDescription("only the code flow is registered")
	}
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	}
	for _, scope := range asked.Scopes {
		if !known(scope) {
			return nil, redirected(BadScope)
		}
	}
	r := &request{id: uuid.NewString(), asked: *asked, started: s.options.Now()}
	r.grant = grant{ClientID: asked.ClientID, Scopes: asked.Scopes, Family: uuid.NewString()}
	if len(asked.Prompt) == 1 && asked.Prompt[0] == oidc.PromptNone {
		if err := s.silently(ctx, r); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.requests {
		if s.options.Now().Sub(old.started) > codeLife {
			delete(s.requests, id)
		}
	}
	s.requests[r.id] = r
	return r, nil
}

// silently signs in whoever the browser's session belongs to.
func (s storage) silently(ctx context.Context, r *request) error {
	session, person, ok := s.current(ctx)
	if !ok {
		return oidc.ErrLoginRequired().WithDescription("AADSTS50058: A silent sign-in request was sent but no user is signed in.")
	}
	if person.ConsentRefused && r.wantsWrite() {
		return oidc.ErrInteractionRequired().WithDescription("%s", NoConsent.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grantTo(r, person, session.id, session.signedIn)
	return nil
}

func (s storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	r, ok := s.request(id)
	if !ok {
		return nil, errors.New("this sign-in has ended; start again")
	}
	return &r, nil
}

func (s storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

// AuthRequestByCode takes the code away, so that of any number of redemptions at once exactly one succeeds.
func (s storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.codes[code]
	if !ok {
		return nil, BadCode
	}
	r := s.requests[id]
	delete(s.requests, id)
	switch {
	case r == nil:
		return nil, UsedCode
	case s.options.Now().Sub(r.started) > codeLife:
		return nil, BadCode
	}
	journal.Person(ctx, r.Person)
	return r, nil
}

func (s storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

func (s storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return uuid.NewString(), s.options.Now().Add(s.tokenLife()), nil
}

// CreateAccessAndRefreshTokens spends the current refresh token, under one lock with the question whether it was spent.
func (s storage) CreateAccessAndRefreshTokens(ctx context.Context, asked op.TokenRequest, current string) (string, string, time.Time, error) {
	next := renewal{ID: uuid.NewString(), Issued: s.options.Now()}
	switch asked := asked.(type) {
	case graphRequest:
		next.grant = asked.request.grant
	case graphRenewal:
		next.grant = asked.renewal.grant
		if err := s.spend(asked.renewal); err != nil {
			return "", "", time.Time{}, err
		}
	default:
		return "", "", time.Time{}, errUnused
	}
	token, err := s.seal(next)
	if err != nil {
		return "", "", time.Time{}, err
	}
	id, expires, err := s.CreateAccessToken(ctx, asked)
	return id, token, expires, err
}

func (s storage) spend(r *renewal) error {
	if s.options.KeepRefreshTokens {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent[r.ID] {
		s.stolen[r.Family] = true
		return UsedRefresh
	}
	s.spent[r.ID] = true
	return nil
}

func (s storage) TokenRequestByRefreshToken(ctx context.Context, token string) (op.RefreshTokenRequest, error) {
	r, err := s.open(token)
	if err != nil {
		return nil, err
	}
	journal.Person(ctx, r.Person)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.options.Now().Sub(r.Issued) > refreshLife:
		return nil, Inactive
	case s.stolen[r.Family] || r.Generation < s.revoked[r.Person]:
		return nil, Revoked
	}
	return r, nil
}

func (s storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.options.Client.ID {
		return nil, UnknownApp
	}
	return s.registration(), nil
}

func (s storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	switch {
	case id != s.options.Client.ID:
		return UnknownApp
	case secret == "":
		return NoSecret
	case secret != s.options.Client.Secret:
		return WrongSecret
	}
	return nil
}

// SetUserinfoFromRequest writes the ID token's claims, Entra's names and all.
func (s storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, asked op.IDTokenRequest, _ []string) error {
	g, person, err := s.granted(asked)
	if err != nil {
		return err
	}
	for name, value := range map[string]any{
		"ver": "2.0", "tid": s.options.TenantID, "oid": person.ObjectID, "name": person.Name,
		"preferred_username": person.Address, "sid": g.Session, "login_hint": LoginHint(person), "acct": 0,
		"nbf": s.options.Now().Unix(),
	} {
		info.AppendClaims(name, value)
	}
	if len(person.Roles) > 0 {
		info.AppendClaims("roles", person.Roles)
	}
	return nil
}

// GetPrivateClaimsFromRequest writes the access token's claims.
func (s storage) GetPrivateClaimsFromRequest(_ context.Context, asked op.TokenRequest, _ []string) (map[string]any, error) {
	g, person, err := s.granted(asked)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{
		"tid": s.options.TenantID, "oid": person.ObjectID, scopeClaim: permissionsOf(g.Scopes),
		revokedClaim: g.Generation, expiredClaim: s.expired,
	}, nil
}

func (s storage) granted(asked any) (*grant, directory.Person, error) {
	var g *grant
	switch asked := asked.(type) {
	case *request:
		g = &asked.grant
	case *renewal:
		g = &asked.grant
	case graphRequest:
		g = &asked.request.grant
	case graphRenewal:
		g = &asked.renewal.grant
	default:
		return nil, directory.Person{}, errUnused
	}
	person, ok := s.options.Directory.Person(g.Person)
	if !ok {
		return nil, directory.Person{}, Revoked
	}
	return g, person, nil
}

func (s storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }
func (s storage) KeySet(context.Context) ([]op.Key, error)          { return []op.Key{publicKey{s.key}}, nil }
func (s storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}
func (s storage) Health(context.Context) error { return nil }

// The rest of op's storage is for endpoints that this provider does not serve.

func (storage) TerminateSession(context.Context, string, string) error { return nil } // done before op is asked
func (storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrUnsupportedGrantType()
}
func (storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}
func (storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}
func (storage) SetUserinfoFromToken(context.Context, *oidc.UserInfo, string, string, string) error {
	return errUnused
}
func (storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnused
}
func (storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, errUnused
}
func (storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnused
}
func (storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnused
}
