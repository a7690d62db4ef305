package handlers_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestAdminsEndOthersSessions: they see whose sessions there are, from where and since when, and end one, which is recorded as
// theirs. Nobody else may, and one that is not there is nobody's.
func TestAdminsEndOthersSessions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, func(set *setting) { set.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
		maya, tom, ruth := s.person("maya"), s.visitor(), s.person("ruth")
		login := tom.follow("GET", tom.get("/login").location(), nil)
		picked := tom.follow("POST", login.location(), url.Values{"person": {"tom"}})
		equal(t, "tom's sign-in", tom.follow("GET", picked.location(), nil, "X-Forwarded-For", "203.0.113.9").status, http.StatusSeeOther)

		list := maya.get("/sessions/all")
		contains(t, list, `data-session="`+tom.sessionID()+`"`, "Tom", "helpdesk", "203.0.113.9", "This one", "Ruth", "auditor")
		contains(t, maya.get("/sessions"), `href="/sessions/all"`)
		lacks(t, tom.get("/sessions"), "/sessions/all")
		end := "/sessions/all/" + tom.sessionID() + "/end"
		for _, other := range []*visitor{tom, ruth} {
			equal(t, "another role looks", other.get("/sessions/all").status, http.StatusForbidden)
			equal(t, "another role ends", other.post(end, url.Values{"token": {other.token()}}).status, http.StatusForbidden)
		}
		form := url.Values{"token": {maya.token()}}
		equal(t, "without a token", maya.post(end, nil).status, http.StatusForbidden)
		equal(t, "one that is not there", maya.post("/sessions/all/none/end", form).status, http.StatusNotFound)
		equal(t, "tom, still", tom.get("/connectors").status, http.StatusOK)

		ended := maya.post(end, form)
		equal(t, "the end", ended.status, http.StatusSeeOther)
		equal(t, "where it leads", ended.header.Get("Location"), "/sessions/all")
		equal(t, "tom", tom.get("/connectors").status, http.StatusSeeOther)
		equal(t, "the second time", maya.post(end, form).status, http.StatusNotFound)
		lines := s.lines(db, audit.Filter{Action: audit.SignOut})
		if len(lines) != 1 || !strings.HasPrefix(lines[0].Actor.Name, "Maya") || !strings.HasPrefix(lines[0].Reason, "session of Tom") {
			t.Errorf("sign-outs of the record: %+v, want one of Maya's with Tom in its reason", lines)
		}
	})
}

// TestSessionsPerPersonAreRecorded: the one that a further sign-in ends is a sign-out that says why.
func TestSessionsPerPersonAreRecorded(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db, func(set *setting) { set.perPerson = 1 })
	first, other := s.person("maya"), s.person("tom")
	second := s.person("maya")
	equal(t, "the first", first.get("/connectors").status, http.StatusSeeOther)
	equal(t, "the second", second.get("/connectors").status, http.StatusOK)
	equal(t, "another person's", other.get("/connectors").status, http.StatusOK)
	lines := s.lines(db, audit.Filter{Action: audit.SignOut})
	if len(lines) != 1 || !strings.Contains(lines[0].Reason, "sessions.per_person") {
		t.Errorf("sign-outs of the record: %+v", lines)
	}
}
