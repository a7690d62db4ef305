package session

import (
	"encoding/json"
	"slices"
	"strings"

	"switchboard/internal/access"
)

// Roles say which values of which claim stand for which role. Claim is a claim's name, or the path to one in claims that
// hold others, with dots between the steps: realm_access.roles.
type Roles struct {
	Claim                    string
	Admin, Helpdesk, Auditor []string
}

// values reads the claim: a string, or an array of which the strings count. Entra ID leaves the claim out when somebody has
// no role.
func (r Roles) values(claims map[string]json.RawMessage) []string {
	raw := at(claims, r.Claim)
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return named(one)
	}
	var many []any
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	var values []string
	for _, member := range many {
		text, _ := member.(string)
		values = append(values, named(text)...)
	}
	return values
}

// at finds the claim at a path. A name that has dots itself, as a client's at Keycloak may, is a step like any other: the
// longest name that is there and leads on comes first, so that a claim of just that name does.
func at(claims map[string]json.RawMessage, path string) json.RawMessage {
	if raw, there := claims[path]; there && string(raw) != "null" { // which is how some say that they have none
		return raw
	}
	for dot := strings.LastIndex(path, "."); dot > 0; dot = strings.LastIndex(path[:dot], ".") {
		var inner map[string]json.RawMessage
		if json.Unmarshal(claims[path[:dot]], &inner) != nil {
			continue
		}
		if raw := at(inner, path[dot+1:]); raw != nil {
			return raw
		}
	}
	return nil
}

// named is the value, nothing for one that is empty.
func named(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// For are the values that stand for a role.
func (r Roles) For(role access.Role) []string {
	return map[access.Role][]string{access.Admin: r.Admin, access.Helpdesk: r.Helpdesk, access.Auditor: r.Auditor}[role]
}

// of are the roles that the values stand for, the most powerful first, and those of the values that do.
func (r Roles) of(values []string) (roles []access.Role, granting []string) {
	for _, role := range access.Roles() {
		found := slices.DeleteFunc(slices.Clone(values), func(value string) bool { return !slices.Contains(r.For(role), value) })
		if len(found) > 0 {
			roles, granting = append(roles, role), append(granting, found...)
		}
	}
	return roles, unique(granting)
}

// unique keeps the first of equal texts.
func unique(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return kept
}
