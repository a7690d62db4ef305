package bulk_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
)

// TestPauseHoldsTheRowBack: a row that has been claimed, and read, is not sent once the run is paused or stopped; it waits.
func TestPauseHoldsTheRowBack(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(*replica, visitor, string) error{
		"paused": func(r *replica, who visitor, id string) error {
			_, err := r.Pause(context.Background(), who.Actor(), id)
			return err
		},
		"stopped": func(r *replica, who visitor, id string) error {
			_, err := r.Stop(context.Background(), who.Actor(), id)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				r, maya := s.replica(), s.signIn("maya")
				ids := s.ids(3)
				run := r.begin(maya, ids)
				s.tenant.Faults.Next(getOf(ids[1]), faults.Then(func() { check(t, hold(r, maya, run.ID)) }, faults.Delay(0)))
				stop := r.work()
				eventually(t, name, func() bool { return r.now(run.ID).State != bulk.Running })
				eventually(t, "the row waits again", func() bool { return count(r.rows(run.ID), bulk.Sending) == 0 })
				stop()
				equal(t, "PATCHes", len(s.patches()), 1)
				equal(t, "left", r.now(run.ID).Counts.Left, 2)
			})
		})
	}
}

// TestStopFreesWhatWasClaimed: a row that a process claimed before it died, or hung, counts as not sent once its run is stopped. It is not
// sent after that, should the process wake up.
func TestStopFreesWhatWasClaimed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		first, second, maya := s.replica(), s.replica(), s.signIn("maya")
		reached, awake := make(chan struct{}), make(chan struct{})
		wake := sync.OnceFunc(func() { close(awake) })
		t.Cleanup(wake)
		first.between.set(func(b *between) { b.before = func(string) { close(reached); <-awake } })
		run := first.begin(maya, s.ids(2))
		stop := first.work()
		<-reached
		_, err := second.Stop(ctx, maya.Actor(), run.ID)
		check(t, err)
		equal(t, "rows that are said to be sent", count(second.rows(run.ID), bulk.Sending), 0)
		wake()
		stop()
		equal(t, "rows that wait", count(second.rows(run.ID), bulk.Waiting), 2)
		equal(t, "PATCHes", len(s.patches()), 0)
	})
}

// TestShutdownGivesRunsBack: a process that stops lets what it sends come to its end, and another goes on at once.
func TestShutdownGivesRunsBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		first, second, maya := s.replica(), s.replica(), s.signIn("maya")
		ids := s.ids(3)
		run := first.begin(maya, ids)
		arrived, answer := make(chan struct{}), make(chan struct{})
		s.tenant.Faults.Next(patchOf(ids[0]), faults.Then(func() { close(arrived); <-answer }, faults.Delay(0)))
		stop := first.work()
		<-arrived
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		close(answer)
		<-stopped
		equal(t, "the first row", first.rows(run.ID)[0].Outcome, bulk.Applied)
		second.work()
		second.becomes(run.ID, bulk.Done)
		s.onceEach(ids)
	})
}

// TestRowsThatCannotBeRead: each is tried five times, the others do not wait for them, and two pause nothing, however often they are tried.
func TestRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(4)
		for _, id := range ids[:2] {
			s.tenant.Faults.Always(getOf(id), faults.Status(http.StatusInternalServerError, "application/json", "{}"))
		}
		r.work()
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		equal(t, "the others", run.Counts.Applied, 2)
		for _, row := range r.rows(run.ID)[:2] {
			equal(t, "the row", row.Outcome, bulk.Skipped)
			equal(t, "why", row.Note.Why, bulk.NotRead)
			equal(t, "tries", row.Tries, 5)
		}
	})
}

// TestRowThatCouldNotBeSettled: the database fails where it is told what became of a row. The same process takes that row again.
func TestRowThatCouldNotBeSettled(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		var fails atomic.Bool
		r, maya := s.replica(func(o *bulk.Options) {
			tell := o.Tell
			o.Tell = func(ctx context.Context, tx *sql.Tx, run string) error {
				if fails.CompareAndSwap(true, false) {
					return errors.New("the connection is gone")
				}
				return tell(ctx, tx, run)
			}
		}), s.signIn("maya")
		ids := s.ids(3)
		run := r.begin(maya, ids)
		s.set(ids[1], connector.Version, "somebody else's")
		once := sync.OnceFunc(func() { fails.Store(true) })
		r.between.set(func(b *between) {
			b.after = func(id string) {
				if id == ids[1] {
					once()
				}
			}
		})
		r.work()
		run = r.becomes(run.ID, bulk.Done)
		equal(t, "conflicts", run.Counts.Conflict, 1)
		equal(t, "applied", run.Counts.Applied, 2)
		equal(t, "PATCHes", len(s.patches()), 2)
	})
}

// TestTurnThatCouldNotBeGivenBack: the only one there is. The run goes on all the same once the database takes it.
func TestTurnThatCouldNotBeGivenBack(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	log := &written{}
	r, maya := s.replica(func(o *bulk.Options) {
		o.Rate, o.Log = 1, slog.New(slog.NewTextHandler(log, nil))
	}), s.signIn("maya")
	ids := s.ids(2)
	exec := func(statement string) {
		_, err := s.db.ExecContext(context.Background(), statement)
		check(t, err)
	}
	once := sync.OnceFunc(func() {
		exec(`CREATE TRIGGER refuses BEFORE UPDATE ON bulk_slots WHEN NEW.holder = '' BEGIN SELECT RAISE(FAIL, 'the disk is full'); END`)
	})
	r.between.set(func(b *between) { b.after = func(string) { once() } })
	run := r.begin(maya, ids)
	r.work()
	eventually(t, "a turn that cannot be given back", func() bool { return strings.Contains(log.String(), "the disk is full") })
	exec(`DROP TRIGGER refuses`)
	equal(t, "applied", r.becomes(run.ID, bulk.Done).Counts.Applied, 2)
	s.onceEach(ids)
}
