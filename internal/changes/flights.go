package changes

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"switchboard/internal/audit"
)

// flights are the changes that this process is sending, and those whose outcome it knows and could not record yet.
type flights struct {
	mu    sync.Mutex
	aloft map[string]bool
	owed  map[string]debt
}

// debt is an outcome that the record lacks.
type debt struct {
	change Change
	person Person
	from   Origin
	since  time.Time
}

// absentFor is how long a change may be missing from the database whose commit went wrong: a server may still be working
// on the commit of a connection that broke.
const absentFor = time.Minute

func (f *flights) takeOff(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aloft[id] = true
}

func (f *flights) land(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.aloft, id)
}

// has says whether this process is sending the change.
func (f *flights) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.aloft[id]
}

func (f *flights) debt(id string) (d debt, owed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, owed = f.owed[id]
	return d, owed
}

func (f *flights) owe(d debt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owed[d.change.ID] = d
}

func (f *flights) paid(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.owed, id)
}

func (f *flights) debts() []debt {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Values(f.owed))
}

// owe keeps an outcome until it can be recorded. Should the process end before, the change is found again as in doubt.
func (s *Service) owe(p Person, from Origin, change Change) {
	s.flights.owe(debt{change: change, person: p, from: from, since: s.Now()})
}

// payAll records the outcomes that could not be recorded when they came.
func (s *Service) payAll(ctx context.Context) {
	for _, debt := range s.flights.debts() {
		s.pay(ctx, debt)
	}
}

// pay records an outcome that could not be recorded when it came, or keeps it for the next time.
func (s *Service) pay(ctx context.Context, d debt) {
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	switch err := s.conclude(recording, d.person, d.from, &d.change, d.change.Action); {
	case err == nil:
		s.Log.InfoContext(ctx, "the outcome of a change is recorded at last", "change", d.change.ID, "outcome", d.change.Outcome)
	case errors.Is(err, errSettled):
	case errors.Is(err, errUnknown) && s.Now().Sub(d.since) >= absentFor: // its intent was never committed
	default:
		return
	}
	s.flights.paid(d.change.ID)
}

// aged is the change as it stands once what this process owes of it is paid, and once it is put in doubt if it is pending
// and its process died: that is so for all but this process's own on SQLite, and on PostgreSQL once no living process can
// still be sending it. One of this process that it no longer sends was given up by a defect.
func (s *Service) aged(ctx context.Context, change Change) (Change, error) {
	if !change.Open() {
		return change, nil
	}
	if s.flights.has(change.ID) {
		return change, nil
	}
	// What is owed is owed before its change lands.
	if debt, owed := s.flights.debt(change.ID); owed {
		s.pay(ctx, debt)
		return one(ctx, s.Database, `WHERE id = $1`, change.ID)
	}
	others := change.instance != s.Instance && !s.Database.Local()
	if change.Outcome == audit.InDoubt || others && s.Now().Sub(change.IntendedAt) < orphanAfter {
		return change, nil
	}
	// It may have landed between the read of its row and now.
	now, err := one(ctx, s.Database, `WHERE id = $1`, change.ID)
	if err != nil || now.Outcome != audit.Pending {
		return now, err
	}
	return s.orphan(ctx, change)
}

// orphan records that nobody knows what became of a change whose process died.
func (s *Service) orphan(ctx context.Context, change Change) (Change, error) {
	change.Outcome, change.failure.Orphaned = audit.InDoubt, true
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	err := s.conclude(recording, nil, Origin{}, &change, change.Action)
	if errors.Is(err, errSettled) {
		return one(ctx, s.Database, `WHERE id = $1`, change.ID)
	}
	if err == nil {
		s.Log.WarnContext(ctx, "a change was left without an outcome by a process that is gone; it is in doubt", "change", change.ID)
	}
	return change, err
}

// Recover puts in doubt what a process that is gone left pending. It is called once, at start; what cannot be recorded now
// is put in doubt when somebody looks.
func (s *Service) Recover(ctx context.Context) error {
	pending, err := find(ctx, s.Database, `WHERE outcome = 'pending' ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, change := range pending {
		if _, err := s.aged(ctx, change); err != nil {
			s.Log.WarnContext(ctx, "a change of an earlier run cannot be put in doubt yet", "change", change.ID, "error", err.Error())
		}
	}
	return nil
}
