package signin

import (
	"encoding/json"
	"slices"

	"switchboard/access"
)

// Roles say which values of which claim of the ID token stand for which role.
type Roles struct {
	Claim                    string
	Admin, Helpdesk, Auditor []string
}

// values reads the claim: a string, or an array of strings. Entra ID leaves the claim out when somebody has no role.
func (r Roles) values(claims map[string]json.RawMessage) []string {
	raw, found := claims[r.Claim]
	if !found {
		return nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		if one == "" {
			return nil
		}
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	return many
}

// For are the values that stand for a role.
func (r Roles) For(role access.Role) []string {
	return map[access.Role][]string{access.Admin: r.Admin, access.Helpdesk: r.Helpdesk, access.Auditor: r.Auditor}[role]
}

// of are the roles that the values stand for, the most powerful first.
func (r Roles) of(values []string) []access.Role {
	var roles []access.Role
	for _, role := range access.Roles() {
		if slices.ContainsFunc(values, func(value string) bool { return slices.Contains(r.For(role), value) }) {
			roles = append(roles, role)
		}
	}
	return roles
}
