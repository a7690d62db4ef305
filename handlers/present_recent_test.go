package handlers_test

import (
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestRunIsToldAsOne: the latest changes tell a run as one, whatever its size, a connector's history its own part of it, and the audit
// log each line; all of them lead to the run.
func TestRunIsToldAsOne(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, working)
		maya := s.person("maya")
		before := simulator.ID("hosted-na")
		maya.post("/connectors/"+before, maya.edit(before, "version", "16.1"))
		review := maya.reviewed(threeNames, "set.version", "on", "version", "9.9")
		run := maya.started(review, "three at once").header.Get("Location")
		maya.awaitRun(run, "done")
		overview := maya.get("/").body
		equal(t, "tellings of the run", strings.Count(overview, "edited 3 connectors in"), 1)
		if !strings.Contains(overview, "edited 1 field") {
			t.Error("the change before the run is not told")
		}
		for path, words := range map[string]string{
			"/connectors/" + simulator.ID(threeNames[0]): "edited 1 field",
			"/audit?action=bulk_edit":                    "Edited 1 field",
		} {
			page := maya.get(path).body
			if !strings.Contains(page, words) || !strings.Contains(page, `href="`+run+`">a run</a>`) {
				t.Errorf("%s does not tell of the run", path)
			}
		}
		id := strings.TrimPrefix(run, "/bulk/")
		contains(t, page{t: t, body: maya.get("/audit/evidence.zip").packed("report.html")},
			"edited 3 connectors in one run: 3 stored.", "in the run <span class=\"soft value\">"+id, "three at once")
	})
}
