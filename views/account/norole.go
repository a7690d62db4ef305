package account

import "switchboard/internal/access"

// NoRole is for somebody who is signed in and has none of the three roles.
type NoRole struct {
	// Claim is the name of the claim that roles are read from, Arrived its values in this sign-in.
	Claim   string
	Arrived []string
	// Wanted are the values that grant a role.
	Wanted []WantedRole
}

// WantedRole is a role and the claim's values that grant it.
type WantedRole struct {
	Role   access.Role
	Values []string
}

// roleDuty says what a role is for.
func roleDuty(role access.Role) string {
	switch role {
	case access.Admin:
		return "edits connectors"
	case access.Helpdesk:
		return "looks connectors up and explains them"
	case access.Auditor:
		return "reads and proves"
	}
	return ""
}
