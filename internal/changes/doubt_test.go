package changes_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// lost saves a version whose answer is lost, as the fault has it, and returns the change.
func (s *site) lost(who visitor, id, version string, fault faults.Fault) changes.Change {
	s.t.Helper()
	edit := s.edit(id, connector.Version, version)
	s.tenant.Faults.Next(patchOf(id), fault)
	result, err := s.Save(context.Background(), who, audit.Origin{}, edit)
	check(s.t, err)
	if result.Change.Outcome != audit.InDoubt {
		s.t.Fatalf("the save is %s, want it in doubt", result.Change.Outcome)
	}
	return result.Change
}

// TestDoubtIsSettledByReading goes through the contract's words for a change in doubt.
func TestDoubtIsSettledByReading(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  faults.Fault
		before func(*site)     // what happens at Graph before the looks
		looks  []time.Duration // each look comes that long after the one before
		want   []audit.Outcome // after each look
	}{
		"applied":         {faults.LoseAnswer(), nil, []time.Duration{time.Second}, []audit.Outcome{audit.AppliedObserved}},
		"not applied":     {faults.Reset(), nil, []time.Duration{time.Second, time.Second, settle}, []audit.Outcome{audit.InDoubt, audit.InDoubt, audit.NotApplied}},
		"first seen late": {faults.Reset(), nil, []time.Duration{2 * settle, time.Second}, []audit.Outcome{audit.InDoubt, audit.NotApplied}},
		"superseded":      {faults.Reset(), func(s *site) { s.set(hosted, connector.Version, "a third") }, []time.Duration{time.Second}, []audit.Outcome{audit.Superseded}},
		"gone":            {faults.LoseAnswer(), func(s *site) { check(s.t, s.tenant.Graph.Remove(hosted)) }, []time.Duration{time.Second}, []audit.Outcome{audit.Superseded}},
		"unreadable": {faults.LoseAnswer(), func(s *site) { s.tenant.Faults.Always(getOf(hosted), faults.Answer(graph.RoleForbids)) },
			[]time.Duration{time.Second, 2 * settle, 2 * settle}, []audit.Outcome{audit.InDoubt, audit.InDoubt, audit.InDoubt}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				maya, tom := s.signIn("maya"), s.signIn("tom")
				change := s.lost(maya, hosted, "asked", test.fault)
				if test.before != nil {
					test.before(s)
				}
				for i, wait := range test.looks {
					s.clock.pass(wait)
					check(t, s.Resolve(context.Background(), tom, audit.Origin{}, hosted))
					equal(t, "the outcome", s.today(change.ID).Outcome, test.want[i])
				}
				equal(t, "PATCH requests", len(s.patches(hosted)), 1)
				last := test.want[len(test.want)-1]
				if last == audit.InDoubt {
					equal(t, "looks", s.today(change.ID).Looks, len(test.looks))
					equalLines(t, "the record", s.lines(change.ID), "edit pending", "edit in_doubt")
					return
				}
				equalLines(t, "the record", s.lines(change.ID), "edit pending", "edit in_doubt", "resolved "+string(last))
				entries, err := s.record.Of(context.Background(), change.ID)
				check(t, err)
				confirmed := last != audit.NotApplied && name != "gone" // reads that show only what was before may all be old
				equal(t, "that the record knows what is stored", entries[2].Fields[0].Stored != nil, confirmed)
				equal(t, "the reader", entries[2].Actor.Name, "Tom Okafor")
				equal(t, "the resolver", s.today(change.ID).Resolver.Name, "Tom Okafor")
			})
		})
	}
}

// TestOneLookForEverybody: of all pages, people and replicas that would look at a change, one does, and the next waits for longer
// each time. Who asks for a look gets one.
func TestOneLookForEverybody(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
		s.lost(maya, hosted, "asked", faults.Reset())
		other := s.replica(db)
		reads := len(s.tenant.Requests(getOf(hosted)))
		for _, step := range []struct {
			after time.Duration
			looks int
		}{{time.Second, 1}, {time.Second, 0}, {time.Second, 1}, {3 * time.Second, 0}, {time.Second, 1}} {
			s.clock.pass(step.after)
			for range 3 {
				check(t, errors.Join(s.ResolveAll(ctx, maya, audit.Origin{}), other.ResolveAll(ctx, tom, audit.Origin{}), s.ResolveAll(ctx, tom, audit.Origin{})))
			}
			reads += step.looks
			equal(t, "the reads so far", len(s.tenant.Requests(getOf(hosted))), reads)
		}
		for range 3 {
			check(t, errors.Join(s.Look(ctx, tom, audit.Origin{}, hosted), other.Look(ctx, maya, audit.Origin{}, hosted)))
		}
		equal(t, "the reads of its own page", len(s.tenant.Requests(getOf(hosted))), reads)
		s.clock.pass(time.Second)
		check(t, errors.Join(s.Look(ctx, tom, audit.Origin{}, hosted), other.Look(ctx, maya, audit.Origin{}, hosted)))
		equal(t, "the reads of its own page a second later", len(s.tenant.Requests(getOf(hosted))), reads+1)
		check(t, s.Resolve(ctx, tom, audit.Origin{}, hosted))
		equal(t, "the reads after somebody asked for one", len(s.tenant.Requests(getOf(hosted))), reads+2)
	})
}

// TestLateApplyIsNotCalledNotApplied: Intune may go on after its own timeout.
func TestLateApplyIsNotCalledNotApplied(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	change := s.lost(maya, hosted, "late", faults.Answer(graph.GatewayTimeout))
	for range 5 {
		s.clock.pass(settle / 6)
		check(t, s.ResolveAll(context.Background(), maya, audit.Origin{}))
		equal(t, "the outcome before settle", s.today(change.ID).Outcome, audit.InDoubt)
	}
	s.set(hosted, connector.Version, "late")
	s.clock.pass(settle)
	check(t, s.ResolveAll(context.Background(), maya, audit.Origin{}))
	equal(t, "the outcome", s.today(change.ID).Outcome, audit.AppliedObserved)
}

// TestSettleCountsFromTheLastSend: Graph may ask to wait, and lose the PATCH that is sent then.
func TestSettleCountsFromTheLastSend(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	const wait = 9 * time.Second
	s.tenant.Faults.Next(patchOf(hosted), faults.Then(func() { s.clock.pass(wait) }, faults.Answer(graph.Throttled.With("9"))))
	change := s.lost(maya, hosted, "asked", faults.Reset())
	for _, look := range []struct {
		after time.Duration
		want  audit.Outcome
	}{{time.Second, audit.InDoubt}, {settle - wait, audit.InDoubt}, {wait, audit.NotApplied}} {
		s.clock.pass(look.after)
		check(t, s.ResolveAll(context.Background(), maya, audit.Origin{}))
		equal(t, "the outcome", s.today(change.ID).Outcome, look.want)
	}
}

// TestEditsWaitForDoubt: other edits of that connector, by whomever; nothing else waits.
func TestEditsWaitForDoubt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		first := s.lost(maya, hosted, "first", faults.Reset())
		second := s.edit(hosted, connector.ServerName, "second")
		for _, ask := range []func() (changes.Result, error){
			func() (changes.Result, error) { return s.Save(context.Background(), priya, audit.Origin{}, second) },
			func() (changes.Result, error) { return s.Preview(context.Background(), priya, second) },
		} {
			result, err := ask()
			check(t, err)
			equal(t, "the state", result.State, changes.Waiting)
			equal(t, "what it waits for", result.Change.ID, first.ID)
		}
		equal(t, "PATCH requests", len(s.patches(hosted)), 1)
		elsewhere, err := s.Save(context.Background(), priya, audit.Origin{}, s.edit(s.tenant.Graph.Connectors()[0].ID, connector.Version, "x"))
		check(t, err)
		equal(t, "an edit of another connector", elsewhere.Change.Outcome, audit.Applied)
		sync, err := s.Sync(context.Background(), priya, audit.Origin{}, changes.SyncRequest{ID: hosted, SyncType: "fullSync", Reason: "r", IdempotencyKey: "sync"})
		check(t, err)
		equal(t, "a sync", sync.Change.Outcome, audit.Applied)
		s.set(hosted, connector.Version, "first")
		check(t, s.Resolve(context.Background(), priya, audit.Origin{}, hosted))
		result, err := s.Save(context.Background(), priya, audit.Origin{}, second)
		check(t, err)
		equal(t, "the edit, once the doubt is finished", result.Change.Outcome, audit.Applied)
	})
}

// TestManyReadersResolveOnce has many people and two replicas look at once.
func TestManyReadersResolveOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		other := s.another()
		maya, tom := s.signIn("maya"), s.signIn("tom")
		change := s.lost(maya, hosted, "asked", faults.LoseAnswer())
		var all sync.WaitGroup
		for i := range 10 {
			room, reader := s.Service, maya
			if i%2 == 1 {
				room, reader = other, tom
			}
			all.Go(func() {
				if err := room.Resolve(context.Background(), reader, audit.Origin{}, hosted); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		equalLines(t, "the record", s.lines(change.ID), "edit pending", "edit in_doubt", "resolved applied_observed")
	})
}

// TestDoubtIsGivenUp closes one that nobody can read; what reading proves comes before any decision.
func TestDoubtIsGivenUp(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya, tom := s.signIn("maya"), s.signIn("priya"), s.signIn("tom")
		ctx := context.Background()
		readable := s.lost(maya, hosted, "one", faults.LoseAnswer())
		closed, err := s.Close(ctx, priya, audit.Origin{}, readable.ID, "I know better")
		check(t, err)
		equal(t, "one that can be read", closed.Outcome, audit.AppliedObserved)

		change := s.lost(maya, hosted, "two", faults.LoseAnswer())
		s.tenant.Faults.Always(getOf(hosted), faults.Answer(graph.RoleForbids))
		_, err = s.Close(ctx, priya, audit.Origin{}, change.ID, " ")
		equal(t, "without a reason", kindOf(err), problem.Invalid)
		_, err = s.Close(ctx, tom, audit.Origin{}, change.ID, "please")
		equal(t, "by the helpdesk", kindOf(err), problem.Forbidden)
		_, err = s.Close(ctx, priya, audit.Origin{}, "no-such", "please")
		equal(t, "one that is not there", kindOf(err), problem.NotFound)
		equalLines(t, "the record so far", s.lines(change.ID), "edit pending", "edit in_doubt")

		closed, err = s.Close(ctx, priya, audit.Origin{}, change.ID, "Seen in the admin centre.")
		check(t, err)
		equal(t, "one that nobody can read", closed.Outcome, audit.Superseded)
		equalLines(t, "the record", s.lines(change.ID), "edit pending", "edit in_doubt", "resolved superseded")
		entries, err := s.record.Of(ctx, change.ID)
		check(t, err)
		equal(t, "who", entries[2].Actor.Name, "Priya Raman")
		equal(t, "why", entries[2].Reason, "Seen in the admin centre.")
		equal(t, "that what is stored is not claimed", entries[2].Fields[0].Stored == nil, true)
		s.tenant.Faults.Clear()
		result, err := s.Save(ctx, priya, audit.Origin{}, s.edit(hosted, connector.Version, "three"))
		check(t, err)
		equal(t, "the next edit", result.Change.Outcome, audit.Applied)
	})
}
