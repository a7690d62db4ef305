package oidc

import (
	"encoding/json"
	"strings"
)

const (
	// capability declares that a claims challenge will be answered (entra.md, section 8).
	capability       = `{"access_token":{"xms_cc":{"values":["cp1"]}}}`
	longestChallenge = 8 << 10
)

// SignInClaims is the parameter claims of a sign-in, "" for none. Entra ID is told the capability; a provider that takes the
// parameter (OpenID Connect Core 1.0 section 5.5) is asked for what is read here, since it may keep names and roles out of an
// ID token otherwise, and may refuse a request that asks for neither ID token nor userinfo. To others it is sent to answer a
// challenge alone.
func (c *Client) SignInClaims(about *Metadata, challenge, rolesClaim string) string {
	if about.TakesClaims && about.GraphHost == "" {
		return mergeClaims(challenge, map[string][]string{c.claimsPlace(): claimsRead(rolesClaim)})
	}
	return about.RefreshClaims(challenge)
}

// RefreshClaims is the same of a refresh, for which OpenID Connect knows no such parameter.
func (d *Metadata) RefreshClaims(challenge string) string {
	if d.GraphHost == "" && readChallenge(challenge) == nil {
		return ""
	}
	return mergeClaims(challenge, nil)
}

// claimsPlace is where the names and the roles are read, as the parameter calls it.
func (c *Client) claimsPlace() string {
	if c.o.ClaimsFrom == FromUserInfo {
		return "userinfo"
	}
	return "id_token"
}

// claimsRead are the claims that are read there. A path's first step is the claim that holds the rest.
func claimsRead(rolesClaim string) []string {
	names := []string{"name", "preferred_username", rolesClaim}
	if first, _, path := strings.Cut(rolesClaim, "."); path && first != "" {
		names = append(names, first)
	}
	return names
}

// readChallenge is nil for a text that is not a JSON object.
func readChallenge(text string) map[string]any {
	var asked map[string]any
	if len(text) > longestChallenge || json.Unmarshal([]byte(text), &asked) != nil {
		return nil
	}
	return asked
}

// mergeClaims adds the capability, and the claims wanted by place, to a challenge. A challenge that is not a JSON object is left out.
func mergeClaims(challenge string, wanted map[string][]string) string {
	asked := readChallenge(challenge)
	if asked == nil {
		asked = map[string]any{}
	}
	memberOf(asked, "access_token")["xms_cc"] = map[string]any{"values": []string{"cp1"}}
	for place, names := range wanted {
		members := memberOf(asked, place)
		for _, name := range names {
			if _, there := members[name]; !there {
				members[name] = nil // any value will do
			}
		}
	}
	merged, err := json.Marshal(asked)
	if err != nil {
		return capability
	}
	return string(merged)
}

// memberOf is the object under that name, made where there is none.
func memberOf(object map[string]any, name string) map[string]any {
	member, _ := object[name].(map[string]any)
	if member == nil {
		member = map[string]any{}
		object[name] = member
	}
	return member
}
