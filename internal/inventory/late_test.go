package inventory_test

import (
	"context"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// hang has that many requests of the kind wait until release, each after it arrived.
func (s *site) hang(request string, times int) (arrived chan bool, release func()) {
	arrived, goOn := make(chan bool, times), make(chan bool)
	for range times {
		s.tenant.Faults.Next(request, faults.Then(func() { arrived <- true; <-goOn }, nil))
	}
	return arrived, func() { close(goOn) }
}

// TestWhoHasReadBeforeIsNotKeptWaiting: while Graph does not answer, what was read before is shown, and the read goes on.
func TestWhoHasReadBeforeIsNotKeptWaiting(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), patience(20*time.Millisecond))
	tom, ctx := s.signIn("tom"), context.Background()
	before, err := s.List(ctx, tom)
	check(t, err)
	s.clock.pass(time.Minute)
	lists, releaseLists := s.hang(list, 1)
	ones, releaseOnes := s.hang(getOf(hosted), 1)
	late, err := s.List(ctx, tom) // while its read hangs
	check(t, err)
	equal(t, "that the list is old, and late", late.Stale() && late.Late, true)
	equal(t, "its length", len(late.Connectors), len(before.Connectors))
	one, err := s.Get(ctx, tom, hosted)
	check(t, err)
	equal(t, "that the connector is old, and late", one.Stale() && one.Late, true)
	equal(t, "which one it is", one.Connector.ID(), hosted)
	<-lists
	<-ones
	releaseLists()
	releaseOnes()
	eventually(t, "the answer shown that came later", func() bool {
		recent, there := s.Recent(tom, time.Second)
		last, read := s.Last(tom, hosted)
		return there && recent.At.After(before.At) && read && last.At.After(before.At)
	})
}

// TestAReadThatHasFailedOnceIsNotLate: Graph has refused, so editing is off, even before the last try has failed as well.
func TestAReadThatHasFailedOnceIsNotLate(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), patience(20*time.Millisecond))
	tom, ctx := s.signIn("tom"), context.Background()
	_, err := s.List(ctx, tom)
	check(t, err)
	s.get(tom, hosted)
	s.clock.pass(time.Minute)
	goOn := make(chan bool)
	s.pause = func() { <-goOn }
	for _, request := range []string{list, getOf(hosted)} {
		s.tenant.Faults.Always(request, faults.Answer(graph.Unavailable))
	}
	eventually(t, "the list's failure told", func() bool {
		all, err := s.List(ctx, tom)
		check(t, err)
		return all.Stale() && !all.Late
	})
	eventually(t, "the connector's failure told", func() bool {
		one, err := s.Get(ctx, tom, hosted)
		check(t, err)
		return one.Stale() && !one.Late
	})
	close(goOn)
}

// TestNewcomersWait: a person who has read nothing yet waits for the answer.
func TestNewcomersWait(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), patience(time.Nanosecond))
	arrived, release := s.hang(getOf(hosted), 1)
	go func() {
		<-arrived
		release()
	}()
	one, err := s.Get(context.Background(), s.signIn("tom"), hosted)
	check(t, err)
	equal(t, "that it is old", one.Stale(), false)
}

// TestAReadThatHangsForLongHoldsUpNoNewOne: once Graph is back, the next to ask is answered, though the first read hangs.
func TestAReadThatHangsForLongHoldsUpNoNewOne(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), patience(20*time.Millisecond))
	tom, ctx := s.signIn("tom"), context.Background()
	s.get(tom, hosted)
	arrived, release := s.hang(getOf(hosted), 3)
	defer release()
	for range 3 {
		s.clock.pass(time.Second)
		eventually(t, "another read on its way", func() bool {
			if _, err := s.Get(ctx, tom, hosted); err != nil {
				t.Error(err)
			}
			return len(arrived) > 0
		})
		<-arrived
	}
	s.clock.pass(time.Second)
	eventually(t, "answered", func() bool {
		one, err := s.Get(ctx, tom, hosted)
		return err == nil && !one.Stale()
	})
}

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within a minute", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// TestALongListIsShownAsFarAsItWasRead to somebody who has nothing from before. The read goes on, and nobody begins another beside it
// while it gets on; a file is whole or waits.
func TestALongListIsShownAsFarAsItWasRead(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *inventory.Options) { o.PartAfter = 20 * time.Millisecond })
	tom, ctx := s.signIn("tom"), context.Background()
	s.tenant.Faults.Next(list, faults.Then(func() {}, nil)) // the first page comes
	second, release := s.hang(list, 1)
	for range 3 {
		part, err := s.List(ctx, tom)
		check(t, err)
		equal(t, "that it is a part", part.Partial, true)
		equal(t, "how much was read", len(part.Connectors), 15)
		equal(t, "that nothing has failed", part.Stale(), false)
	}
	<-second
	equal(t, "the requests", len(s.tenant.Requests(list)), 2)
	if _, there := s.Recent(tom, time.Hour); there {
		t.Error("a part is kept as if it were the list")
	}
	file := make(chan int)
	go func() {
		whole, err := s.Whole(ctx, tom)
		if err != nil {
			t.Error(err)
		}
		file <- len(whole.Connectors)
	}()
	release()
	if got := <-file; got <= 15 {
		t.Errorf("a file of %d", got)
	}
	all, err := s.List(ctx, tom)
	check(t, err)
	equal(t, "that it is a part still", all.Partial, false)
	equal(t, "that it is longer", len(all.Connectors) > 15, true)
}
