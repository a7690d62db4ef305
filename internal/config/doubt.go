package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// warnings are what loads but was probably not meant.
func (c Config) warnings(given settings) []string {
	_, publicGiven := given["public_url"]
	_, listenGiven := given["listen"]
	if listenGiven && !publicGiven && c.Listen != c.PublicURL.Host {
		return []string{"public_url is still " + c.PublicURL.String() + " while listen is " + c.Listen + ": requests for another host are refused, so set public_url too"}
	}
	return nil
}

// renewWithin is how long before its end a certificate is spoken of.
const renewWithin = 30 * 24 * time.Hour

// CertificateDoubt says that the client certificate is not good now, "" where it is or there is none.
func (c Config) CertificateDoubt(now time.Time) string {
	from, until := c.OIDC.CertificateFrom, c.OIDC.CertificateUntil
	switch {
	case c.OIDC.ClientCertificateFile == "":
		return ""
	case now.After(until):
		return fmt.Sprintf("oidc.client_certificate_file: the certificate ended on %s; register a new one at the provider and put it with its key into the file",
			until.UTC().Format(time.DateOnly))
	case now.Before(from):
		return fmt.Sprintf("oidc.client_certificate_file: the certificate is good from %s on; look at this machine's clock, or wait", from.UTC().Format(time.RFC3339))
	}
	return ""
}

// CertificateWarning says that the client certificate ends within 30 days, "" where it does not or has ended.
func (c Config) CertificateWarning(now time.Time) string {
	until := c.OIDC.CertificateUntil
	left := until.Sub(now)
	if c.OIDC.ClientCertificateFile == "" || left < 0 || left > renewWithin {
		return ""
	}
	days := "today"
	if n := int(left / (24 * time.Hour)); n == 1 {
		days = "in 1 day"
	} else if n > 1 {
		days = fmt.Sprintf("in %d days", n)
	}
	return fmt.Sprintf("oidc.client_certificate_file: the certificate ends %s, on %s; register a new one at the provider before that", days, until.UTC().Format(time.DateOnly))
}

// clouds are the roots of Graph and of Entra ID's sign-in that belong together. The two pages of Microsoft that name China's
// sign-in disagree, so both stand here.
var clouds = []struct {
	graph  string
	signIn []string
}{
	{"graph.microsoft.com", []string{"login.microsoftonline.com"}},
	{"graph.microsoft.us", []string{"login.microsoftonline.us"}},
	{"dod-graph.microsoft.us", []string{"login.microsoftonline.us"}},
	{"microsoftgraph.chinacloudapi.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
}

var entraIssuer = regexp.MustCompile(`(?i)^https://(login\.[^/]+)/([^/]*)`)
var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Doubts are what is well-formed but cannot work with Microsoft's services, each with how to mend it. Other providers and
// other Graph roots, a simulator's for instance, raise none.
func (c Config) Doubts() []string {
	if c.Demo {
		return nil
	}
	var doubts []string
	issuer := entraIssuer.FindStringSubmatch(c.OIDC.Issuer)
	for _, cloud := range clouds {
		if c.Graph.BaseURL.Host != cloud.graph {
			continue
		}
		if path := c.Graph.BaseURL.Path; path != "/beta" && path != "/v1.0" {
			doubts = append(doubts, fmt.Sprintf("graph.base_url: %s lacks Graph's version; end it with /beta or /v1.0", c.Graph.BaseURL))
		}
		if issuer != nil && signsIn(issuer[1]) && !slices.Contains(cloud.signIn, strings.ToLower(issuer[1])) {
			doubts = append(doubts, fmt.Sprintf("oidc.issuer: %s signs in to another cloud than %s; tokens of one are worth nothing in the other. Its issuer begins with https://%s/",
				issuer[1], cloud.graph, cloud.signIn[0]))
		}
	}
	if issuer != nil && signsIn(issuer[1]) && c.OIDC.ClaimsFrom == "userinfo" {
		doubts = append(doubts, "oidc.claims_from: Entra ID's userinfo has no roles, so nobody would have one; write id_token")
	}
	if issuer != nil && signsIn(issuer[1]) && !guid.MatchString(issuer[2]) {
		doubts = append(doubts, fmt.Sprintf("oidc.issuer: %q is no tenant's id. Entra ID's tokens name the tenant by its GUID, so write https://%s/TENANT-ID/v2.0",
			issuer[2], issuer[1]))
	}
	return doubts
}

// signsIn says whether host is a sign-in root of Entra ID.
func signsIn(host string) bool {
	for _, cloud := range clouds {
		if slices.Contains(cloud.signIn, strings.ToLower(host)) {
			return true
		}
	}
	return false
}
