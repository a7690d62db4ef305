package provider

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// token is the token endpoint. It is put together from op's parts, and not op's own, because Entra differs in three ways:
// a refresh may ask for scopes that the sign-in did not, errors have Entra's shape, and an access token is for Graph
// while an ID token is for the application alone.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	var answer *tokens
	var err error
	switch kind := r.PostFormValue("grant_type"); {
	case r.Method != http.MethodPost:
		err = oidc.ErrInvalidRequest().WithDescription("POST is needed")
	case kind == string(oidc.GrantTypeCode):
		answer, err = p.redeemCode(r)
	case kind == string(oidc.GrantTypeRefreshToken):
		answer, err = p.redeemRefresh(r)
	default:
		err = oidc.ErrUnsupportedGrantType()
	}
	if err != nil {
		asRefusal(err).ServeHTTP(w, r)
		return
	}
	writeJSON(w, http.StatusOK, uuid.NewString(), answer)
}

type tokens struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	ExtExpiresIn int    `json:"ext_expires_in"`
	Access       string `json:"access_token"`
	Refresh      string `json:"refresh_token,omitempty"`
	ID           string `json:"id_token,omitempty"`
}

func (p *Provider) redeemCode(r *http.Request) (*tokens, error) {
	ctx := r.Context()
	asked, err := op.ParseAccessTokenRequest(r, p.op.Decoder())
	if err != nil {
		return nil, err
	}
	if err := p.op.Storage().AuthorizeClientIDSecret(ctx, asked.ClientID, asked.ClientSecret); err != nil {
		return nil, err // op would look for the code first
	}
	found, client, err := op.ValidateAccessTokenRequest(ctx, asked, p.op)
	if err != nil {
		return nil, err
	}
	signIn, ok := found.(*request)
	if !ok {
		return nil, errUnused
	}
	return p.issue(ctx, graphRequest{signIn}, signIn, client, "")
}

func (p *Provider) redeemRefresh(r *http.Request) (*tokens, error) {
	ctx := r.Context()
	asked, err := op.ParseRefreshTokenRequest(r, p.op.Decoder())
	if err != nil {
		return nil, err
	}
	scopes := tidy(asked.Scopes)
	asked.Scopes = nil // op would hold them against the sign-in's
	if err := p.op.Storage().AuthorizeClientIDSecret(ctx, asked.ClientID, asked.ClientSecret); err != nil {
		return nil, err
	}
	found, client, err := op.ValidateRefreshTokenRequest(ctx, asked, p.op)
	if err != nil {
		return nil, err
	}
	current, ok := found.(*renewal)
	if !ok {
		return nil, errUnused
	}
	if err := p.widen(current, scopes); err != nil {
		return nil, err
	}
	return p.issue(ctx, graphRenewal{current}, current, client, asked.RefreshToken)
}

// widen sets what the next token is for: anything that the person or an administrator has consented to.
func (p *Provider) widen(current *renewal, scopes []string) error {
	if slices.ContainsFunc(scopes, unknown) {
		return BadScope
	}
	if len(scopes) > 0 {
		current.SetCurrentScopes(scopes)
	}
	person, ok := p.options.Directory.Person(current.Person)
	if !ok {
		return Revoked
	}
	if person.ConsentRefused && current.wantsWrite() {
		return NoConsent
	}
	return nil
}

// issue makes the tokens. No access token is given to CreateIDToken, since Entra's has no at_hash.
func (p *Provider) issue(ctx context.Context, forGraph op.TokenRequest, forClient op.IDTokenRequest, client op.Client, current string) (*tokens, error) {
	access, refresh, _, err := op.CreateAccessToken(ctx, forGraph, client.AccessTokenType(), p.op, client, current)
	if err != nil {
		return nil, err
	}
	scopes := forGraph.GetScopes()
	life := int(p.options.TokenLife / time.Second)
	answer := &tokens{
		TokenType: oidc.BearerToken, Scope: strings.Join(scopes, " "), ExpiresIn: life, ExtExpiresIn: life,
		Access: access, Refresh: refresh,
	}
	if slices.Contains(scopes, oidc.ScopeOpenID) {
		answer.ID, err = op.CreateIDToken(ctx, p.issuer, forClient, client.IDTokenLifetime(), "", "", p.op.Storage(), client)
	}
	return answer, err
}

// graphAudience is Graph's application id, the same in every tenant.
const graphAudience = "00000003-0000-0000-c000-000000000000"

// graphRequest and graphRenewal ask for an access token: its audience is Graph as well as the client.
type graphRequest struct{ *request }

func (r graphRequest) GetAudience() []string { return []string{r.ClientID, graphAudience} }

type graphRenewal struct{ *renewal }

func (r graphRenewal) GetAudience() []string { return []string{r.ClientID, graphAudience} }
