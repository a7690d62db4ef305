// Package access says who somebody is and what they may do: actors, roles, permissions and the table that grants them.
package access

import (
	"slices"
	"strings"
)

// Role is one of the three that Switchboard knows.
type Role string

// The roles, as the configuration names them.
const (
	Admin    Role = "admin"
	Helpdesk Role = "helpdesk"
	Auditor  Role = "auditor"
)

// Roles are the three roles, the most powerful first.
func Roles() []Role { return []Role{Admin, Helpdesk, Auditor} }

// Permission is something a route or a service may require.
type Permission string

// The permissions of the contract's table, and the two that need no role.
const (
	// Anyone needs no session.
	Anyone Permission = "anyone"
	// SignedIn needs a session and no role.
	SignedIn Permission = "signed in"
	// See connectors, their health and history, and a change's receipt.
	See Permission = "see"
	// Edit connectors, sync and revert them, approve proposals.
	Edit Permission = "edit"
	// Propose a change that an admin approves.
	Propose Permission = "propose"
	// Audit is to read and export the whole audit log.
	Audit Permission = "audit"
)

var grants = map[Role][]Permission{
	Admin:    {SignedIn, See, Edit, Propose, Audit},
	Helpdesk: {SignedIn, See, Propose},
	Auditor:  {SignedIn, See, Audit},
}

// Actor is a signed-in person. OID and TID together are their key at the provider (Entra ID: immutable); the names are
// for display only.
type Actor struct {
	OID      string
	TID      string
	Name     string
	Username string
	// Claims are the values of the roles claim as they arrived, whether or not Switchboard knows them.
	Claims []string
	// Roles are those that the claims map to.
	Roles []Role
	// Granting are those of Claims that stand for one of Roles: of 1,500 groups the two that count.
	Granting []string
}

// May says whether one of the actor's roles grants the permission. Without a role an actor may only be signed in.
func (a Actor) May(permission Permission) bool {
	if permission == Anyone || permission == SignedIn {
		return true
	}
	return slices.ContainsFunc(a.Roles, func(role Role) bool { return slices.Contains(grants[role], permission) })
}

// Is says whether both are the same person, whatever their names and roles are today.
func (a Actor) Is(other Actor) bool { return a.TID == other.TID && a.OID == other.OID }

// Key names the person, the same in every session and under every name.
func (a Actor) Key() string { return a.TID + " " + a.OID }

// Holders are the roles that grant the permission, for telling a person whom to ask.
func Holders(permission Permission) []Role {
	var holders []Role
	for _, role := range Roles() {
		if slices.Contains(grants[role], permission) {
			holders = append(holders, role)
		}
	}
	return holders
}

// HolderNames are the names of those roles as a sentence has them: "admin or helpdesk".
func HolderNames(permission Permission) string {
	var names []string
	for _, role := range Holders(permission) {
		names = append(names, string(role))
	}
	return strings.Join(names, " or ")
}
