package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/simulator/directory"
)

const (
	scopeClaim   = "scp"
	revokedClaim = "demo_revoked" // a generation, see Provider
)

// Why a bearer is refused, beside being no token of ours.
var (
	ErrExpired = errors.New("the token has expired")
	ErrRevoked = errors.New("the token was issued before a revocation")
)

// Bearer is what an access token says.
type Bearer struct {
	Person directory.Person
	// Permissions are scopes without their resource.
	Permissions []string
}

// Verify reads an access token with op's verifier, as Graph does with the tenant's keys. Of an expired or revoked one it
// still says whose it was.
func (p *Provider) Verify(ctx context.Context, token string) (Bearer, error) {
	now := p.options.Now()
	inTenantTime := func(v *op.AccessTokenVerifier) { v.Offset = time.Until(now) }
	verifier := op.NewAccessTokenVerifier(p.issuer, &op.OpenIDKeySet{Storage: p.op.Storage()}, inTenantTime)
	claims, err := op.VerifyAccessToken[*oidc.AccessTokenClaims](ctx, token, verifier)
	if errors.Is(err, oidc.ErrExpired) {
		// Expiry is judged last; without it the rest stands, and says whose the token was.
		ageless := func(v *op.AccessTokenVerifier) { v.Offset = -100 * 365 * 24 * time.Hour }
		claims, _ = op.VerifyAccessToken[*oidc.AccessTokenClaims](ctx, token, op.NewAccessTokenVerifier(p.issuer, verifier.KeySet, ageless))
	}
	if err != nil && !errors.Is(err, oidc.ErrExpired) {
		return Bearer{}, fmt.Errorf("verify the bearer: %w", err)
	}
	scopes, ok := claims.Claims[scopeClaim].(string)
	if !ok || !slices.Contains(claims.Audience, graphAudience) {
		return Bearer{}, errors.New("not an access token for Graph")
	}
	person, ok := p.options.Directory.Find(func(person directory.Person) bool { return p.subject(person) == claims.Subject })
	if !ok {
		return Bearer{}, errors.New("of nobody in this tenant")
	}
	bearer := Bearer{person, strings.Fields(scopes)}
	revoked, _ := claims.Claims[revokedClaim].(float64)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		return bearer, ErrExpired
	case int(revoked) < p.revoked[person.ID]:
		return bearer, ErrRevoked
	}
	return bearer, nil
}

// permissionsOf is the scp claim.
func permissionsOf(scopes []string) string {
	var names []string
	for _, scope := range scopes {
		if !slices.Contains(plainScopes, scope) {
			names = append(names, permission(scope))
		}
	}
	return strings.Join(names, " ")
}
