package changes_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestSyncIsSeenWhateverGraphsClockSays: one that came is seen, one that did not is not, and how long it took is never told
// in a way that cannot be.
func TestSyncIsSeenWhateverGraphsClockSays(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"right": 0, "minutes ahead": 7 * time.Minute, "minutes behind": -7 * time.Minute, "hours behind": -5 * time.Hour, "hours ahead": 5 * time.Hour} {
		for _, doubtful := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.SQLite(t))
				s.clock.pass(0)
				s.clock.mu.Lock()
				s.clock.ahead = ahead
				s.clock.mu.Unlock()
				deaf := s.tenant.Graph.Connectors()[0].ID
				s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Graph().Add(-time.Minute)))
				s.set(deaf, connector.LastSyncDateTime, graph.Moment(s.clock.Graph().Add(-time.Minute)))
				maya := s.signIn("maya")
				ctx := context.Background()
				for _, id := range []string{hosted, deaf} {
					if doubtful {
						s.tenant.Faults.Next("POST "+graph.Collection+"/"+id+"/sync", faults.LoseAnswer())
					}
					_, err := s.Sync(ctx, maya, audit.Origin{}, s.syncOf(id))
					check(t, err)
				}
				s.clock.pass(time.Second)
				check(t, s.ResolveAll(ctx, maya, audit.Origin{}))
				equal(t, "how it ended, before it came", s.progressOf(hosted).End, changes.SyncEnd{})
				s.clock.pass(7 * time.Second)
				check(t, s.ResolveAll(ctx, maya, audit.Origin{}))
				want := changes.SyncEnd{Known: true, Seen: true, Took: 5 * time.Second}
				if ahead != 0 {
					want.Took, want.AtMost = 8*time.Second, true
				}
				equal(t, "how it ended", s.progressOf(hosted).End, want)
				equal(t, "how the other one ended", s.progressOf(deaf).End, changes.SyncEnd{})
				s.clock.pass(20 * time.Minute)
				check(t, s.ResolveAll(ctx, maya, audit.Origin{}))
				equal(t, "how the other one ended", s.progressOf(deaf).End, changes.SyncEnd{Known: true})
				outcome := audit.Applied
				if doubtful {
					outcome = audit.NotApplied
				}
				equal(t, "the outcome of the other one", s.progressOf(deaf).Change.Outcome, outcome)
			})
		}
	}
}

// TestSyncIsNotTakenForAnother: neither one that came while the page that asked was open, nor an edit of the last sync.
func TestSyncIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, after func(*site, string) }{
		"one while the page was open": {before: func(s *site, id string) {
			s.set(id, connector.LastSyncDateTime, graph.Moment(s.clock.Now()))
		}},
		"one while the page was open, and no read before the request": {before: func(s *site, id string) {
			s.set(id, connector.LastSyncDateTime, graph.Moment(s.clock.Now()))
			s.tenant.Faults.Next(getOf(id), faults.Answer(graph.NotFound))
		}},
		"an edit of ours": {after: func(s *site, id string) {
			_, err := s.Save(context.Background(), s.signIn("maya"), audit.Origin{}, s.edit(id, connector.LastSyncDateTime, graph.Moment(s.clock.Now())))
			check(s.t, err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			maya := s.signIn("maya")
			ctx := context.Background()
			deaf := s.tenant.Graph.Connectors()[0].ID
			request := s.syncOf(deaf)
			s.clock.pass(time.Hour)
			if test.before != nil {
				test.before(s, deaf)
			}
			_, err := s.Sync(ctx, maya, audit.Origin{}, request)
			check(t, err)
			s.clock.pass(time.Minute)
			if test.after != nil {
				test.after(s, deaf)
			}
			check(t, s.Resolve(ctx, maya, audit.Origin{}, deaf))
			equal(t, "how it ended", s.progressOf(deaf).End, changes.SyncEnd{})
			s.set(deaf, connector.LastSyncDateTime, graph.Moment(s.clock.Now().Add(time.Second)))
			check(t, s.Resolve(ctx, maya, audit.Origin{}, deaf))
			equal(t, "that a sync is seen", s.progressOf(deaf).End.Seen, true)
		})
	}
}

// TestADateThatStandsForNoneIsNoSync, however the software writes it that answers.
func TestADateThatStandsForNoneIsNoSync(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya, ctx := s.signIn("maya"), context.Background()
	deaf := s.tenant.Graph.Connectors()[0].ID
	s.set(deaf, connector.LastSyncDateTime, "0001-01-01T00:00:00Z")
	_, err := s.Sync(ctx, maya, audit.Origin{}, s.syncOf(deaf))
	check(t, err)
	for _, none := range []string{"1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z"} {
		s.clock.pass(2 * time.Second)
		s.set(deaf, connector.LastSyncDateTime, none)
		check(t, s.Resolve(ctx, maya, audit.Origin{}, deaf))
		equal(t, "how it ended, "+none, s.progressOf(deaf).End, changes.SyncEnd{})
	}
	s.set(deaf, connector.LastSyncDateTime, graph.Moment(s.clock.Now()))
	check(t, s.Resolve(ctx, maya, audit.Origin{}, deaf))
	equal(t, "that a sync is seen", s.progressOf(deaf).End.Seen, true)
}

// TestSyncEndIsRecordedOnce, by whichever of many readers on two instances is first.
func TestSyncEndIsRecordedOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, ruth := s.signIn("maya"), s.signIn("ruth")
		ctx := context.Background()
		result, err := s.Sync(ctx, maya, audit.Origin{}, s.syncOf(hosted))
		check(t, err)
		s.clock.pass(6 * time.Second)
		other := s.another()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { check(t, s.Resolve(ctx, maya, audit.Origin{}, hosted)) })
			group.Go(func() { check(t, other.ResolveAll(ctx, ruth, audit.Origin{})) })
		}
		group.Wait()
		equalLines(t, "the record", s.syncLines(result.Change.ID), "sync pending deltaSync", "sync applied deltaSync",
			"resolved applied deltaSync "+s.holds(hosted, connector.LastSyncDateTime))
	})
}

// TestEndOf believes Graph's clock only where ours allows it.
func TestEndOf(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		seen     time.Duration
		syncedAt connector.Value
		want     changes.SyncEnd
	}{
		"in time":                    {8 * time.Second, connector.Of("2026-11-24T10:00:05.4Z"), changes.SyncEnd{Known: true, Seen: true, Took: 5 * time.Second}},
		"at once":                    {time.Second, connector.Of("2026-11-24T10:00:00.1Z"), changes.SyncEnd{Known: true, Seen: true, Took: time.Second}},
		"before it was asked for":    {8 * time.Second, connector.Of("2026-11-24T09:58:00Z"), changes.SyncEnd{Known: true, Seen: true, Took: 8 * time.Second, AtMost: true}},
		"after it was seen":          {8 * time.Second, connector.Of("2026-11-24T10:03:00Z"), changes.SyncEnd{Known: true, Seen: true, Took: 8 * time.Second, AtMost: true}},
		"seen late, by Graph's date": {3 * time.Hour, connector.Of("2026-11-24T10:01:34Z"), changes.SyncEnd{Known: true, Seen: true, Took: 94 * time.Second}},
		"seen late":                  {3 * time.Hour, connector.Of("2026-11-24T09:00:00Z"), changes.SyncEnd{Known: true, Seen: true}},
		"our own clock was set":      {-time.Hour, connector.Of("2026-11-24T09:00:00Z"), changes.SyncEnd{Known: true, Seen: true}},
		"never":                      {20 * time.Minute, connector.Null(), changes.SyncEnd{Known: true}},
	} {
		equal(t, name, changes.EndOf(asked, asked.Add(test.seen), test.syncedAt), test.want)
	}
}
