package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/database"
	"switchboard/database/databasetest"
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
			contains(t, shown, `hx-get="/changes/`+change+"?look="+look+`"`, "load delay:5s", "Switchboard-Passive")
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
