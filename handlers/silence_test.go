package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestADatabaseThatHangs: while PostgreSQL answers nothing, pages and saves come all the same, none of them sends a PATCH, and
// nobody is signed out. A save in whose middle it stops is in doubt, and is what it was once the database goes on.
func TestADatabaseThatHangs(t *testing.T) {
	t.Parallel()
	way := databasetest.Hang(t, databasetest.URL(t, databasetest.PostgresKind))
	db := databasetest.Open(t, way.URL)
	s := newSite(t, db)
	maya, tom := s.person("maya"), s.person("tom")
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	equal(t, "a save before", maya.post(path, maya.edit(id, "version", "1")).status, http.StatusSeeOther)
	next, last := maya.edit(id, "version", "2"), maya.edit(id, "version", "3")
	db.GiveUpAfter(time.Second)
	eventually(t, "served with that limit", func() bool { return maya.get(path).status == http.StatusOK })

	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(way.Stop, nil))
	begun := s.patches()
	var stopped page
	eventually(t, "a PATCH sent", func() bool { // a slow machine may take a moment for a hang
		stopped = maya.post(path, next)
		return s.patches() > begun
	})
	equal(t, "a save in whose middle it stops", stopped.status, http.StatusAccepted)
	contains(t, stopped, `data-outcome="in_doubt"`)
	for range 3 {
		equal(t, "a save", maya.post(path, last).status, http.StatusServiceUnavailable)
		for _, who := range []*visitor{maya, tom} {
			for _, page := range []string{"/", "/connectors", path, "/changes", "/readyz"} {
				if got := who.get(page); got.status != http.StatusOK && got.status != http.StatusServiceUnavailable {
					t.Errorf("%s: %s", page, got)
				}
			}
		}
	}
	equal(t, "PATCH requests while it hangs", s.patches(), begun+1)

	way.Continue()
	eventually(t, "ready", func() bool { return maya.get("/readyz").status == http.StatusOK })
	change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[begun].Header.Get("client-request-id")
	eventually(t, "known what became of the save", func() bool {
		return strings.Contains(maya.get("/changes/"+change).body, `data-outcome="applied"`)
	})
	equal(t, "the next save", maya.post(path, maya.edit(id, "version", "4")).status, http.StatusSeeOther)
	equal(t, "another person's page", tom.get(path).status, http.StatusOK)
}

// TestWhatNeedsNobodyWhileADatabaseHangs: the process lives, and says so to a browser with a session, too; its files come, and
// what needs nobody to be signed in goes on.
func TestWhatNeedsNobodyWhileADatabaseHangs(t *testing.T) {
	t.Parallel()
	way := databasetest.Hang(t, databasetest.URL(t, databasetest.PostgresKind))
	db := databasetest.Open(t, way.URL)
	clock := newClock()
	s := newSite(t, db, clock.with)
	maya := s.person("maya")
	form := maya.get("/").form("/theme")
	form.Set("theme", "dark")
	db.GiveUpAfter(time.Second)
	way.Stop()
	clock.Add(3 * time.Second) // what is known of the session is older than it may be
	equal(t, "/access", maya.get("/access").status, http.StatusServiceUnavailable)
	for _, path := range []string{"/healthz", "/robots.txt", "/favicon.ico", "/signed-out"} {
		equal(t, path, maya.get(path).status, http.StatusOK)
	}
	equal(t, "another theme", maya.post("/theme", form).status, http.StatusSeeOther)
	contains(t, maya.get("/signed-out"), `data-bs-theme="dark"`)
}
