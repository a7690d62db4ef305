package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// spelt has Graph spell an id otherwise in its answers to one request.
func (s *site) spelt(key, id, otherwise string) {
	s.tenant.Faults.Always(key, faults.Rewrite(func(answer *faults.Recorded) {
		body := strings.ReplaceAll(answer.Body.String(), id, otherwise)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}))
}

// TestIDsAreGUIDs: whoever spells an id in capitals, a person, the list, a read or the answer to a save, means the same
// connector, and it is shown as Graph sent it first.
func TestIDsAreGUIDs(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		capitals := strings.ToUpper(id)
		maya.get("/connectors")
		for _, key := range []string{"GET " + graph.Collection + "/" + id, "PATCH " + graph.Collection + "/" + id} {
			s.spelt(key, id, capitals)
		}
		contains(t, maya.get("/connectors/"+capitals), `data-connector-id="`+id+`"`)
		form := maya.get("/connectors/" + capitals + "/edit").form("/connectors/" + id)
		form.Set("reason", "in capitals")
		form.Set("serverName", "EX07")
		review := maya.post("/connectors/"+capitals+"/review", form)
		equal(t, "the review", review.status, http.StatusOK)
		lacks(t, review, "of theirs", "Changed by others")
		saved := maya.post("/connectors/"+capitals, form)
		equal(t, "the save", saved.status, http.StatusSeeOther)
		page := maya.get("/connectors/" + capitals)
		contains(t, page, `data-connector-id="`+id+`"`, `data-outcome="applied"`, `data-value="EX07"`, "in capitals")
		lacks(t, page, "Others changed", "something else")
		equal(t, "the form again", maya.post("/connectors/"+id, form).status, http.StatusSeeOther)
		equal(t, "PATCH requests", s.patches(), 1)
		contains(t, maya.get("/connectors/"+capitals), `data-outcome="applied"`)
		contains(t, maya.get("/connectors"), id)
		lacks(t, maya.get("/connectors"), capitals)

		form = maya.edit(id, "serverName", "EX08")
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
			s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
		}, faults.LoseAnswer()))
		lost := maya.post("/connectors/"+id, form)
		equal(t, "a lost save", lost.status, http.StatusAccepted)
		contains(t, maya.get("/connectors/"+capitals), `data-outcome="in_doubt"`)
		for _, spelt := range []string{id, capitals} {
			contains(t, maya.get("/audit?connector="+spelt), "in capitals")
			equal(t, "lines in the export for "+spelt, strings.Count(maya.get("/audit.ndjson?connector="+spelt).body, `"action":"edit"`), 4)
		}
		var sightings int
		check(t, db.QueryRowContext(context.Background(), "SELECT count(*) FROM sightings WHERE lower(connector) = $1", id).Scan(&sightings))
		equal(t, "sightings", sightings, 1)
	})
}

// TestFirstSpellingStays: an id is shown as Graph sent it first, which was in capitals here, on whichever instance.
func TestFirstSpellingStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	capitals := strings.ToUpper(id)
	s.spelt("GET "+graph.Collection+"/"+id, id, capitals)
	contains(t, maya.get("/connectors/"+id), `data-connector-id="`+capitals+`"`)
	s.tenant.Faults.Clear()
	contains(t, maya.get("/connectors/"+id), `data-connector-id="`+capitals+`"`)
	contains(t, maya.get("/connectors"), "href=/connectors/"+capitals+">")
}
