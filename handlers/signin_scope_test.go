package handlers_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// narrow refuses a refresh the write scope, as a provider that keeps to RFC 6749 section 6 does.
func narrow(code string) faults.Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.ParseForm() == nil && r.PostForm.Get("grant_type") == "refresh_token" && strings.Contains(r.PostForm.Get("scope"), writeScope) {
			faults.Status(http.StatusBadRequest, "application/json", `{"error":"`+code+`"}`)(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// TestFirstEditAtAStrictProvider: the first edit leads to a sign-in that asks for the write scope, and from there to the form
// with what was typed, whose save then works.
func TestFirstEditAtAStrictProvider(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_scope", "invalid_request", "invalid_grant"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := newSite(t, db)
				maya, id := s.person("maya"), simulator.ID("s2s-na")
				path := "/connectors/" + id
				s.tenant.Faults.Always("POST /token", narrow(code))
				for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
					asked := maya.post(path, maya.edit(id, "version", "typed"), headers...)
					equal(t, "the status", asked.status, http.StatusForbidden)
					contains(t, asked, "has not asked for the permission", "You are still signed in", "kept")
					equal(t, "the link", keyless(asked.way("Sign in to ask for it")), "/login?grant=write")
				}
				contains(t, maya.get("/access"), "Sign in to ask for it")
				equal(t, "PATCH requests", s.patches(), 0)

				again := maya.post(path, maya.edit(id, "version", "typed"))
				start := maya.get(again.way("Sign in to ask for it"))
				if !strings.Contains(start.location(), "ReadWrite") {
					t.Errorf("the sign-in asks for %s", start.location())
				}
				back := maya.through(start, "maya")
				equal(t, "where it leads", back.from.Path, path+"/edit")
				equal(t, "version", back.form(path).Get("version"), "typed")
				equal(t, "the save", maya.post(path, back.form(path)).status, http.StatusSeeOther)
				equal(t, "PATCH requests afterwards", s.patches(), 1)
			})
		})
	}
}

// TestScopeThatIsNotGranted: a sign-in that asked for the write scope and did not get it leads to a form that says so, and so
// does the save; neither leads to another such sign-in.
func TestScopeThatIsNotGranted(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	s.tenant.Faults.Always("POST /token", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		narrow("invalid_scope")(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			faults.Rewrite(func(answer *faults.Recorded) {
				left := bytes.ReplaceAll(answer.Body.Bytes(), []byte(writeScope), nil)
				answer.Body = *bytes.NewBuffer(left)
			})(w, r, next)
		}))
	})
	asked := maya.post(path, maya.edit(id, "version", "typed"))
	back := maya.through(maya.get(asked.way("Sign in to ask for it")), "maya")
	equal(t, "where it leads", back.from.Path, path+"/edit")
	contains(t, back, "was not granted", writeScope, "You are still signed in")
	equal(t, "version", back.form(path).Get("version"), "typed")
	for range 2 {
		refused := maya.post(path, back.form(path))
		equal(t, "the status", refused.status, http.StatusForbidden)
		contains(t, refused, "was not granted", writeScope, "kept")
		if strings.Contains(refused.body, "grant=write") {
			t.Error("the page leads to a sign-in that asks for the same again")
		}
	}
	contains(t, maya.get("/access"), "Missing")
	equal(t, "PATCH requests", s.patches(), 0)
	equal(t, "a page meanwhile", maya.get("/connectors").status, http.StatusOK)
}

// TestScopeThatIsRefusedAtTheProvider: the same where the provider says so with an error, at which nobody is signed out. Who
// said no themselves may ask again.
func TestScopeThatIsRefusedAtTheProvider(t *testing.T) {
	t.Parallel()
	for code, asksAgain := range map[string]bool{"invalid_scope": false, "unauthorized_client": false, "access_denied": true} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya, id := s.person("maya"), simulator.ID("s2s-na")
			path := "/connectors/" + id
			s.tenant.Faults.Always("POST /token", narrow("invalid_scope"))
			asked := maya.post(path, maya.edit(id, "version", "typed"))
			start, err := url.Parse(maya.get(asked.way("Sign in to ask for it")).location())
			check(t, err)
			refused := maya.get("/auth/callback?error=" + code + "&state=" + start.Query().Get("state"))
			equal(t, "the status", refused.status, http.StatusForbidden)
			contains(t, refused, "was not granted", writeScope, "You are still signed in")
			if strings.Contains(refused.body, "grant=write") {
				t.Error("the page leads to a sign-in that asks for the same again")
			}
			form := maya.get(refused.way("Back to where you were"))
			equal(t, "version", form.form(path).Get("version"), "typed")
			again := maya.post(path, form.form(path))
			equal(t, "the save", again.status, http.StatusForbidden)
			equal(t, "whether it leads to a sign-in that asks", strings.Contains(again.body, "grant=write"), asksAgain)
			equal(t, "a page meanwhile", maya.get("/connectors").status, http.StatusOK)
		})
	}
}

// TestReadScopeThatIsNotGranted: where Graph misses the permission that the provider left out of the sign-in, nobody is sent to
// ask for it again.
func TestReadScopeThatIsNotGranted(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	s.tenant.Faults.Always("POST /token", faults.Rewrite(func(answer *faults.Recorded) {
		answer.Body = *bytes.NewBuffer(bytes.ReplaceAll(answer.Body.Bytes(), []byte(readScope), nil))
	}))
	s.tenant.Faults.Always("GET "+graph.Collection, faults.Answer(graph.Problem{
		Status: 403, Code: "Forbidden", Nesting: 1, Text: "Application is not authorized to perform this operation. Application must have one of the following scopes: A, B",
	}))
	refused := s.person("tom").get("/connectors")
	equal(t, "the status", refused.status, http.StatusForbidden)
	contains(t, refused, "was not granted")
	if strings.Contains(refused.body, "/login") {
		t.Errorf("the page leads to a sign-in that asks for the same again: %s", refused)
	}
}
