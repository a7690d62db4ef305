package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// liveDiff asks for the list of changes as the edit form does while one types.
func (v *visitor) liveDiff(id string, form url.Values, headers ...string) page {
	v.site.t.Helper()
	return v.post("/connectors/"+id+"/review?part=diff", form, append([]string{"HX-Request", "true", "HX-Request-Type", "partial"}, headers...)...)
}

// TestLiveDiff: the list is what the form would change, with what Graph could not be asked for in the review's words. It is a
// part and no page, asks neither Graph nor the provider, wants no reason, and leaves the form as good as it was.
func TestLiveDiff(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	form := maya.edit(id, "version", "<b>typed</b>", "lastSyncDateTime", "yesterday", "reason", "")
	before := len(s.tenant.Requests())

	list := maya.liveDiff(id, form)
	equal(t, "the status", list.status, http.StatusOK)
	contains(t, list, "2 changes, 1 to correct", "&lt;b&gt;typed&lt;/b&gt;", "yesterday", "<del>", "<ins>", "Against what this form showed at")
	for _, chrome := range []string{"<html", "<title", "<h1", "<main", "<form", "<input", "hx-", "role=\"alert\"", "<b>"} {
		if strings.Contains(list.body, chrome) {
			t.Errorf("the list holds %s: %s", chrome, list.body)
		}
	}
	const fault = "Enter a date that exists, with seconds and an offset"
	contains(t, list, fault)
	if !slices.Contains(list.header.Values("Vary"), "HX-Request, HX-Request-Type, HX-History-Restore-Request") {
		t.Errorf("Vary is %q", list.header.Values("Vary"))
	}
	if list.header.Get("Switchboard-Session") == "" {
		t.Error("the list does not tell how long the session lasts")
	}
	form.Set("lastSyncDateTime", "2026-11-24T10:12:31.4020000Z")
	mended := maya.liveDiff(id, form)
	contains(t, mended, "2 changes<")
	if strings.Contains(mended.body, fault) {
		t.Error("the fault is still there when it is mended")
	}
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)

	form.Set("lastSyncDateTime", "yesterday")
	reviewed := maya.post(path+"/review", form)
	equal(t, "the review of the fault", reviewed.status, http.StatusUnprocessableEntity)
	contains(t, reviewed, fault)
	form.Set("lastSyncDateTime", "2026-11-24T10:12:31.4020000Z")
	form.Set("reason", "ticket 1")
	equal(t, "the save of the same form", maya.post(path, form).status, http.StatusSeeOther)
	equal(t, "PATCH requests", s.patches(), 1)
}

// TestLiveDiffIsGuarded: whoever may not review, or sends what no form of theirs holds, is answered as by the review.
func TestLiveDiffIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	id := simulator.ID("s2s-na")
	maya := s.person("maya")
	form := maya.edit(id, "version", "typed")
	with := func(name, value string) url.Values {
		changed := url.Values{name: {value}}
		for key, values := range form {
			if key != name {
				changed[key] = values
			}
		}
		return changed
	}
	tom, ruth, priya := s.person("tom"), s.person("ruth"), s.person("priya")
	for _, test := range []struct {
		name    string
		sender  *visitor
		form    url.Values
		headers []string
		want    int
	}{
		{"helpdesk", tom, with("token", tom.token()), nil, 403},
		{"auditor", ruth, with("token", ruth.token()), nil, 403},
		{"another session's form", priya, form, nil, 403},
		{"no token", maya, with("token", ""), nil, 403},
		{"another site", maya, form, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a foreign origin", maya, form, []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, 403},
		{"another host", maya, form, []string{"Host", "evil.example"}, 421},
		{"signed out", s.visitor(), form, nil, 401},
		{"an unknown field", maya, with("isAdmin", "true"), nil, 400},
		{"no state", maya, with("state", ""), nil, 400},
		{"another connector's form", maya, with("state", maya.edit(simulator.ID("s2s-emea")).Get("state")), nil, 400},
	} {
		list := test.sender.liveDiff(id, test.form, test.headers...)
		equal(t, test.name, list.status, test.want)
		reviewed := test.sender.post("/connectors/"+id+"/review", test.form, append([]string{"HX-Request", "true"}, test.headers...)...)
		equal(t, test.name+", the review", reviewed.status, test.want)
		if strings.Contains(list.body, "typed") {
			t.Errorf("%s: the list is shown: %s", test.name, list)
		}
	}
}

// TestLiveDiffIsForHtmx: the same address asked by a plain form is the review, and so is any other part.
func TestLiveDiffIsForHtmx(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	form := maya.edit(id, "version", "typed")
	path := "/connectors/" + id + "/review"
	for name, got := range map[string]page{
		"a plain form":  maya.post(path+"?part=diff", form),
		"a whole page":  maya.liveDiff(id, form, "HX-Request-Type", "full"),
		"another part":  maya.post(path+"?part=all", form, "HX-Request", "true"),
		"a part of two": maya.post(path+"?part=diff", form, "HX-Request", ""),
	} {
		equal(t, name, got.status, http.StatusOK)
		contains(t, got, "Review 1 change</h1>")
	}
}

// TestLiveDiffWithoutSession: what was typed when the session had ended is kept, and waits in the form after the sign-in.
func TestLiveDiffWithoutSession(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	form := maya.edit(id, "version", "typed late")

	clock.Add(20 * time.Minute)
	equal(t, "a list within the session", maya.liveDiff(id, form).status, http.StatusOK)
	clock.Add(20 * time.Minute) // asking for the list was activity
	equal(t, "the list after it", maya.liveDiff(id, form).status, http.StatusOK)

	clock.Add(31 * time.Minute)
	late := maya.liveDiff(id, form)
	equal(t, "the status", late.status, http.StatusUnauthorized)
	equal(t, "where htmx goes", late.header.Get("HX-Redirect"), "/login")
	equal(t, "the body", late.body, "")
	back := maya.through(maya.get("/login"), "maya")
	equal(t, "where the sign-in leads", back.from.Path, path+"/edit")
	equal(t, "version", back.form(path).Get("version"), "typed late")
	equal(t, "the list of the kept form", back.list(), listed(maya.liveDiff(id, back.form(path))))
	equal(t, "PATCH requests", s.patches(), 0)
}

// TestLiveDiffOfEveryForm: however a form came to be filled, the list that is drawn with it is the one that is asked for.
func TestLiveDiffOfEveryForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	equal(t, "the first save", maya.post(path, maya.edit(id, "version", "mine")).status, http.StatusSeeOther)
	change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
	faulty := maya.edit(id, "status", "on fire", "version", "")
	theirs := "theirs"

	forms := map[string]page{
		"untouched":            maya.get(path + "/edit"),
		"put back":             maya.get("/changes/" + change + "/revert"),
		"at fault":             maya.post(path, faulty),
		"back from the review": maya.post(path+"/review?back=form", maya.edit(id, "version", "reviewed")),
	}
	stale := maya.edit(id, "version", "yours")
	check(t, s.tenant.Graph.Set(id, map[string]*string{"version": &theirs}))
	clash := maya.post(path, stale)
	equal(t, "the conflict", clash.status, http.StatusConflict)
	forms["back from a conflict"] = maya.post(path+"/review?back=form", clash.form(path))
	for name, want := range map[string]string{
		"untouched": "No changes", "put back": "1 change", "at fault": "2 changes, 1 to correct", "back from the review": "reviewed",
		"back from a conflict": "yours",
	} {
		shown := forms[name]
		form := shown.form(path)
		if name == "at fault" {
			form.Set("status", "on fire") // no choice of the form, which keeps what is held
		}
		list := listed(maya.liveDiff(id, form))
		equal(t, name, shown.list(), list)
		if !strings.Contains(list, want) {
			t.Errorf("%s: the list lacks %q: %s", name, want, list)
		}
	}
}

// list is what the page's form shows of its changes.
func (p page) list() string {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for node := range root.Descendants() {
		if has(node, "data-live") {
			return strings.Join(strings.Fields(text(node)), " ")
		}
	}
	p.t.Fatalf("no list of changes: %s", p)
	return ""
}

// listed is the text of a list that was asked for.
func listed(p page) string {
	p.t.Helper()
	equal(p.t, "the list's status", p.status, http.StatusOK)
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	return strings.Join(strings.Fields(text(root)), " ")
}
