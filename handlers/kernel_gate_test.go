package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestDenialsNameTheConnector: the record tells which connector somebody was kept from, as far as they asked for one, once
// a minute for each route. The connector's own history, which everybody sees, does not.
func TestDenialsNameTheConnector(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock() // stands, so all is one minute
		s := newSite(t, db, clock.with)
		tom, id := s.person("tom"), simulator.ID("s2s-na")
		for _, path := range []string{"/connectors/" + id + "/edit", "/connectors/another/edit", "/audit"} {
			equal(t, path, tom.get(path).status, http.StatusForbidden)
		}
		equal(t, "a form", tom.post("/connectors/%00", nil).status, http.StatusForbidden)
		maya := s.person("maya")
		equal(t, "a save", maya.post("/connectors/"+id, maya.edit(id, "version", "2")).status, http.StatusSeeOther)
		equal(t, "a change of it", tom.get("/changes/"+s.lines(db, audit.Filter{Action: audit.Edit})[0].ID+"/revert").status, http.StatusForbidden)
		equal(t, "no change", tom.post("/changes/none/close", nil).status, http.StatusForbidden)
		var got []string
		for _, line := range s.lines(db, audit.Filter{Action: audit.Denied}) {
			got = append(got, line.Reason+" "+line.Connector)
		}
		want := []string{"GET /connectors/:id/edit " + id, "GET /audit ", "POST /connectors/:id ", "GET /changes/:change/revert " + id, "POST /changes/:change/close "}
		equal(t, "lines about refusals", len(got), len(want))
		for i := range min(len(got), len(want)) {
			equal(t, "a line", got[i], want[i])
		}
		equal(t, "lines about the connector", len(s.lines(db, audit.Filter{Connector: id, Action: audit.Denied})), 2)
		if history := tom.get("/connectors/" + id).body; strings.Contains(history, "GET /connectors/:id/edit") {
			t.Error("the connector's history tells whom the site refused")
		}
	})
}
