package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestARefusalThatARenewalSatisfiesEndsSharing, too: with the old token ends what was known of what its person may see.
func TestARefusalThatARenewalSatisfiesEndsSharing(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	tom, maya, other := s.person("tom"), s.person("maya"), simulator.ID("s2s-emea")
	asked := func(tell string, want bool) {
		clock.Add(5 * time.Second)
		maya.get("/connectors?read=now")
		clock.Add(5 * time.Second)
		before := len(s.tenant.Requests("GET " + graph.Collection))
		equal(t, tell+", a page of the list", tom.get("/connectors").status, http.StatusOK)
		equal(t, tell+", whether Graph was asked for it", len(s.tenant.Requests("GET "+graph.Collection)) > before, want)
	}
	tom.get("/connectors")
	asked("before", false)
	s.tenant.Faults.Next("GET "+graph.Collection+"/"+other, faults.Status(http.StatusUnauthorized, "application/json", `{"error":{"code":"InvalidAuthenticationToken"}}`))
	equal(t, "a connector's page", tom.get("/connectors/"+other).status, http.StatusOK)
	asked("after it", true)
	asked("after his own read", false)
}
