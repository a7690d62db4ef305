package inventory_test

import (
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/graph"
)

// TestGraphsClockMayDiffer from ours, by minutes or hours either way: syncs are no outside changes, a status without a sync
// is one, and when it came is told by our clock.
func TestGraphsClockMayDiffer(t *testing.T) {
	t.Parallel()
	for _, apart := range []time.Duration{-26 * time.Hour, -10 * time.Minute, 10 * time.Minute, 3 * time.Hour, 26 * time.Hour} {
		t.Run(apart.String(), func(t *testing.T) {
			t.Parallel()
			s := openApart(t, databasetest.SQLite(t), apart)
			synced := func() { s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now().Add(apart))) }
			synced()
			s.visits("LG")
			s.clock.pass(time.Hour)
			synced()
			s.set(hosted, connector.Status, "connectionPending")
			s.visits("LGGL")
			equal(t, "outside changes after a sync", len(s.observed()), 0)
			before := s.clock.Now()
			s.set(hosted, connector.Status, "none")
			s.visits("LGGL")
			found := s.observed()
			equal(t, "outside changes", len(found), 1)
			if found[0].From.After(before) || found[0].To.Before(before) || found[0].To.After(s.clock.Now()) {
				t.Errorf("told between %v and %v, changed at %v", found[0].From, found[0].To, before)
			}
		})
	}
}
