package provider

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Client is the one application registered in the tenant.
type Client struct {
	ID, Secret string
	// RedirectURIs are matched exactly; addresses to come back to after sign-out are among them, as Entra has it.
	RedirectURIs []string
}

// origins are where the sign-in page's form may lead: a browser checks the whole chain of redirects after a form.
func (c Client) origins() []string {
	var origins []string
	for _, uri := range c.RedirectURIs {
		parsed, err := url.Parse(uri)
		if err != nil || parsed.Host == "" {
			continue
		}
		if origin := parsed.Scheme + "://" + parsed.Host; !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins
}

// registration is the client as package op wants it.
type registration struct {
	Client
	login string        // the sign-in page's path
	skew  time.Duration // of the system's clock against the tenant's
	life  time.Duration // of tokens
}

func (c registration) GetID() string                     { return c.ID }
func (c registration) RedirectURIs() []string            { return c.Client.RedirectURIs }
func (c registration) PostLogoutRedirectURIs() []string  { return c.Client.RedirectURIs }
func (registration) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (registration) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodBasic }
func (registration) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (registration) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}
func (c registration) LoginURL(id string) string                              { return c.login + "?id=" + url.QueryEscape(id) }
func (registration) AccessTokenType() op.AccessTokenType                      { return op.AccessTokenTypeJWT }
func (registration) DevMode() bool                                            { return false }
func (registration) IDTokenUserinfoClaimsAssertion() bool                     { return true }
func (registration) IsScopeAllowed(string) bool                               { return true } // judged with the request, where it can be refused
func (c registration) ClockSkew() time.Duration                               { return c.skew }
func (registration) RestrictAdditionalIdTokenScopes() func([]string) []string { return unchanged }
func (registration) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return unchanged
}

// IDTokenLifetime undoes what op makes of the skew: it reads the system's clock, and adds the skew to the end of the life
// while it takes it from the start.
func (c registration) IDTokenLifetime() time.Duration { return c.life - 2*c.skew }

func unchanged(scopes []string) []string { return scopes }

// permission is a scope's name without its resource: every cloud has another Graph root before it.
func permission(scope string) string { return scope[strings.LastIndexByte(scope, '/')+1:] }

var (
	plainScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}
	permissions = []string{
		"DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All",
		"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All",
		"DeviceManagementApps.Read.All", "DeviceManagementRBAC.Read.All", "User.Read",
	}
)

// known says whether the tenant has such a scope.
func known(scope string) bool {
	return slices.Contains(plainScopes, scope) ||
		slices.ContainsFunc(permissions, func(p string) bool { return strings.EqualFold(p, permission(scope)) })
}

// writes says whether a scope lets one change things, and so needs the consent that some have not been given.
func writes(scope string) bool {
	return strings.Contains(strings.ToLower(permission(scope)), ".readwrite.")
}

func unknown(scope string) bool { return !known(scope) }

// tidy drops what a space too many leaves behind.
func tidy(scopes []string) []string {
	return slices.DeleteFunc(scopes, func(scope string) bool { return scope == "" })
}
