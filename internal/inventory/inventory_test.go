package inventory_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestOutageLeavesWhatOneHasSeen to each session what it read itself, and nothing of another's.
func TestOutageLeavesWhatOneHasSeen(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom, ruth := s.signIn("tom"), s.signIn("ruth")
	ctx := context.Background()
	read := s.clock.Now()
	before, err := s.List(ctx, tom)
	check(t, err)
	s.get(ruth, second)
	s.clock.pass(time.Minute)
	s.tenant.Faults.Always(list, faults.Answer(graph.Unavailable))
	s.tenant.Faults.Always("GET "+graph.Collection+"/*", faults.Answer(graph.Unavailable))
	again, err := s.List(ctx, tom)
	check(t, err)
	equal(t, "that the list is old", again.Stale(), true)
	equal(t, "when it was read", again.At, read)
	equal(t, "its length", len(again.Connectors), len(before.Connectors))
	one, err := s.Get(ctx, tom, hosted)
	check(t, err)
	equal(t, "that one of the list is old", one.Stale(), true)
	equal(t, "when it was read", one.At, read)
	_, err = s.List(ctx, ruth)
	equal(t, "somebody else's list", kindOf(err), problem.Unavailable)
	_, err = s.Get(ctx, ruth, hosted)
	equal(t, "one that somebody else read", kindOf(err), problem.Unavailable)
	one, err = s.Get(ctx, ruth, second)
	check(t, err)
	equal(t, "one's own", one.Connector.ID(), second)
	s.Forget(tom.SessionHash())
	_, err = s.List(ctx, tom)
	equal(t, "the list after the session's end", kindOf(err), problem.Unavailable)
}

// TestRefusalIsNoOutage: old values are not shown to whom Graph refuses, or of what is gone.
func TestRefusalIsNoOutage(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom := s.signIn("tom")
	s.get(tom, hosted)
	for _, test := range []struct {
		fault graph.Problem
		want  problem.Kind
	}{{graph.RoleForbids, problem.Forbidden}, {graph.NotFound, problem.NotFound}, {graph.NoIntuneAccess, problem.Forbidden}} {
		s.tenant.Faults.Next(getOf(hosted), faults.Answer(test.fault))
		_, err := s.Get(context.Background(), tom, hosted)
		equal(t, test.fault.Code, kindOf(err), test.want)
	}
}

// TestOneSessionAsksOnce at a time, and goes on where one of several who wait gives up.
func TestOneSessionAsksOnce(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom, ruth := s.signIn("tom"), s.signIn("ruth")
	arrived, goOn := make(chan bool), make(chan bool)
	s.tenant.Faults.Next(getOf(hosted), faults.Then(func() { arrived <- true; <-goOn }, nil))
	hasty, giveUp := context.WithCancel(context.Background())
	gaveUp := make(chan error)
	go func() {
		_, err := s.Get(hasty, tom, hosted)
		gaveUp <- err
	}()
	<-arrived
	giveUp()
	equal(t, "who gave up", kindOf(<-gaveUp), problem.Unavailable)
	var all sync.WaitGroup
	var started sync.WaitGroup
	for range 5 {
		started.Add(1)
		all.Go(func() {
			started.Done()
			if _, err := s.Get(context.Background(), tom, hosted); err != nil {
				t.Error(err)
			}
		})
	}
	started.Wait()
	equal(t, "somebody else's read", s.get(ruth, hosted).ID(), hosted) // is not kept waiting
	equal(t, "requests while the first is on its way", len(s.tenant.Requests(getOf(hosted))), 2)
	close(goOn)
	all.Wait()
	equal(t, "that the first was answered", s.tenant.Requests(getOf(hosted))[0].Status, 200)
}

// TestWhatAWriteReturned counts as read, and a read from before the write does not come after it.
func TestWhatAWriteReturned(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom := s.signIn("tom")
	ctx := context.Background()
	_, err := s.List(ctx, tom)
	check(t, err)
	s.clock.pass(time.Second)
	returned := s.get(tom, hosted).With(map[string]connector.Value{connector.Version: connector.Of("returned")})
	arrived, goOn := make(chan bool), make(chan bool)
	s.tenant.Faults.Next(list, faults.Then(func() { arrived <- true; <-goOn }, nil))
	done := make(chan error)
	go func() {
		_, err := s.List(ctx, tom)
		done <- err
	}()
	<-arrived
	s.clock.pass(time.Second)
	s.Saw(tom, returned)
	fresh, err := s.List(ctx, tom) // does not share the read from before the write
	check(t, err)
	equal(t, "a list asked for after the write", fresh.Stale(), false)
	s.Saw(tom, returned)
	close(goOn)
	check(t, <-done)
	listing, there := s.Recent(tom, time.Minute)
	equal(t, "that there is a list", there, true)
	for _, one := range listing.Connectors {
		if one.ID() == hosted {
			equal(t, "in the list", one.Equal(returned), true)
		}
	}
	last, _ := s.Last(tom, hosted)
	equal(t, "by itself", last.Connector.Equal(returned), true)
	s.clock.pass(time.Minute)
	_, there = s.Recent(tom, time.Minute)
	equal(t, "a list that is a minute old", there, false)
}

// TestNobodyWaitsForASighting: what a write returned is kept for others after its answer, when the database has time.
func TestNobodyWaitsForASighting(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom, ctx := s.signIn("tom"), context.Background()
		before := s.get(tom, hosted)
		returned := before.With(map[string]connector.Value{connector.Version: connector.Of("returned")})
		s.clock.pass(time.Second)
		s.noted("c", hosted, connector.Version, before.Value(connector.Version).Text(), "returned", audit.Applied)
		check(t, db.Write(ctx, func(tx *sql.Tx) error { // nobody else can write the row until it ends
			if _, err := tx.ExecContext(ctx, `UPDATE sightings SET revision = revision WHERE connector = $1`, hosted); err != nil {
				return err
			}
			s.AnsweredLater(tom, returned, nil)
			return nil
		}))
		s.Wait()
		seen, _, err := s.LastSeen(ctx, hosted)
		check(t, err)
		equal(t, "that it is kept", seen.Connector.Equal(returned), true)
	})
}

// TestAnAnswerIsKeptInItsTransaction, on SQLite, without a reader: all who write wait for it. What the lines of the audit log would have
// to explain is kept after it.
func TestAnAnswerIsKeptInItsTransaction(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		tom := s.signIn("tom")
		before := s.get(tom, hosted)
		s.clock.pass(time.Second)
		mine, others := connector.Of("mine"), connector.Of("by others")
		applied := []connector.FieldChange{{Name: connector.ServerName, Before: before.Value(connector.ServerName), Requested: mine, Stored: &mine}}
		answered := func(values map[string]connector.Value) (kept bool) {
			var held []*sql.Conn
			for db.Local() && db.Stats().InUse < db.Stats().MaxOpenConnections {
				conn, err := db.Conn(t.Context())
				check(t, err)
				held = append(held, conn)
			}
			check(t, db.WriteInTurn(t.Context(), func(tx *sql.Tx) (err error) {
				kept, err = s.Answered(t.Context(), tx, tom, before.With(values), applied)
				return err
			}))
			for _, conn := range held {
				check(t, conn.Close())
			}
			return kept
		}
		equal(t, "with what somebody else has set", answered(map[string]connector.Value{connector.ServerName: mine, connector.Version: others}), false)
		equal(t, "with what the change has set", answered(map[string]connector.Value{connector.ServerName: mine}), db.Local())
		seen, _, err := s.LastSeen(t.Context(), hosted)
		check(t, err)
		equal(t, "that it is what was seen last", seen.Connector.Value(connector.ServerName) == mine, db.Local())
	})
}

// kindOf is the kind of problem that an error is, Internal for any other.
func kindOf(err error) problem.Kind {
	var said problem.Problem
	if errors.As(err, &said) {
		return said.Kind()
	}
	return problem.Internal
}
