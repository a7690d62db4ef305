package handlers_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/handlers"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everybody are those whom the policy tells apart: the three roles, nobody's, and somebody without a session.
var everybody = []struct{ role, person string }{
	{"admin", "maya"}, {"helpdesk", "tom"}, {"auditor", "ruth"}, {"no role", "deniz"}, {"signed out", ""},
}

// TestPolicy asks every route as everybody and compares what is answered with the policy in testdata. A POST carries a
// good token and nothing else, so whoever may send it is told 400: the form lacks its state.
func TestPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), func(set *setting) {
		set.limits.SignIns.Burst = len(everybody) * len(handlers.Table()) // each sign-in is one that the policy asks for
	})
	var policy strings.Builder
	for _, row := range handlers.Table() {
		fmt.Fprintf(&policy, "%-4s %-28s %-10s", row.Method, row.Path, row.Needs)
		for _, one := range everybody {
			fmt.Fprintf(&policy, "  %s=%d", strings.ReplaceAll(one.role, " ", "-"), s.ask(one.person, row).status)
		}
		policy.WriteString("\n")
	}
	golden := filepath.Join("testdata", "policy.txt")
	if *update {
		check(t, os.WriteFile(golden, []byte(policy.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	check(t, err)
	if policy.String() != string(want) {
		t.Errorf("the policy is not that of %s (if it is meant: go test ./handlers -run TestPolicy -update):\n%s", golden, policy.String())
	}
	equal(t, "PATCH requests", s.patches(), 0)
}

// ask sends a route's request as somebody; each asks with a session of their own, since one of the routes ends it.
func (s *site) ask(person string, row handlers.Row) page {
	s.t.Helper()
	v := s.visitor()
	if person != "" {
		v = s.person(person)
	}
	path := strings.NewReplacer(":health", "broken", ":id", simulator.ExampleID, ":change", "3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4d1", ":run", "3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4d1", ":seq", "1", ":view", "none", "*", "none").Replace(row.Path)
	if row.Path == "/events" { // which has no end
		return v.follow(http.MethodHead, v.site.url.String()+path, nil)
	}
	if row.Method == http.MethodGet {
		return v.get(path)
	}
	return v.post(path, url.Values{"token": {v.token()}})
}

// token is one that a page made for the visitor's session, empty without one.
func (v *visitor) token() string {
	home := v.get("/")
	if home.status == http.StatusSeeOther {
		return ""
	}
	return home.form("/logout").Get("token")
}

// TestMethodsBesideTheTable: a path takes the methods of its rows, HEAD where GET is, and tells OPTIONS which they are.
func TestMethodsBesideTheTable(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for method, want := range map[string]int{http.MethodPut: 405, http.MethodDelete: 405, http.MethodPatch: 405, http.MethodOptions: 204} {
		for _, row := range handlers.Table() {
			path := strings.NewReplacer(":health", "broken", ":id", simulator.ExampleID, ":change", "x", ":run", "x", ":seq", "1", ":view", "none", "*", "none").Replace(row.Path)
			got := maya.follow(method, s.url.String()+path, nil)
			equal(t, method+" "+path, got.status, want)
		}
	}
	for _, row := range handlers.Table() {
		if row.Method != http.MethodGet || strings.Contains(row.Path, ":") || row.Path == "/auth/callback" || row.Path == "/events" {
			continue
		}
		get, head := maya.get(row.Path), maya.follow(http.MethodHead, s.url.String()+row.Path, nil)
		equal(t, "HEAD "+row.Path, head.status, get.status)
		equal(t, "the body of HEAD "+row.Path, head.body, "")
	}
}
