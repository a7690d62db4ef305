package bulk_test

import (
	"sort"
	"sync"
	"testing"
	"time"

	"switchboard/internal/bulk"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
)

// TestProcessThatHangsIsTakenOver lets a process hang at each point of a row until another has finished its run, and then wake up: it
// sends nothing more, and each row has one PATCH.
func TestProcessThatHangsIsTakenOver(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]func(*replica, string, func()){
		"a row is claimed": func(r *replica, id string, wait func()) {
			r.between.set(func(b *between) {
				b.before = func(at string) {
					if at == id {
						wait()
					}
				}
			})
		},
		"the connector is read": func(r *replica, id string, wait func()) {
			r.site.tenant.Faults.Next(getOf(id), faults.Then(wait, faults.Delay(0)))
		},
		"the PATCH has arrived": func(r *replica, id string, wait func()) {
			r.site.tenant.Faults.Next(patchOf(id), faults.Then(wait, faults.LoseAnswer()))
		},
		"the outcome is recorded": func(r *replica, id string, wait func()) {
			r.between.set(func(b *between) {
				b.after = func(at string) {
					if at == id {
						wait()
					}
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				first, second, maya := s.replica(), s.replica(), s.signIn("maya")
				ids := s.ids(4)
				reached, awake := make(chan struct{}), make(chan struct{})
				wake := sync.OnceFunc(func() { close(awake) })
				t.Cleanup(wake)
				hang(first, ids[1], sync.OnceFunc(func() { close(reached); <-awake }))
				run := first.begin(maya, ids)
				stop := first.work()
				<-reached
				second.clock.pass(40 * time.Second) // its lease has ended, and its change counts as left behind
				second.work()
				eventually(t, "the others are applied", func() bool { return second.now(run.ID).Counts.Applied >= 3 })
				wake()
				stop()
				s.settled(second, run.ID, maya)
				s.onceEach(ids)
			})
		})
	}
}

// TestTwoProcesses work on the runs of two people: each row is sent once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		first, second, maya, priya := s.replica(), s.replica(), s.signIn("maya"), s.signIn("priya")
		ids := s.ids(24)
		one, other := first.begin(maya, ids[:12]), second.begin(priya, ids[12:])
		first.work()
		second.work()
		first.becomes(one.ID, bulk.Done)
		first.becomes(other.ID, bulk.Done)
		s.onceEach(ids)
		s.keepsPace(5)
	})
}

// keepsPace says that in no second more PATCHes arrived than that.
func (s *site) keepsPace(most int) {
	s.t.Helper()
	var times []time.Time
	for _, each := range s.patches() {
		times = append(times, each.Time)
	}
	sort.Slice(times, func(i, j int) bool { return times[i].Before(times[j]) })
	for i := most; i < len(times); i++ {
		if apart := times[i].Sub(times[i-most]); apart < time.Second {
			s.t.Errorf("%d PATCHes arrived in %v", most+1, apart)
		}
	}
}

// TestPace holds for a slow Graph as well: a change that is long on its way keeps its slot.
func TestPace(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		slow := func(o *bulk.Options) { o.Rate = 2 }
		first, second, maya, priya := s.replica(slow), s.replica(slow), s.signIn("maya"), s.signIn("priya")
		ids := s.ids(8)
		for _, id := range ids {
			s.tenant.Faults.Next(patchOf(id), faults.Delay(300*time.Millisecond))
		}
		one, other := first.begin(maya, ids[:4]), second.begin(priya, ids[4:])
		first.work()
		second.work()
		first.becomes(one.ID, bulk.Done)
		first.becomes(other.ID, bulk.Done)
		s.keepsPace(2)
	})
}
