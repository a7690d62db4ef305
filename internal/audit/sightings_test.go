package audit_test

import (
	"os"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestThatSightingsAreMarkedIsKeptOutside from then on, whatever else the file is written for, and by instances that did not know.
func TestThatSightingsAreMarkedIsKeptOutside(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.note(2)
		other := g.log
		g.start()
		known := func(what string, want bool) {
			t.Helper()
			content, err := os.ReadFile(g.file)
			if err != nil {
				t.Fatal(err)
			}
			if kept := strings.Contains(string(content), `"sightings_marked":true`); kept != want || g.log.SightingsMarked() != want {
				t.Errorf("%s: the file says %v, the program %v, want %v", what, kept, g.log.SightingsMarked(), want)
			}
		}
		known("before", false)
		for range 2 {
			if err := g.log.MarkedSightings(); err != nil {
				t.Fatal(err)
			}
		}
		known("at once", true)
		g.start()
		known("after a start", true)
		g.log, other = other, g.log
		g.note(2) // by one that started before
		g.log = other
		known("after lines of another", true)
		if got := g.log.Standing(); got.Broken {
			t.Errorf("the audit log: %+v", got)
		}
	})
}
