package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestIdleWarning: each page says how long the session lasts, staying signed in prolongs it, and what a page asks for by
// itself does not.
func TestIdleWarning(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya := s.person("maya")
		const header, passive = "Switchboard-Session", "Switchboard-Passive"
		contains(t, maya.get("/connectors"), `data-left="1800"`, `data-warn="120"`, `<dialog id="session"`)
		token := url.Values{"token": {maya.token()}}

		clock.Add(28 * time.Minute)
		watched := maya.get("/connectors", passive, "true", "HX-Request", "true")
		equal(t, "what a page asks for by itself", watched.status, http.StatusOK)
		equal(t, "what is left", watched.header.Get(header), "120")
		clock.Add(time.Minute)
		kept := maya.post("/sessions/keep", token)
		equal(t, "staying signed in", kept.status, http.StatusNoContent)
		equal(t, "what is left then", kept.header.Get(header), "1800")
		equal(t, "without a token", maya.post("/sessions/keep", nil).status, http.StatusForbidden)

		clock.Add(29 * time.Minute)
		for range 3 {
			maya.get("/connectors", passive, "true")
			clock.Add(20 * time.Second)
		}
		over := maya.get("/connectors", passive, "true", "HX-Request", "true")
		equal(t, "after the end, by itself", over.status, http.StatusNoContent)
		equal(t, "after the end", maya.get("/connectors").status, http.StatusSeeOther)
	})
}

// TestLastWarning: towards the longest that a session may last, nothing prolongs it, and the page is told so.
func TestLastWarning(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya := s.person("maya")
	for range 23 {
		clock.Add(20 * time.Minute)
		maya.get("/connectors")
	}
	equal(t, "what is left", maya.get("/connectors").header.Get("Switchboard-Session"), "1200; final")
}

// TestRoleTakenAway: a role that goes while a form is open stops its save, and nothing reaches Graph.
func TestRoleTakenAway(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		form := maya.edit(id, "version", "too late")
		check(t, s.tenant.Directory.Change("maya", func(p *simulator.Person) { p.Roles = []string{"Connector.Auditor"} }))
		clock.Add(6 * time.Minute) // what is older is read anew before a write
		refused := maya.post("/connectors/"+id, form)
		equal(t, "the status", refused.status, http.StatusForbidden)
		contains(t, refused, "Which gate is closed")
		equal(t, "PATCH requests", s.patches(), 0)
		contains(t, refused, "Auditor, from Connector.Auditor")
		equal(t, "what is left of the role", maya.get("/connectors").status, http.StatusOK)
		denied := s.lines(db, audit.Filter{Action: audit.Denied})
		if len(denied) != 1 || denied[0].Connector != id || denied[0].Reason != "POST /connectors/:id" || !slices.Equal(denied[0].Actor.Claims, []string{"Connector.Auditor"}) {
			t.Errorf("denials of the record: %+v, want the save with the roles of now", denied)
		}
	})
}

// TestRoleGoneAtARefresh: the page whose refresh brings the news is not shown any more with the roles of before.
func TestRoleGoneAtARefresh(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with, func(set *setting) { set.tenant.TokenLife = 20 * time.Minute })
	for _, page := range []string{"/connectors", "/", "/connectors/" + simulator.ID("s2s-na")} {
		check(t, s.tenant.Directory.Change("tom", func(p *simulator.Person) { p.Roles = []string{"Connector.Helpdesk"} }))
		tom := s.person("tom")
		check(t, s.tenant.Directory.Change("tom", func(p *simulator.Person) { p.Roles = nil }))
		clock.Add(16 * time.Minute)
		equal(t, page, tom.get(page).status, http.StatusForbidden)
	}
}

// TestSessions lists where somebody is signed in and ends the others.
func TestSessions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		here, there, third, priya := s.person("maya"), s.person("maya"), s.person("maya"), s.person("priya")
		list := here.get("/sessions")
		contains(t, list, "This one", `action="/sessions/others/end"`)
		other := there.sessionID()
		equal(t, "another person's", priya.post("/sessions/"+other+"/end", url.Values{"token": {priya.token()}}).status, http.StatusNotFound)
		equal(t, "it", there.get("/connectors").status, http.StatusOK)
		equal(t, "one of mine", here.post("/sessions/"+other+"/end", url.Values{"token": {here.token()}}).status, http.StatusSeeOther)
		equal(t, "the one ended", there.get("/connectors").status, http.StatusSeeOther)
		equal(t, "all others", here.post("/sessions/others/end", url.Values{"token": {here.token()}}).status, http.StatusSeeOther)
		equal(t, "the third", third.get("/connectors").status, http.StatusSeeOther)
		equal(t, "this one", here.get("/connectors").status, http.StatusOK)
		equal(t, "another person's", priya.get("/connectors").status, http.StatusOK)
	})
}

// TestSessionsThatAreOver: one that had come to its end is not among those that are ended.
func TestSessionsThatAreOver(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		over := s.person("maya").sessionID()
		s.person("maya")
		clock.Add(31 * time.Minute)
		here := s.person("maya")
		s.person("maya")
		form := url.Values{"token": {here.token()}}
		equal(t, "one that is over", here.post("/sessions/"+over+"/end", form).status, http.StatusNotFound)
		equal(t, "all others", here.post("/sessions/others/end", form).status, http.StatusSeeOther)
		lines := s.lines(db, audit.Filter{Action: audit.SignOut})
		if len(lines) != 1 || lines[0].Reason != "other sessions ended: 1" {
			t.Errorf("sign-outs of the record: %+v, want one session", lines)
		}
	})
}

// TestRolesOfTheRecordsReader: who reads nothing but the record asks Graph nothing, and loses the role within an hour
// nevertheless. A provider that is away takes it from nobody.
func TestRolesOfTheRecordsReader(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with, func(set *setting) { set.idle = 4 * time.Hour })
	ruth := s.person("ruth")
	check(t, s.tenant.Directory.Change("ruth", func(p *simulator.Person) { p.Roles = []string{"Connector.Helpdesk"} }))
	clock.Add(59 * time.Minute)
	equal(t, "within the hour", ruth.get("/audit").status, http.StatusOK)
	clock.Add(2 * time.Minute)
	s.tenant.Faults.Next("POST /token", faults.Status(http.StatusServiceUnavailable, "", ""))
	equal(t, "while the provider is away", ruth.get("/audit").status, http.StatusOK)
	clock.Add(time.Minute)
	equal(t, "after the hour", ruth.get("/audit").status, http.StatusForbidden)
	equal(t, "what the new role sees", ruth.get("/connectors").status, http.StatusOK)
}

// TestOutdatedRoles: at a provider that refreshes without an ID token a form that is saved an hour after the sign-in leads,
// by a link, through another one, which brings the roles of then and ends in the form.
func TestOutdatedRoles(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with, func(set *setting) { set.idle = 4 * time.Hour })
		s.tenant.Faults.Always("POST /token", withoutIDToken)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		clock.Add(61 * time.Minute)
		form := maya.edit(id, "version", "typed")
		for range 2 {
			refused := maya.post(path, form)
			equal(t, "the status", refused.status, http.StatusForbidden)
			contains(t, refused, "Your role has to be confirmed", "kept")
			equal(t, "the link", keyless(refused.way("Sign in to confirm")), "/login")
		}
		equal(t, "PATCH requests", s.patches(), 0)
		equal(t, "a page meanwhile", maya.get("/connectors").status, http.StatusOK)

		back := maya.through(maya.get("/login"), "maya")
		equal(t, "where the sign-in leads", back.from.Path, path+"/edit")
		equal(t, "version", back.form(path).Get("version"), "typed")
		equal(t, "the save", maya.post(path, back.form(path)).status, http.StatusSeeOther)
		equal(t, "PATCH requests afterwards", s.patches(), 1)
	})
}

// TestGivingUpNeedsTheRoleOfNow: closing a change in doubt sends nothing to Graph, and needs the role as a save does.
func TestGivingUpNeedsTheRoleOfNow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		after  time.Duration
		token  faults.Fault // of the refresh, nil for a good one
		words  []string
		denied int // lines of the record
	}{
		{"a role that was taken away", 6 * time.Minute, nil, []string{"You may not edit connectors"}, 1},
		{"a role that only a sign-in confirms", 61 * time.Minute, withoutIDToken, []string{"Your role has to be confirmed", `href="/login?back=`}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock, db := newClock(), databasetest.SQLite(t)
			s := newSite(t, db, clock.with, func(set *setting) { set.idle = 4 * time.Hour })
			maya, id := s.person("maya"), simulator.ID("s2s-na")
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Reset())
			lost := maya.post("/connectors/"+id, maya.edit(id, "version", "lost"))
			equal(t, "a save whose answer is lost", lost.status, http.StatusAccepted)
			change := s.lines(db, audit.Filter{Action: audit.Edit})[0].ID
			check(t, s.tenant.Directory.Change("maya", func(p *simulator.Person) { p.Roles = []string{"Connector.Auditor"} }))
			if test.token != nil {
				s.tenant.Faults.Always("POST /token", test.token)
			}
			clock.Add(test.after)
			refused := maya.post("/changes/"+change+"/close", url.Values{"token": {maya.token()}, "reason": {"asked Intune"}})
			equal(t, "the status", refused.status, http.StatusForbidden)
			contains(t, refused, test.words...)
			equal(t, "lines about its end", len(s.lines(db, audit.Filter{Action: audit.Resolved})), 0)
			equal(t, "denials of the record", len(s.lines(db, audit.Filter{Action: audit.Denied})), test.denied)
		})
	}
}

// withoutIDToken takes the ID token out of a refresh's answer, as OpenID Connect Core 1.0 section 12.2 lets a provider do.
func withoutIDToken(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.ParseForm() != nil || r.PostForm.Get("grant_type") != "refresh_token" {
		next.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) == nil {
		delete(body, "id_token")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.Code)
	_ = json.NewEncoder(w).Encode(body) // a caller that has gone is no concern of ours
}
