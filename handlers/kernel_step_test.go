package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/directory"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/provider"
)

// TestWhichGateIsClosed: whoever is stopped is told which of the four gates it was, with nothing sent after it closed.
func TestWhichGateIsClosed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, person string
		fault        http.Handler // of the PATCH
		gate         string
		patches      int
	}{
		{"role", "tom", nil, "Role in Switchboard", 0},
		{"scope", "lena", nil, "Consent", 0},
		{"licence", "maya", graph.NoIntuneAccess, "Licence", 1},
		{"permission", "omar", nil, "Intune permission", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			id := simulator.ID("s2s-na")
			if test.fault != nil {
				s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(test.fault))
			}
			form := s.person("maya").edit(id, "version", "1")
			person := s.person(test.person)
			form.Set("token", person.token())
			for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
				answer := person.post("/connectors/"+id, form, headers...)
				equal(t, "the status", answer.status, http.StatusForbidden)
				barred := element(t, answer, "li", "verdict-no")
				if !strings.Contains(barred, test.gate) {
					t.Errorf("the closed gate reads %q, want %s", barred, test.gate)
				}
				if len(headers) > 0 && strings.Contains(answer.body, "<html") {
					t.Error("htmx is sent a whole page")
				}
			}
			equal(t, "PATCH requests", s.patches(), test.patches)
		})
	}
}

// TestConsent: the provider's no to the write scope is a page with two links, for this person and for an administrator,
// and what was typed waits in the form until the scope is there.
func TestConsent(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		lena, id := s.person("lena"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		refused := lena.post(path, lena.edit(id, "version", "typed <in>", "serverName", "EX9"))
		equal(t, "the status", refused.status, http.StatusForbidden)
		contains(t, refused, s.tenant.Issuer()+"/adminconsent?", "data-copy=", "Correlation id", "Time", "kept")

		check(t, s.tenant.Directory.Change("lena", func(p *directory.Person) { p.ConsentRefused = false }))
		way := refused.way("Ask for it now")
		equal(t, "the link", keyless(way), "/login?grant=write")
		form := lena.through(lena.get(way), "lena")
		equal(t, "where the sign-in leads", form.from.Path, path+"/edit")
		contains(t, form, "The form holds what you typed at", "Drop it and start anew")
		filled := form.form(path)
		equal(t, "version", filled.Get("version"), "typed <in>")
		equal(t, "reason", filled.Get("reason"), "ticket 1")
		saved := lena.post(path, filled)
		equal(t, "the save", saved.status, http.StatusSeeOther)
		equal(t, "PATCH requests", s.patches(), 1)
		if again := lena.get(path + "/edit"); strings.Contains(again.body, "Drop it and start anew") {
			t.Error("the draft outlives the save")
		}
	})
}

// TestConsentRefusedAtTheProvider: an ordinary person who asks is told no, stays signed in, and goes back to the form.
func TestConsentRefusedAtTheProvider(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	lena, id := s.person("lena"), simulator.ID("s2s-na")
	lena.post("/connectors/"+id, lena.edit(id, "version", "typed"))
	refused := lena.through(lena.get("/login?grant=write"), "lena")
	equal(t, "the status", refused.status, http.StatusForbidden)
	contains(t, refused, "Which gate is closed", `href="/connectors/`+id+`/edit"`, "adminconsent")
	equal(t, "the session", lena.get("/connectors").status, http.StatusOK)
	equal(t, "what was typed", lena.get("/connectors/"+id+"/edit").form("/connectors/"+id).Get("version"), "typed")
}

// TestClaimsChallenge: Graph asks for more proof of who it is. One refresh, then a page with a link; the sign-in asks the
// provider for what Graph wants, and ends in the form.
func TestClaimsChallenge(t *testing.T) {
	t.Parallel()
	for name, renewal := range map[string]faults.Fault{"the refresh satisfies the provider alone": nil, "the refresh is refused": faults.Answer(provider.NeedsMFA)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya, id := s.person("maya"), simulator.ID("s2s-na")
			path := "/connectors/" + id
			maya.post(path, maya.edit(id, "version", "first")) // has the write scope by now
			form := maya.edit(id, "version", "second")
			key := "PATCH " + graph.Collection + "/" + id
			s.tenant.Faults.Next(key, faults.Answer(graph.PolicyChallenge))
			s.tenant.Faults.Next(key, faults.Answer(graph.PolicyChallenge))
			if renewal != nil {
				s.tenant.Faults.Next("POST /token", renewal)
			}
			asked := maya.post(path, form, "HX-Request", "true")
			equal(t, "the status", asked.status, http.StatusForbidden)
			contains(t, asked, "kept")

			s.tenant.Faults.Clear()
			start := maya.get(asked.way("Sign in to confirm"))
			to, err := url.Parse(start.location())
			check(t, err)
			if claims := to.Query().Get("claims"); !strings.Contains(claims, "acrs") && !strings.Contains(claims, "capolids") {
				t.Errorf("the sign-in asks for %s", claims)
			}
			back := maya.through(start, "maya")
			equal(t, "where it leads", back.from.Path, path+"/edit")
			equal(t, "version", back.form(path).Get("version"), "second")
			equal(t, "the save", maya.post(path, back.form(path)).status, http.StatusSeeOther)
		})
	}
}

// TestStepsOfAPage: a page that Graph refuses to read for want of proof or consent links to the sign-in that brings it,
// which leads back to the page. Nobody is sent there by a redirect.
func TestStepsOfAPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refusal http.Handler
		link    string // its label
	}{
		"proof":   {graph.PolicyChallenge, "Sign in to confirm"},
		"consent": {graph.Problem{Status: 403, Code: "Forbidden", Nesting: 1, Text: "Application is not authorized to perform this operation. Application must have one of the following scopes: A, B"}, "Ask for it now"}, // to read, and no more
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			tom := s.person("tom")
			s.tenant.Faults.Always("GET "+graph.Collection, faults.Answer(test.refusal))
			refused := tom.get("/connectors?q=contoso")
			equal(t, "the status", refused.status, http.StatusForbidden)
			way := refused.way(test.link)
			equal(t, "the link", keyless(way), "/login")
			s.tenant.Faults.Clear()
			back := tom.through(tom.get(way), "tom")
			equal(t, "where the sign-in leads", back.from.RequestURI(), "/connectors?q=contoso")
			equal(t, "the page", back.status, http.StatusOK)
		})
	}
}

// element is what the first element of that name and class reads.
func element(t *testing.T, p page, name, class string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(t, err)
	for node := range root.Descendants() {
		if node.Data == name && slices.Contains(strings.Fields(attribute(node, "class")), class) {
			return strings.Join(strings.Fields(text(node)), " ")
		}
	}
	t.Fatalf("no %s.%s: %s", name, class, p)
	return ""
}

// through goes on from /login to the end of the sign-in as that person, and to the page that it leads to.
func (v *visitor) through(start page, person string) page {
	v.site.t.Helper()
	picked := v.follow("POST", v.follow("GET", start.location(), nil).location(), url.Values{"person": {person}})
	arrived := v.follow("GET", picked.location(), nil)
	if arrived.status != http.StatusSeeOther {
		return arrived
	}
	return v.follow("GET", arrived.location(), nil)
}
