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

// inFlight are the changes that this process is sending, and the outcomes that it knows and has not recorded yet.
type inFlight struct {
	mu         sync.Mutex
	sending    map[string]bool
	unrecorded map[string]unrecordedOutcome
}

// unrecordedOutcome is an outcome that the audit log lacks.
type unrecordedOutcome struct {
	change Change
	person Person
	from   audit.Origin
	since  time.Time
}

// absentFor is how long a change may be missing from the database whose commit went wrong: a server may still be working
// on the commit of a connection that broke.
const absentFor = time.Minute

func newInFlight() *inFlight {
	return &inFlight{sending: map[string]bool{}, unrecorded: map[string]unrecordedOutcome{}}
}

func (f *inFlight) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sending[id] = true
}

func (f *inFlight) remove(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sending, id)
}

// has says whether this process is sending the change.
func (f *inFlight) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sending[id]
}

// outcomeOf is the outcome of the change that is not recorded yet, if there is one.
func (f *inFlight) outcomeOf(id string) (u unrecordedOutcome, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok = f.unrecorded[id]
	return u, ok
}

func (f *inFlight) keep(u unrecordedOutcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unrecorded[u.change.ID] = u
}

func (f *inFlight) drop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.unrecorded, id)
}

func (f *inFlight) allUnrecorded() []unrecordedOutcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Values(f.unrecorded))
}

// keepUnrecorded keeps an outcome until it can be recorded. If the process ends before, the change counts as in doubt.
func (s *Service) keepUnrecorded(p Person, from audit.Origin, change Change) {
	s.inFlight.keep(unrecordedOutcome{change: change, person: p, from: from, since: s.Now()})
}

// retryRecordings records the outcomes that could not be recorded when they came.
func (s *Service) retryRecordings(ctx context.Context) {
	for _, each := range s.inFlight.allUnrecorded() {
		s.retryRecording(ctx, each)
	}
}

// retryRecording records an outcome that could not be recorded when it came, or keeps it for the next time.
func (s *Service) retryRecording(ctx context.Context, u unrecordedOutcome) {
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	switch err := s.conclude(recording, u.person, u.from, &u.change, u.change.Action); {
	case err == nil:
		s.Log.InfoContext(ctx, "the outcome of a change is recorded at last", "change", u.change.ID, "outcome", u.change.Outcome)
	case errors.Is(err, errFinished):
	case errors.Is(err, errUnknown) && s.Now().Sub(u.since) >= absentFor: // its intent was never committed
	default:
		return
	}
	s.inFlight.drop(u.change.ID)
}

// reconcile is the change as it stands once this process has recorded what it knows of it, and once it is marked as in
// doubt if it is pending and its process has ended. On SQLite that holds for every change but this process's own, on
// PostgreSQL once no living process can still be sending it. A pending change of this process that it no longer sends was
// abandoned by a defect.
func (s *Service) reconcile(ctx context.Context, change Change) (Change, error) {
	if !change.Open() {
		return change, nil
	}
	if s.inFlight.has(change.ID) {
		return change, nil
	}
	// An unrecorded outcome is kept before its change leaves inFlight.
	if known, ok := s.inFlight.outcomeOf(change.ID); ok {
		s.retryRecording(ctx, known)
		return s.byID(ctx, change.ID)
	}
	others := change.instance != s.Instance && !s.Database.Local()
	if change.Outcome == audit.InDoubt || others && s.Now().Sub(change.IntendedAt) < abandonedAfter {
		return change, nil
	}
	// Its outcome may have been recorded between the read of its row and now.
	now, err := s.byID(ctx, change.ID)
	if err != nil || now.Outcome != audit.Pending {
		return now, err
	}
	return s.markInDoubt(ctx, change)
}

// markInDoubt records that the outcome of a change is not known because its process has ended.
func (s *Service) markInDoubt(ctx context.Context, change Change) (Change, error) {
	change.Outcome, change.failure.Orphaned = audit.InDoubt, true
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	err := s.conclude(recording, nil, audit.Origin{}, &change, change.Action)
	if errors.Is(err, errFinished) {
		return s.byID(ctx, change.ID)
	}
	if err == nil {
		s.Log.WarnContext(ctx, "a change was left without an outcome by a process that is gone; it is in doubt", "change", change.ID)
	}
	return change, err
}

// Recover marks as in doubt what a process that has ended left pending. It is called once, at start. What cannot be
// recorded then is marked when somebody looks.
func (s *Service) Recover(ctx context.Context) error {
	pending, err := s.readLogged(ctx, `WHERE outcome = 'pending' ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, change := range pending {
		if _, err := s.reconcile(ctx, change); err != nil {
			s.Log.WarnContext(ctx, "a change of an earlier run cannot be put in doubt yet", "change", change.ID, "error", err.Error())
		}
	}
	return nil
}
