package provider

import (
	"context"
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

// AuthRequestByCode redeems the code, so that of any number of redemptions at once exactly one succeeds.
func (s storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.codes[code]
	switch {
	case found == nil || s.options.Now().Sub(found.started) > codeLife:
		return nil, BadCode
	case found.redeemed:
		return nil, UsedCode
	}
	found.redeemed = true
	journal.Person(ctx, found.Person)
	return found, nil
}

func (s storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return uuid.NewString(), s.options.Now().Add(s.options.TokenLife), nil
}

// CreateAccessAndRefreshTokens spends the refresh token that is being used, if one is.
func (s storage) CreateAccessAndRefreshTokens(ctx context.Context, asked op.TokenRequest, _ string) (string, string, time.Time, error) {
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

// spend asks and answers under one lock whether the token was spent, so that of two uses at once one is a reuse.
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
	info.Subject = g.Subject // op takes it from here
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
	return map[string]any{
		"tid": s.options.TenantID, "oid": person.ObjectID, scopeClaim: permissionsOf(g.Scopes),
		revokedClaim: g.Generation,
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
