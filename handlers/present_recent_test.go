package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

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

// TestANameThatIsCutOffCountsNothing: a list of what happened has only the beginning of a long name, so it cannot say how much is left.
func TestANameThatIsCutOffCountsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	check(t, s.tenant.Graph.Set(id, map[string]*string{"exchangeAlias": ptr(strings.Repeat("👩\u200d👩\u200d👧", 60))}))
	maya.rename(id, "version", "2026.11.1")
	root, err := html.Parse(strings.NewReader(maya.get("/").body))
	check(t, err)
	named := 0
	for node := range root.Descendants() {
		if slices.Contains(strings.Fields(attribute(node, "class")), "event-connector") {
			named++
			equal(t, text(node), strings.HasSuffix(text(node), "…") && !strings.Contains(text(node), "more"), true)
		}
	}
	equal(t, "that a connector is named", named > 0, true)
	for _, path := range []string{"/", "/connectors?q=s2s", "/search?q=s2s"} {
		shown := maya.get(path, "HX-Request", "true")
		contains(t, shown, "👩\u200d👩")
		lacks(t, shown, " more characters")
	}
	review := maya.reviewed([]string{"s2s-na"}, "set.version", "on", "version", "9.9")
	contains(t, review, "👩\u200d👩")
	lacks(t, review, " more characters")
}
