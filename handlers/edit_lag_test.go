package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// rewritten has Graph's answers to a request say something else than is stored.
func (s *site) rewritten(key, pattern, with string) {
	s.tenant.Faults.Always(key, faults.Rewrite(func(answer *faults.Recorded) {
		body := regexp.MustCompile(pattern).ReplaceAllString(answer.Body.String(), with)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}))
}

// TestGraphLagsBehindASave: where reads show the values from before for minutes, the pages say so, claim nothing else, and
// the record has no outside change.
func TestGraphLagsBehindASave(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer faults.Fault
		first  []string // what the page after the save says
		never  string
	}{
		"nothing was returned":    {faults.NoContent(), []string{"no read has shown yet what it stored", "Graph still answers with the values from before the latest change."}, "returned"},
		"the object was returned": {nil, []string{"These are the values that Graph returned to the save. A later read still shows the values from before.", `data-value="EX02"`}, "no read has shown"},
	} {
		for script, headers := range map[string][]string{"plain": nil, "htmx": {"HX-Request", "true"}} {
			t.Run(name+", "+script, func(t *testing.T) {
				t.Parallel()
				clock := newClock()
				s := newSite(t, databasetest.SQLite(t), clock.with)
				maya, id := s.person("maya"), simulator.ID("s2s-na")
				path := "/connectors/" + id
				check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01")}))
				maya.get("/connectors")
				form := maya.edit(id, "serverName", "EX02")
				s.rewritten("GET "+graph.Collection+"/"+id, `"EX02"`, `"EX01"`)
				if test.answer != nil {
					s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, test.answer)
				}
				saved := maya.post(path, form, headers...)
				if headers == nil {
					equal(t, "the save", saved.status, http.StatusSeeOther)
					saved = maya.get(path)
				}
				if headers == nil || test.answer != nil {
					contains(t, saved, test.first...)
				}
				lacks(t, saved, "not changed through Switchboard", test.never)
				change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
				lacks(t, maya.get("/changes/"+change), test.never)
				for range 4 {
					clock.Add(2 * time.Minute)
					contains(t, maya.get(path), "Graph still answers with the values from before the latest change.", `data-value="EX01"`)
					maya.get("/connectors")
				}
				contains(t, maya.get(path+"/edit"), "Graph still answers with the values from before the latest change.")
				lacks(t, maya.get(path), "outside Switchboard")
				equal(t, "outside changes", strings.Count(maya.get("/audit.ndjson").body, `"action":"observed"`), 0)
				s.tenant.Faults.Clear()
				clock.Add(time.Minute)
				caught := maya.get(path)
				lacks(t, caught, "still answers", "outside Switchboard")
				contains(t, caught, `data-value="EX02"`)
			})
		}
	}
}

// TestACopyMayBeTwoChangesBehind: the pages say of it what they say of one that is one change behind.
func TestACopyMayBeTwoChangesBehind(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01")}))
	maya.get("/connectors")
	for _, server := range []string{"EX02", "EX03"} {
		clock.Add(2 * time.Second)
		equal(t, "a save", maya.post(path, maya.edit(id, "serverName", server)).status, http.StatusSeeOther)
		maya.get(path)
	}
	form := maya.edit(id, "version", "77")
	s.rewritten("GET "+graph.Collection+"/"+id, `"EX0[23]"`, `"EX01"`)
	contains(t, maya.get(path), "Graph still answers with the values from before the latest change.")
	contains(t, maya.get(path+"/edit"), "Graph still answers with the values from before the latest change.")
	lacks(t, maya.post(path+"/review", form), "Changed by others", "somebody changed")
	equal(t, "a save of another property", maya.post(path, form).status, http.StatusSeeOther)
	saved := maya.get(path)
	contains(t, saved, "A later read still shows the values from before.", `data-value="EX03"`)
	lacks(t, saved, "Others changed", "says something else")
}

func ptr(text string) *string { return &text }

// TestConflictWithAnOldCopy names the change of ours that Graph does not show, or that the form did not.
func TestConflictWithAnOldCopy(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01")}))
	equal(t, "the save", maya.post(path, maya.edit(id, "serverName", "EX02")).status, http.StatusSeeOther)
	late := maya.edit(id, "serverName", "EX03")
	s.rewritten("GET "+graph.Collection+"/"+id, `"EX02"`, `"EX01"`)
	met := maya.post(path, late)
	equal(t, "a save that reads an old copy", met.status, http.StatusConflict)
	contains(t, met, "Graph still shows what was there before this change", "EX02", "ticket 1")
	lacks(t, met, "not changed through Switchboard", "Someone changed")
	old := maya.edit(id, "serverName", "EX03")
	s.tenant.Faults.Clear()
	met = maya.post(path, old)
	equal(t, "a save of a form that shows an old copy", met.status, http.StatusConflict)
	contains(t, met, "ticket 1")
	lacks(t, met, "not changed through Switchboard")
}

// TestListAndCardDiffer: six visits in turn to a list and a card that differ write no line; a change made outside is told
// once, whichever shows it.
func TestListAndCardDiffer(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01")}))
		s.rewritten("GET "+graph.Collection, `"serverName":"[^"]*"`, `"serverName":null`)
		visits := func() int {
			for range 3 {
				for _, page := range []string{"/connectors", "/connectors/" + id, "/"} {
					clock.Add(2 * time.Second)
					equal(t, page, maya.get(page).status, http.StatusOK)
				}
			}
			return strings.Count(maya.get("/audit.ndjson").body, `"action":"observed"`)
		}
		equal(t, "outside changes", visits(), 0)
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX02")}))
		equal(t, "outside changes once the card shows one", visits(), 1)
		check(t, s.tenant.Graph.Set(id, map[string]*string{"version": ptr("theirs")}))
		equal(t, "outside changes once both show one", visits(), 2)
		contains(t, maya.get("/connectors/"+id), "Changed outside Switchboard")
	})
}

// TestNormalisedInDoubt: a change in doubt that Graph stored in another form is not said to be anybody's doing.
func TestNormalisedInDoubt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ property, asked, stored, says string }{
		"trimmed":      {connector.ServerName, " EX02 ", "EX02", "Graph shows what was asked for in another form."},
		"letter case":  {connector.PrimarySMTPAddress, "Intune@Contoso.com", "intune@contoso.com", "Graph shows what was asked for in another form."},
		"null as text": {connector.ServerName, "", "", "Graph shows what was asked for in another form."},
		"rounded":      {connector.LastSyncDateTime, "2026-11-24T10:12:31.4020000Z", "2026-11-24T10:12:31Z", "Graph shows neither the value from before nor the one asked for."},
		"a third":      {connector.ServerName, "EX02", "EX03", "Graph shows neither the value from before nor the one asked for."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya, id := s.person("maya"), simulator.ID("s2s-na")
			check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01")}))
			form := maya.edit(id, test.property, test.asked)
			late := maya.edit(id, test.property, map[bool]string{true: "2026-11-23T10:12:31Z", false: "EX09"}[test.property == connector.LastSyncDateTime])
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
				check(t, s.tenant.Graph.Set(id, map[string]*string{test.property: &test.stored}))
			}, faults.Reset()))
			lost := maya.post("/connectors/"+id, form)
			equal(t, "the save", lost.status, http.StatusAccepted)
			lacks(t, lost, "omeone else", "omebody else")
			change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
			found := maya.get("/changes/" + change)
			contains(t, found, `data-outcome="superseded"`, test.says, "a read does not tell")
			lacks(t, found, "omeone else", "omebody else", "vertaken", "y others")
			for _, page := range []string{"/connectors/" + id, "/changes"} {
				lacks(t, maya.get(page), "omeone else", "omebody else", "vertaken", "outside Switchboard")
			}
			met := maya.post("/connectors/"+id, late)
			equal(t, "a save of a form that was open meanwhile", met.status, http.StatusConflict)
			contains(t, met, "tried to edit 1 field", "/changes/"+change)
			lacks(t, met, "omeone else", "omebody else", "not changed through Switchboard")
		})
	}
}
