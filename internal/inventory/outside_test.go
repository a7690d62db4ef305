package inventory_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestOutsideChangeIsRecordedOnce, however many people read on any instance, with the two reads between which it came.
func TestOutsideChangeIsRecordedOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom, ruth := s.signIn("tom"), s.signIn("ruth")
		ctx := context.Background()
		_, err := s.List(ctx, tom)
		check(t, err)
		equal(t, "outside changes at first", len(s.observed()), 0)
		s.clock.pass(time.Hour / 2)
		was := s.get(tom, hosted)
		lastSeen := s.clock.Now()
		s.set(hosted, connector.ServerName, "theirs")
		s.set(hosted, connector.Version, "")
		s.clock.pass(10 * time.Minute)
		other := s.replica()
		visits := func() {
			var all sync.WaitGroup
			for i := range 8 {
				room, who := s.Inventory, tom
				if i%2 == 1 {
					room, who = other, ruth
				}
				all.Go(func() {
					if _, err := room.List(ctx, who); err != nil {
						t.Error(err)
					}
					if _, err := room.Get(ctx, who, hosted); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		first := s.clock.Now()
		visits()
		equal(t, "outside changes after one moment's reads", len(s.observed()), 0)
		s.clock.pass(time.Second)
		visits()
		found := s.observed()
		if len(found) != 1 {
			t.Fatalf("%d outside changes, want one: %+v", len(found), found)
		}
		tells(t, found[0], was, lastSeen, first)
		lines, err := s.record.History(ctx, hosted, 10)
		check(t, err)
		equal(t, "the outcome of the line", lines[0].Outcome, "")
		equal(t, "Graph's answer in the line", lines[0].Graph == nil, true)
		seen, ok, err := s.LastSeen(ctx, hosted)
		check(t, err)
		equal(t, "that it was seen", ok, true)
		equal(t, "what was seen last", seen.Connector.Value(connector.ServerName), connector.Of("theirs"))
		s.clock.pass(time.Minute)
		s.get(tom, hosted)
		equal(t, "outside changes after one more read", len(s.observed()), 1)
	})
}

// tells holds what the audit log tells of the outside change.
func tells(t *testing.T, one inventory.Outside, was connector.Connector, lastSeen, now time.Time) {
	t.Helper()
	equal(t, "the connector", one.Connector, hosted)
	equal(t, "fields", len(one.Fields), 2)
	equal(t, "the first", one.Fields[0].Name, connector.ServerName)
	equal(t, "before", one.Fields[0].Before, was.Value(connector.ServerName))
	equal(t, "stored", *one.Fields[0].Stored, connector.Of("theirs"))
	equal(t, "a text that is empty now", *one.Fields[1].Stored, connector.Of(""))
	if one.From.Before(lastSeen.Add(-time.Hour)) || one.From.After(lastSeen) {
		t.Errorf("from %v, want %v or, if another instance noticed, the time of the list", one.From, lastSeen)
	}
	equal(t, "to", one.To, now)
}

// TestWhatIsNoOutsideChange: what we did, what syncs do, and reads that say nothing new.
func TestWhatIsNoOutsideChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		between func(*site)
		want    int
	}{
		"nothing": {func(*site) {}, 0},
		"our change, applied": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Pending)
			s.noted("c", hosted, connector.Version, "base", "new", audit.Applied)
			s.set(hosted, connector.Version, "new")
		}, 0},
		"our change, on its way": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Pending)
			s.set(hosted, connector.Version, "new")
		}, 0},
		"our change, in doubt": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.InDoubt)
			s.set(hosted, connector.Version, "new")
		}, 0},
		"another value than ours": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Applied)
			s.set(hosted, connector.Version, "a third")
		}, 1},
		"another property than ours": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Applied)
			s.set(hosted, connector.ServerName, "new")
		}, 1},
		"what Graph refused us": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Rejected)
			s.set(hosted, connector.Version, "new")
		}, 1},
		"what never reached Graph": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.Pending)
			s.noted("c", hosted, connector.Version, "base", "new", audit.NotApplied)
			s.set(hosted, connector.Version, "new")
		}, 1},
		"what reads did not show in time": {func(s *site) {
			s.noted("c", hosted, connector.Version, "base", "new", audit.InDoubt)
			s.resolved("c", hosted, connector.Version, "base", "new", audit.NotApplied)
			s.set(hosted, connector.Version, "new")
		}, 0},
		"the same on another one": {func(s *site) {
			s.noted("c", second, connector.Version, "base", "new", audit.Applied)
			s.set(hosted, connector.Version, "new")
		}, 1},
		"a sync": {func(s *site) { s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now())) }, 0},
		"a sync that mends the status": {func(s *site) {
			s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now()))
			s.set(hosted, connector.Status, "none")
		}, 0},
		"a status without a sync":    {func(s *site) { s.set(hosted, connector.Status, "disconnected") }, 1},
		"a last sync that goes back": {func(s *site) { s.set(hosted, connector.LastSyncDateTime, "2020-01-01T00:00:00Z") }, 1},
		"a sync by a clock that is ahead": {func(s *site) {
			s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now().Add(26*time.Hour)))
		}, 0},
		"a last sync that no clock shows": {func(s *site) { s.set(hosted, connector.LastSyncDateTime, "9999-12-31T23:59:59Z") }, 1},
		"null for an empty text": {func(s *site) {
			check(s.t, s.tenant.Graph.Set(hosted, map[string]*string{connector.ExchangeAlias: nil}))
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			tom := s.signIn("tom")
			for property, value := range map[string]string{connector.Version: "base", connector.ExchangeAlias: "", connector.LastSyncDateTime: graph.Moment(s.clock.Now().Add(-time.Hour / 2))} {
				s.set(hosted, property, value)
			}
			s.get(tom, hosted)
			s.clock.pass(time.Minute)
			test.between(s)
			s.clock.pass(time.Second)
			s.get(tom, hosted)
			equal(t, "outside changes after one read", len(s.observed()), 0)
			s.clock.pass(time.Second)
			now := s.get(tom, hosted)
			equal(t, "outside changes", len(s.observed()), test.want)
			seen, _, err := s.LastSeen(context.Background(), hosted)
			check(t, err)
			equal(t, "that what was seen last is kept", seen.Connector.Equal(now), true)
		})
	}
}

// TestOldReadsSayNothing: one that began before what is known, and one that Graph answered from an old copy.
func TestOldReadsSayNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom, ruth := s.signIn("tom"), s.signIn("ruth")
		s.set(hosted, connector.Version, "old")
		s.get(tom, hosted)
		arrived, goOn := make(chan bool), make(chan bool)
		late := faults.Rewrite(func(*faults.Recorded) { arrived <- true; <-goOn })
		s.tenant.Faults.Next(getOf(hosted), late)
		s.clock.pass(time.Minute)
		done := make(chan error)
		go func() {
			_, err := s.Get(context.Background(), ruth, hosted) // holds "old" by now, and is slow to arrive
			done <- err
		}()
		<-arrived
		s.clock.pass(time.Second)
		s.set(hosted, connector.Version, "base")
		s.get(tom, hosted)
		s.clock.pass(time.Second)
		base := s.get(tom, hosted)
		equal(t, "outside changes", len(s.observed()), 1)
		close(goOn)
		check(t, <-done)
		equal(t, "outside changes after a late answer", len(s.observed()), 1)

		s.clock.pass(time.Minute)
		s.noted("c", hosted, connector.Version, "base", "new", audit.Pending)
		s.set(hosted, connector.Version, "new")
		s.noted("c", hosted, connector.Version, "base", "new", audit.Applied)
		s.AnsweredLater(tom, base.With(map[string]connector.Value{connector.Version: connector.Of("new")}), nil)
		s.Wait()
		equal(t, "outside changes after a change of ours", len(s.observed()), 1)
		s.clock.pass(time.Second)
		s.set(hosted, connector.Version, "base") // as a copy that lags would have it
		s.get(ruth, hosted)
		equal(t, "outside changes after an old copy", len(s.observed()), 1)
		s.clock.pass(10*time.Minute - 2*time.Second)
		s.get(ruth, hosted)
		equal(t, "outside changes after an old copy of nearly ten minutes", len(s.observed()), 1)
		s.clock.pass(time.Second)
		s.get(ruth, hosted)
		s.clock.pass(time.Second)
		s.get(ruth, hosted)
		found := s.observed()
		equal(t, "outside changes where the old value stays", len(found), 2)
		equal(t, "what was before", found[0].Fields[0].Before, connector.Of("new"))
	})
}

// TestFirstSightsOfAList are kept in one go, and nothing is written where nothing has changed.
func TestFirstSightsOfAList(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom := s.signIn("tom")
		listing, err := s.List(context.Background(), tom)
		check(t, err)
		stamp := func() (rows, sum int64) {
			check(t, db.QueryRowContext(context.Background(), "SELECT count(*), sum(seen_at) FROM sightings").Scan(&rows, &sum))
			return rows, sum
		}
		rows, first := stamp()
		equal(t, "sightings", rows, int64(len(listing.Connectors)))
		s.clock.pass(time.Second)
		_, err = s.List(context.Background(), tom)
		check(t, err)
		_, again := stamp()
		equal(t, "the sum of the times", again, first)
	})
}

// TestPagesDoWithoutTheDatabase: what cannot be compared is shown all the same.
func TestPagesDoWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom := s.signIn("tom")
		check(t, db.Close())
		equal(t, "the connector", s.get(tom, hosted).ID(), hosted)
		_, err := s.List(context.Background(), tom)
		check(t, err)
	})
}

// TestOutsideOf knows its own lines.
func TestOutsideOf(t *testing.T) {
	t.Parallel()
	for _, entry := range []audit.Entry{
		{Action: audit.Observed, Reason: "something else"},
		{Action: audit.Edit, Reason: "Changed outside Switchboard between 2026-11-24T09:00:00Z and 2026-11-24T09:01:01Z."},
		{Action: audit.Observed, Reason: "Changed outside Switchboard between aZ and bZ."},
	} {
		if _, ok := inventory.OutsideOf(entry); ok {
			t.Errorf("%+v counts", entry)
		}
	}
}
