package access_test

import (
	"slices"
	"testing"

	"switchboard/internal/access"
)

// TestGrants is the table of roles and permissions that operators are told, row by row.
func TestGrants(t *testing.T) {
	t.Parallel()
	permissions := []access.Permission{access.Anyone, access.SignedIn, access.See, access.Edit, access.Propose, access.Audit}
	for _, test := range []struct {
		roles []access.Role
		may   []access.Permission
	}{
		{nil, []access.Permission{access.Anyone, access.SignedIn}},
		{[]access.Role{"owner"}, []access.Permission{access.Anyone, access.SignedIn}},
		{[]access.Role{access.Admin}, permissions},
		{[]access.Role{access.Helpdesk}, []access.Permission{access.Anyone, access.SignedIn, access.See, access.Propose}},
		{[]access.Role{access.Auditor}, []access.Permission{access.Anyone, access.SignedIn, access.See, access.Audit}},
		{[]access.Role{access.Auditor, access.Helpdesk}, []access.Permission{access.Anyone, access.SignedIn, access.See, access.Propose, access.Audit}},
	} {
		actor := access.Actor{Roles: test.roles}
		for _, permission := range permissions {
			if got, want := actor.May(permission), slices.Contains(test.may, permission); got != want {
				t.Errorf("with the roles %q: may %q is %v, want %v", test.roles, permission, got, want)
			}
		}
		if actor.May("delete") {
			t.Errorf("with the roles %q: may what nobody was granted", test.roles)
		}
	}
}

// TestRolesComeFromTheRolesAlone: what the claim holds and which of it counts are shown, and grant nothing.
func TestRolesComeFromTheRolesAlone(t *testing.T) {
	t.Parallel()
	actor := access.Actor{Claims: []string{"admin", "Connector.Admin"}, Granting: []string{"Connector.Admin"}}
	if actor.May(access.See) || actor.May(access.Edit) {
		t.Error("a claim that was mapped to no role grants something")
	}
}

// TestHolders: whom to ask, the most powerful first.
func TestHolders(t *testing.T) {
	t.Parallel()
	for permission, want := range map[access.Permission][]access.Role{
		access.SignedIn: {access.Admin, access.Helpdesk, access.Auditor},
		access.See:      {access.Admin, access.Helpdesk, access.Auditor},
		access.Edit:     {access.Admin},
		access.Propose:  {access.Admin, access.Helpdesk},
		access.Audit:    {access.Admin, access.Auditor},
		"delete":        nil,
	} {
		if got := access.Holders(permission); !slices.Equal(got, want) {
			t.Errorf("%q is held by %q, want %q", permission, got, want)
		}
	}
}

// TestIs: one person is one id in one tenant, under whatever name and with whatever roles.
func TestIs(t *testing.T) {
	t.Parallel()
	maya := access.Actor{OID: "1", TID: "contoso", Name: "Maya", Roles: []access.Role{access.Admin}}
	for _, test := range []struct {
		name  string
		other access.Actor
		want  bool
	}{
		{"herself under another name and role", access.Actor{OID: "1", TID: "contoso", Name: "M. Ferreira", Roles: []access.Role{access.Auditor}}, true},
		{"the same id of another tenant", access.Actor{OID: "1", TID: "fabrikam", Name: "Maya"}, false},
		{"a namesake", access.Actor{OID: "2", TID: "contoso", Name: "Maya"}, false},
		{"nobody", access.Actor{}, false},
	} {
		if got := maya.Is(test.other); got != test.want || test.other.Is(maya) != got {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
