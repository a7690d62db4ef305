package session_test

import (
	"encoding/json"
	"slices"
	"testing"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestWhereRolesAre: a claim of just that name, else a path; a text, or the texts of a list.
func TestWhereRolesAre(t *testing.T) {
	t.Parallel()
	admin := []string{"Connector.Admin"}
	tests := []struct {
		name, claim string
		claims      map[string]any
		want        []string
	}{
		{"foreign members", "roles", map[string]any{"roles": []any{"Connector.Admin", 7, nil, true, map[string]any{"a": "b"}, []any{"x"}, ""}}, admin},
		{"a number", "roles", map[string]any{"roles": 7}, nil},
		{"an empty text", "roles", map[string]any{"roles": ""}, nil},
		{"a path", "realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"Connector.Admin"}}}, admin},
		{"a text at a path", "a.b.c", map[string]any{"a": map[string]any{"b": map[string]any{"c": "Connector.Admin"}}}, admin},
		{"the name before the path", "realm_access.roles", map[string]any{
			"realm_access.roles": []string{"Connector.Admin"}, "realm_access": map[string]any{"roles": []string{"Connector.Auditor"}},
		}, admin},
		{"a null before the path", "realm_access.roles", map[string]any{
			"realm_access.roles": json.RawMessage("null"), "realm_access": map[string]any{"roles": []string{"Connector.Admin"}},
		}, admin},
		{"an address for a name", "https://switchboard.example/roles", map[string]any{"https://switchboard.example/roles": admin}, admin},
		{"a step with dots", "resource_access.app.example.roles", map[string]any{
			"resource_access": map[string]any{"app.example": map[string]any{"roles": admin}, "app": map[string]any{"other": 1}},
		}, admin},
		{"a path into a list", "roles.admin", map[string]any{"roles": []string{"Connector.Admin"}}, nil},
		{"a path that ends early", "realm_access.roles", map[string]any{"realm_access": nil}, nil},
		{"dots alone", "...", map[string]any{"": map[string]any{"": "Connector.Admin"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Roles.Claim = test.claim })
			s.Provider.Roles = nil
			signintest.Claims(test.claims)(s.Provider)
			b := s.Browser(t)
			b.SignIn()
			got := b.Person(s.Service).Actor()
			if !slices.Equal(got.Claims, test.want) || slices.Contains(got.Roles, access.Admin) != (test.want != nil) {
				t.Errorf("claims %q, roles %q, want %q", got.Claims, got.Roles, test.want)
			}
		})
	}
}

// TestOfManyGroupsThoseThatCount: which values made the roles, in the order of the roles.
func TestOfManyGroupsThoseThatCount(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Roles.Admin = []string{"admins", "owners"} })
	groups := slices.Repeat([]string{"some-group"}, 1500)
	s.Provider.Roles = append(groups, "owners", "Connector.Auditor", "owners")
	b := s.Browser(t)
	b.SignIn()
	got := b.Person(s.Service).Actor()
	if want := []string{"owners", "Connector.Auditor"}; !slices.Equal(got.Granting, want) || len(got.Claims) != 1503 {
		t.Errorf("granting %q of %d values, want %q of 1503", got.Granting, len(got.Claims), want)
	}
}

// TestNobodyIsNameless: not every provider sends a name, and what somebody did has to be somebody's. What came once stays
// where a refresh does not bring it.
func TestNobodyIsNameless(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		claims map[string]any
		want   string
	}{
		{"no name", map[string]any{"name": nil}, "ada@example.test"},
		{"neither", map[string]any{"name": nil, "preferred_username": nil}, "object"},
		{"blank ones", map[string]any{"name": "  ", "preferred_username": ""}, "object"},
		{"a name that is no text", map[string]any{"name": 7}, "ada@example.test"},
		{"neither is a text", map[string]any{"name": map[string]any{"given": "Ada"}, "preferred_username": 4711, "login_hint": []int{1}}, "object"},
		{"neither, elsewhere", map[string]any{"name": nil, "preferred_username": nil, "tid": nil, "oid": nil}, "pairwise-subject"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t))
			signintest.Claims(test.claims)(s.Provider)
			b := s.Browser(t)
			b.SignIn()
			if got := b.Person(s.Service).Actor().Name; got != test.want {
				t.Errorf("called %q, want %q", got, test.want)
			}
		})
	}
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	signintest.Claims(map[string]any{"name": nil, "preferred_username": nil, "login_hint": nil})(s.Provider)
	person := b.Person(s.Service)
	if _, err := person.Renew(t.Context(), graphclient.Read, signintest.First(person.Token(t.Context(), graphclient.Read)), ""); err != nil {
		t.Fatal(err)
	}
	if got := b.Person(s.Service).Actor(); got.Name != "Ada Admin" || got.Username != "ada@example.test" {
		t.Errorf("after a refresh without names: %q, %q", got.Name, got.Username)
	}
}
