package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestLateForm: a form that arrives after its session's idle end is kept for the person, and fills the form after they
// have signed in again, without script too.
func TestLateForm(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		form := maya.edit(id, "version", "typed late")
		clock.Add(31 * time.Minute)

		late := maya.post(path, form)
		equal(t, "the status", late.status, http.StatusSeeOther)
		equal(t, "where it leads", late.leads(), "/signed-out?form=kept")
		ended := maya.follow("GET", late.location(), nil)
		contains(t, ended, "Your session has ended", "What you typed is kept")
		equal(t, "the session", maya.get("/connectors").status, http.StatusSeeOther)

		back := maya.through(maya.get(ended.way("Sign in")), "maya")
		equal(t, "where the sign-in leads", back.from.Path, path+"/edit")
		equal(t, "version", back.form(path).Get("version"), "typed late")

		dropped := maya.post(path+"/edit/drop", url.Values{"token": {maya.token()}})
		equal(t, "where dropping leads", dropped.header.Get("Location"), path+"/edit")
		if got := maya.get(path + "/edit").form(path).Get("version"); got == "typed late" {
			t.Error("the draft is still there after it was dropped")
		}
		equal(t, "PATCH requests", s.patches(), 0)
	})
}

// TestLateFormIsNobodyElses: only the form of that very session is kept, only for its person, and only for a while.
func TestLateFormIsNobodyElses(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	for _, test := range []struct {
		name   string
		forge  func(url.Values)
		after  time.Duration // from the sign-in to the form
		wait   time.Duration // from the form to the next sign-in
		opener string
		want   string // where the form leads
		kept   bool
	}{
		{"their own", func(url.Values) {}, 31 * time.Minute, 0, "maya", "kept", true},
		{"another person opens the form", func(url.Values) {}, 31 * time.Minute, 0, "priya", "kept", false},
		{"a forged token", func(form url.Values) { form.Set("token", strings.Repeat("A", 86)) }, 31 * time.Minute, 0, "maya", "lost", false},
		{"too long after the end", func(url.Values) {}, 47 * time.Minute, 0, "maya", "lost", false},
		{"opened half an hour later", func(url.Values) {}, 31 * time.Minute, 31 * time.Minute, "maya", "kept", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			s := newSite(t, databasetest.SQLite(t), clock.with)
			maya := s.person("maya")
			form := maya.edit(id, "version", "typed late")
			clock.Add(test.after)
			test.forge(form)
			equal(t, "where the form leads", maya.post(path, form).leads(), "/signed-out?form="+test.want)
			clock.Add(test.wait)
			got := s.person(test.opener).get(path + "/edit").form(path).Get("version")
			equal(t, "whether it is in the form", got == "typed late", test.kept)
		})
	}
}

// TestDraftMeetsAnotherChange: what somebody else changed meanwhile is not overwritten by a draft, but shown.
func TestDraftMeetsAnotherChange(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	form := maya.edit(id, "version", "mine")
	clock.Add(31 * time.Minute)
	maya.post(path, form)
	priya := s.person("priya")
	equal(t, "the other save", priya.post(path, priya.edit(id, "version", "theirs")).status, http.StatusSeeOther)

	back := maya.through(maya.get("/login"), "maya")
	contains(t, back, "The connector has changed since")
	clash := maya.post(path, back.form(path))
	equal(t, "the save", clash.status, http.StatusConflict)
	contains(t, clash, `data-conflict="version"`, "theirs", "mine")
	equal(t, "PATCH requests", s.patches(), 1)
}

// TestLateFormOfAnEndedSession: where nobody knows whose form it was, the page says what can still be done.
func TestLateFormOfAnEndedSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	form := maya.edit(id, "version", "typed late")
	thief := maya.copy()
	maya.post("/logout", url.Values{"token": {maya.token()}})
	late := thief.post("/connectors/"+id, form)
	equal(t, "where it leads", late.header.Get("Location"), "/signed-out?form=lost")
	contains(t, thief.get("/signed-out?form=lost"), "go back one page", `href="/login"`)
	steered := thief.post("/connectors/"+id, form, "HX-Request", "true", "HX-Current-URL", s.url.String()+"/connectors/"+id+"/edit")
	equal(t, "htmx", steered.status, http.StatusUnauthorized)
	equal(t, "where htmx goes", steered.header.Get("HX-Redirect"), "/login")
	back := thief.through(thief.get("/login"), "maya")
	equal(t, "where the sign-in leads", back.from.Path, "/connectors/"+id+"/edit")
}

// TestFormsOfNobody: whoever sends a form without a session is told that it did nothing, and not that they signed out.
func TestFormsOfNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for _, path := range []string{"/connectors/" + simulator.ExampleID + "/sync", "/changes/" + uuid.NewString() + "/close"} {
		sent := s.visitor().post(path, url.Values{"reason": {"typed"}})
		equal(t, path, sent.header.Get("Location"), "/signed-out?form=lost")
	}
}
