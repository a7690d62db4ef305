package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestDoubtIsWatchedByItsPage: the receipt of a change in doubt asks by itself what is known by now, and has its page read
// again once that is settled; on the connector's page the receipt then stands once more. Asking keeps no session alive.
func TestDoubtIsWatchedByItsPage(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		id := simulator.ID("s2s-na")
		form := maya.edit(id, "version", "2")
		tom.get("/connectors/" + id) // so that there is something to show while Graph is down
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
			s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
		}, faults.LoseAnswer()))
		lost := maya.post("/connectors/"+id, form)
		equal(t, "the save", lost.status, http.StatusAccepted)
		change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
		pages := map[string]string{"/changes/" + change: "change", "/connectors/" + id: "connector"}
		contains(t, lost, `hx-get="/changes/`+change+`?look=change"`)
		for page, look := range pages {
			shown := tom.get(page)
			contains(t, shown, `hx-get="/changes/`+change+"?look="+look+`"`, "every 5s", "Switchboard-Passive")
			still := tom.get("/changes/"+change+"?look="+look, "HX-Request", "true", "Switchboard-Passive", "true")
			equal(t, "the look", still.status, http.StatusOK)
			contains(t, still, "so far. Reading changes nothing", "?look="+look)
			if strings.Contains(still.body, "<h1") || strings.Contains(still.body, "<form") {
				t.Errorf("a look replaces more than what is known: %s", still)
			}
		}
		contains(t, tom.get("/changes/"+change+"?look=change"), "<h1") // without htmx it is the page
		s.tenant.Faults.Clear()
		for page, look := range pages {
			settled := tom.get("/changes/"+change+"?look="+look, "HX-Request", "true", "Switchboard-Passive", "true")
			contains(t, settled, `hx-get="`+page+`"`, `hx-trigger="load"`, "Stored after all")
			contains(t, tom.get(page), `data-outcome="applied_observed"`)
		}
	})
}

// TestGivingUpSaysNoMoreThanIsKnown: the receipt of a change that was given up claims nothing about what Graph stored.
func TestGivingUpSaysNoMoreThanIsKnown(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	form := maya.edit(id, "version", "lost")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Reset())
	equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusAccepted)
	change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
	still := maya.post("/changes/"+change+"/check", map[string][]string{"token": {maya.token()}})
	equal(t, "'Check now' while nobody knows", still.status, http.StatusAccepted)
	s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
	closed := maya.post("/changes/"+change+"/close", map[string][]string{"token": {maya.token()}, "reason": {"asked Intune"}})
	equal(t, "giving up", closed.status, http.StatusSeeOther)
	receipt := maya.get("/changes/" + change)
	contains(t, receipt, `data-outcome="superseded"`, "Given up", "given up by", "asked Intune")
	contains(t, maya.get("/audit?action=resolved"), "Gave up on a change", "asked Intune", "Never found out")
	if strings.Contains(receipt.body, "Another value") || strings.Contains(receipt.body, "Graph shows neither") {
		t.Error("the receipt claims what nobody saw")
	}
}

// TestGivingUpWhileGraphIsDown is when one gives up: the receipt says so, though the connector cannot be shown.
func TestGivingUpWhileGraphIsDown(t *testing.T) {
	t.Parallel()
	for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
		s := newSite(t, databasetest.SQLite(t))
		maya, priya := s.person("maya"), s.person("priya")
		id := simulator.ID("s2s-na")
		form := maya.edit(id, "version", "2")
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
			s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
		}, faults.Reset()))
		equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusAccepted)
		change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
		closing := priya.get("/changes/" + change).form("/changes/" + change + "/close")
		closing.Set("reason", "Graph is down")
		given := priya.post("/changes/"+change+"/close", closing, headers...)
		if headers == nil {
			equal(t, "where it leads", given.header.Get("Location"), "/connectors/"+id)
			given = priya.get("/connectors/" + id)
		}
		equal(t, "the status", given.status, http.StatusOK)
		contains(t, given, `data-outcome="superseded"`, "Graph is down")
	}
}

// TestBeingSentIsNotInDoubt: while Graph has not answered yet, nothing claims that nobody knows; once it is lost, all does.
func TestBeingSentIsNotInDoubt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		id := simulator.ID("hosted-na")
		claims := map[string]string{"/": "1 change is in doubt.", "/connectors": "Change in doubt", "/changes": "1 change in doubt"}
		form := maya.edit(id, "version", "2")
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
			for path, claim := range claims {
				if sent := tom.get(path); strings.Contains(sent.body, claim) {
					t.Errorf("%s says %q while the change is being sent", path, claim)
				}
			}
			contains(t, tom.get("/changes"), "Being sent")
			contains(t, tom.get("/connectors/"+id), `data-outcome="pending"`)
		}, faults.Reset()))
		equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusAccepted)
		for path, claim := range claims {
			contains(t, tom.get(path), claim)
		}
	})
}
