package changes

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"switchboard/audit"
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

// has says whether this process still knows, or will know, what becomes of the change.
func (f *flights) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, owed := f.owed[id]
	return f.aloft[id] || owed
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

// pay records the outcomes that could not be recorded when they came.
func (s *Service) pay(ctx context.Context) {
	for _, debt := range s.flights.debts() {
		recording, cancel := within(ctx, recordWithin)
		err := s.conclude(recording, debt.person, debt.from, &debt.change, debt.change.Action)
		cancel()
		switch {
		case err == nil:
			s.Log.InfoContext(ctx, "the outcome of a change is recorded at last", "change", debt.change.ID, "outcome", debt.change.Outcome)
		case errors.Is(err, errSettled):
		case errors.Is(err, errUnknown) && s.Now().Sub(debt.since) >= absentFor: // its intent was never committed
		default:
			continue
		}
		s.flights.paid(debt.change.ID)
	}
}

// aged is the change as it stands once one is put in doubt that is pending because its process died. That is so for all
// but this process's own on SQLite, and on PostgreSQL once no living process can still be sending it. One of this process
// that it no longer sends was given up by a defect.
func (s *Service) aged(ctx context.Context, change Change) (Change, error) {
	if change.Outcome != audit.Pending {
		return change, nil
	}
	own := change.instance == s.Instance
	switch {
	case own && s.flights.has(change.ID),
		!own && !s.Database.Local() && s.Now().Sub(change.IntendedAt) < orphanAfter:
		return change, nil
	}
	// It may have landed between the read of its row and now.
	if now, err := one(ctx, s.Database, `WHERE id = $1`, change.ID); err != nil || now.Outcome != audit.Pending {
		return now, err
	}
	return s.orphan(ctx, change)
}

// orphan records that nobody knows what became of a change whose process died.
func (s *Service) orphan(ctx context.Context, change Change) (Change, error) {
	change.Outcome = audit.InDoubt
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
