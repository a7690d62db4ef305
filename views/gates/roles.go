package gates

import (
	"strings"

	"switchboard/internal/access"
)

// Holders are the roles that have a permission.
func Holders(permission access.Permission) string {
	var names []string
	for _, role := range access.Holders(permission) {
		names = append(names, string(role))
	}
	return strings.Join(names, " or ")
}

// RoleLabel is a role as people read it.
func RoleLabel(role access.Role) string {
	switch role {
	case access.Admin:
		return "Admin"
	case access.Helpdesk:
		return "Helpdesk"
	case access.Auditor:
		return "Auditor"
	}
	return string(role)
}
