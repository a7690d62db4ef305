package session

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzRoles: the values of a claim are texts that stand in it, at whichever path.
func FuzzRoles(f *testing.F) {
	f.Add(`{"roles":["Connector.Admin",7,null]}`, "roles")
	f.Add(`{"realm_access":{"roles":"Connector.Admin"},"realm_access.roles":["b"]}`, "realm_access.roles")
	f.Add(`{"a":{"b.c":{"d":["x"]}}}`, "a.b.c.d")
	f.Add(`{"":{"":"x"}}`, "..")
	f.Fuzz(func(t *testing.T, text, path string) {
		var claims map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &claims) != nil || strings.Count(path, ".") > 12 {
			return
		}
		roles := Roles{Claim: path, Admin: []string{"Connector.Admin"}}
		values := roles.values(claims)
		found, _ := roles.of(values)
		if len(found) > 0 && !slices.Contains(values, "Connector.Admin") {
			t.Errorf("%q grants %v by %v", text, found, values)
		}
	})
}
