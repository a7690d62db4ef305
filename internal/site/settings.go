package site

import (
	"net/http"
	"regexp"

	"switchboard/internal/audit"
	"switchboard/internal/config"
	"switchboard/internal/oidc"
	"switchboard/internal/session"
	"switchboard/simulator"
	"switchboard/static"
	"switchboard/views/frame"
)

// guid finds the tenant's id in an issuer of Entra ID.
var guid = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// Owner is whom the database has to belong to. The embedded provider's issuer holds its port, so the demo has a name.
func Owner(settings config.Config) audit.Owner {
	if settings.Demo {
		return audit.Owner{Issuer: demoIssuer, Client: settings.OIDC.ClientID, TID: simulator.TenantID, Demo: true}
	}
	return audit.Owner{Issuer: settings.OIDC.Issuer, Client: settings.OIDC.ClientID, TID: guid.FindString(settings.OIDC.Issuer), Others: []string{simulator.TenantID}}
}

// Client is what the provider has to know of this program.
func Client(settings config.Config) oidc.Options {
	return oidc.Options{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		ClientCertificateFile: settings.OIDC.ClientCertificateFile, FederatedTokenFile: settings.OIDC.FederatedTokenFile,
		ClientAuth: oidc.ClientAuth(settings.OIDC.ClientAuth), ClaimsFrom: oidc.ClaimsFrom(settings.OIDC.ClaimsFrom),
		PublicURL: settings.PublicURL, ReadScope: settings.Graph.ReadScope, WriteScope: settings.Graph.WriteScope,
	}
}

func rolesOf(settings config.Config) session.Roles {
	return session.Roles{
		Claim: settings.Roles.Claim, Admin: settings.Roles.Admin, Helpdesk: settings.Roles.Helpdesk, Auditor: settings.Roles.Auditor,
	}
}

// Witnesses are those that the audit log is shown to.
func Witnesses(settings config.Config) []audit.Witness {
	witnesses := make([]audit.Witness, len(settings.Audit.Witnesses))
	for i, witness := range settings.Audit.Witnesses {
		witnesses[i] = audit.Witness{Key: witness.Key, URL: witness.URL.String()}
	}
	return witnesses
}

// assetsOf are the built files that every page loads, and what serves them; nil files are none.
func assetsOf(files *static.Files) (*frame.Assets, http.Handler) {
	if files == nil {
		return &frame.Assets{}, http.NotFoundHandler()
	}
	asset := func(name string) frame.Asset {
		url, integrity := files.Asset(name)
		return frame.Asset{URL: url, Integrity: integrity}
	}
	return &frame.Assets{
		CSS: []frame.Asset{asset("switchboard.css")}, JS: []frame.Asset{asset("switchboard.js")},
		List: []frame.Asset{asset("list.css")}, More: []frame.Asset{asset("more.css")}, Forms: []frame.Asset{asset("more.js")}, Htmx: []frame.Asset{asset("htmx.js")},
		Fonts: []frame.Asset{asset("inter.woff2"), asset("mono.woff2")},
	}, files
}
