// Package account draws what somebody is here: access, sessions, and the pages of those without a session or a role.
package account

import (
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/gates"
)

// Access is what somebody may do here, and why.
type Access struct {
	Actor access.Actor
	// Claim is the name of the claim that roles are read from; RolesAt is when it was read last.
	Claim   string
	RolesAt time.Time
	// Scopes are what the person's token may do, as the provider wrote them.
	Scopes []string
	Gates  gates.Gates
	// Ask are addresses that help: where to ask the provider for what is missing, what to send to an administrator.
	Ask []gates.Help
	Now time.Time
}

// others are the values of the claim that stand for no role.
func (m Access) others() []string {
	return slices.DeleteFunc(slices.Clone(m.Actor.Claims), func(value string) bool { return slices.Contains(m.Actor.Granting, value) })
}

// also says how many of the claim's values stand for no role, "" for none.
func (m Access) also() string {
	switch n := len(m.others()); n {
	case 0:
		return ""
	case 1:
		return "and 1 value that stands for no role"
	default:
		return "and " + connector.Thousands(n) + " values that stand for no role"
	}
}

// permitted is a row of what the roles allow.
type permitted struct {
	what    string
	allowed bool
	by      string
}

// permissions are the contract's table, for this person.
func (m Access) permissions() []permitted {
	rows := []struct {
		what string
		need access.Permission
	}{
		{"See connectors, their health and history", access.See},
		{"Edit, sync and put back", access.Edit},
		{"Read and export the whole audit log", access.Audit},
	}
	var list []permitted
	for _, row := range rows {
		list = append(list, permitted{row.what, m.Actor.May(row.need), "Needs the role " + gates.Holders(row.need) + "."})
	}
	return list
}

func (p permitted) verdict() gates.Verdict {
	if p.allowed {
		return gates.Passed
	}
	return gates.Barred
}
