package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestPreloadsAreOfWhatWasRead: what a page asks for ahead of a press is made from a list as new as the press would be answered from,
// or not at all. It asks Graph for nothing.
func TestPreloadsAreOfWhatWasRead(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	tom := s.person("tom")
	ahead := func() page {
		return tom.get("/connectors?sort=name", "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#results", "Switchboard-Passive", "preload")
	}
	before := len(s.tenant.Requests())
	equal(t, "before anything was read", ahead().status, http.StatusNoContent)
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)

	tom.get("/connectors")
	before = len(s.tenant.Requests())
	read := ahead()
	equal(t, "once the list was read", read.status, http.StatusOK)
	contains(t, read, `id="results"`, `aria-sort="ascending"`)

	for _, path := range []string{"/connectors/" + simulator.ExampleID, "/connectors/" + simulator.ExampleID + "/edit", "/connectors.csv", "/connectors?q=mail"} {
		tom.get(path, "Switchboard-Passive", "preload")
		equal(t, "requests to the tenant for "+path, len(s.tenant.Requests()), before)
	}

	clock.Add(2 * time.Minute)
	equal(t, "when a press would read the list again", ahead().status, http.StatusNoContent)
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)
}
