package changes_test

import (
	"context"
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

// runs has an instance's timer run until the change is resolved, with the time passing as fast as it can.
func (s *site) runs(room *changes.Service, id string) changes.Change {
	s.t.Helper()
	room.Sleep = s.clock.sleep
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- room.Run(ctx) }()
	eventually(s.t, "resolved", func() bool { return !s.today(id).Open() })
	stop()
	check(s.t, <-ended)
	return s.today(id)
}

// TestTimerFindsOut with the author's session, and only with theirs.
func TestTimerFindsOut(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		theirs := s.lost(priya, s.tenant.Graph.Connectors()[0].ID, "asked", faults.LoseAnswer())
		s.signOut(priya)
		mine := s.lost(maya, hosted, "asked", faults.Reset())
		reads := len(s.tenant.Requests(getOf(hosted)))
		change := s.runs(s.Service, mine.ID)
		equal(t, "the outcome", change.Outcome, audit.NotApplied)
		equal(t, "the reader", change.Resolver.Name, "Maya Lindqvist")
		if looks := len(s.tenant.Requests(getOf(hosted))) - reads; looks < 2 || looks > 12 {
			t.Errorf("%d reads within %v, want a few", looks, settle)
		}
		equal(t, "the outcome of somebody's who has gone", s.today(theirs.ID).Outcome, audit.InDoubt)
		equal(t, "the looks at it", s.today(theirs.ID).Looks, 0)
	})
}

// TestTimerResolvesElsewhere: what is in doubt is resolved after a restart, by another replica, and with another session
// of its author than the one that sent it.
func TestTimerResolvesElsewhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		between func(s *site, sender, other visitor)
	}{
		"after a restart":              {func(*site, visitor, visitor) {}},
		"signed out where it was sent": {func(s *site, sender, _ visitor) { s.signOut(sender) }},
		"signed out elsewhere":         {func(s *site, _, other visitor) { s.signOut(other) }},
		"the session used last has no token": {func(s *site, _, _ visitor) {
			s.tenant.Faults.Next(getOf(hosted), faults.Answer(graph.ExpiredToken), faults.Answer(graph.ExpiredToken))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				sender, other := s.signIn("maya"), s.signIn("maya")
				change := s.lost(sender, hosted, "asked", faults.LoseAnswer())
				test.between(s, sender, other)
				found := s.runs(s.replica(db), change.ID)
				equal(t, "the outcome", found.Outcome, audit.AppliedObserved)
				equal(t, "looks that resolved nothing", found.Looks, 0)
				equalLines(t, "the record", s.lines(change.ID), "edit pending", "edit in_doubt", "resolved applied_observed")
			})
		})
	}
}

// TestTimerResolvesOrphans: what a process left pending that says nothing any more is put in doubt and resolved, though nobody looks.
func TestTimerResolvesOrphans(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		applied, goOn, ended := make(chan bool), make(chan bool), make(chan error)
		s.tenant.Faults.Next(patchOf(hosted), faults.Rewrite(func(*faults.Recorded) { applied <- true; <-goOn }))
		edit := s.edit(hosted, connector.Version, "asked")
		go func() {
			_, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
			ended <- err
		}()
		<-applied
		sent := s.clock.Now()
		change := s.changesOf(hosted)[0]
		equal(t, "the outcome", s.runs(s.replica(db), change).Outcome, audit.AppliedObserved)
		goOn <- true
		check(t, <-ended)
		equalLines(t, "the record", s.lines(change), "edit pending", "edit in_doubt", "resolved applied_observed")
		if waited := s.clock.Now().Sub(sent); !db.Local() && waited < 35*time.Second {
			t.Errorf("another instance's PATCH was taken for a crash after %v", waited)
		}
	})
}
