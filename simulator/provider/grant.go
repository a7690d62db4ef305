package provider

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// grant is what somebody has given the application: who, for what, in which session. It is the part that sign-in requests
// and refresh tokens have in common, as package op wants it.
type grant struct {
	Person   string    `json:"person"`
	Subject  string    `json:"subject"`
	ClientID string    `json:"client"`
	Scopes   []string  `json:"scopes"`
	Session  string    `json:"session"`
	SignedIn time.Time `json:"signed_in"`
	// Family joins the refresh tokens of one sign-in.
	Family string `json:"family"`
	// Generation counts the revocations that the person had before.
	Generation int `json:"generation"`
}

func (g *grant) GetSubject() string     { return g.Subject }
func (g *grant) GetClientID() string    { return g.ClientID }
func (g *grant) GetScopes() []string    { return g.Scopes }
func (g *grant) GetAuthTime() time.Time { return g.SignedIn }
func (g *grant) GetAMR() []string       { return nil }
func (g *grant) GetAudience() []string  { return []string{g.ClientID} }

// request is one sign-in on its way: from the authorize endpoint over the page to the code. Once it has a code, nothing but
// redeemed changes in it.
type request struct {
	grant
	id       string
	asked    oidc.AuthRequest
	started  time.Time
	redeemed bool
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetNonce() string                   { return r.asked.Nonce }
func (r *request) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r *request) GetState() string                   { return r.asked.State }
func (r *request) Done() bool                         { return true } // op sees only those with a code
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

// wantsWrite says whether the scopes need the consent that some have not been given.
func (g *grant) wantsWrite() bool { return slices.ContainsFunc(g.Scopes, writes) }

// renewal is a refresh token. It holds everything itself, so that it is good after a restart.
type renewal struct {
	grant
	ID     string    `json:"id"`
	Issued time.Time `json:"issued"`
}

// SetCurrentScopes narrows or, as Entra lets one, widens what the next tokens are for.
func (r *renewal) SetCurrentScopes(scopes []string) { r.Scopes = scopes }

func (p *Provider) seal(r renewal) (string, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	return p.op.Crypto().Encrypt(string(plain))
}

func (p *Provider) open(token string) (*renewal, error) {
	plain, err := p.op.Crypto().Decrypt(token)
	if err != nil {
		return nil, BadRefresh
	}
	r := new(renewal)
	if json.Unmarshal([]byte(plain), r) != nil || r.ID == "" {
		return nil, BadRefresh
	}
	return r, nil
}
