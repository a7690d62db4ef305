package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/internal/access"
)

// Listed is a session that has not ended.
type Listed struct {
	ID       string // for EndOther and EndAny; good for nothing else
	Person   access.Actor
	Device   string // what the browser called itself at sign-in
	Address  string // where the sign-in came from; empty where that was not kept
	Since    time.Time
	LastSeen time.Time // to the minute
	Current  bool      // the one that asks
}

// mostListed bounds a list of sessions.
const mostListed = 200

// List is where the person is signed in, the latest first.
func (s *Service) List(ctx context.Context, person *Person) ([]Listed, error) {
	found, err := s.live(ctx, `person = $3 ORDER BY created_at DESC LIMIT $4`, person.entry.person(), mostListed)
	return listed(found, person), err
}

// All are the sessions of everybody, the one used last first, at most 200 of them. person is who asks.
func (s *Service) All(ctx context.Context, person *Person) ([]Listed, error) {
	found, err := s.live(ctx, `1 = 1 ORDER BY seen_at DESC, id LIMIT $3`, mostListed)
	return listed(found, person), err
}

// Count is how many sessions of everybody have not ended. The index by last use leads to them, so it costs as much as there are;
// none is opened.
func (s *Service) Count(ctx context.Context) (count int, err error) {
	now := s.now()
	err = s.o.DB.QueryRowContext(ctx, `SELECT count(*) FROM sessions WHERE ends_at > $1 AND seen_at > $2`,
		now.UnixMicro(), now.Add(-s.o.Idle).UnixMicro()).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return count, nil
}

func listed(found []*entry, asks *Person) []Listed {
	var list []Listed
	for _, e := range found {
		list = append(list, Listed{
			ID: e.id, Person: e.actor(), Device: e.Device, Address: e.Address, Since: e.Began, LastSeen: e.lastSeen(),
			Current: e.id == asks.entry.id,
		})
	}
	return list
}

// live are the sessions of a condition that have not ended; its arguments are numbered from $3 on.
func (s *Service) live(ctx context.Context, condition string, args ...any) ([]*entry, error) {
	now := s.now()
	rows, err := s.o.DB.QueryContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE ends_at > $1 AND seen_at > $2 AND `+condition,
		append([]any{now.UnixMicro(), now.Add(-s.o.Idle).UnixMicro()}, args...)...)
	if err != nil {
		return nil, DatabaseFailed(fmt.Errorf("list sessions: %w", err))
	}
	defer rows.Close()
	var found []*entry
	for rows.Next() {
		e, _, err := s.store.entryOf(rows)
		switch {
		case e == nil:
			return nil, DatabaseFailed(fmt.Errorf("list sessions: %w", err))
		case err == nil && !s.store.over(e): // one that no key opens is nobody's
			found = append(found, e)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, DatabaseFailed(fmt.Errorf("list sessions: %w", err))
	}
	return found, nil
}

// EndAny ends whosever session it is, and says whose that was; nil where none of that id was live.
func (s *Service) EndAny(ctx context.Context, id string) (*Person, error) {
	ended, err := s.endWhere(ctx, `id = $1`, id)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	return s.person(ended[0]), nil
}

// limit ends those of a person's sessions that are too many by the one that has just begun, the one unused longest first. It
// looks once the new one is kept, so that of sign-ins that finish at once the last one sees all. Each of them takes the same
// order, its own session among the others, so that two do not end each other.
func (s *Service) limit(ctx context.Context, person *Person) {
	if s.o.PerPerson <= 0 {
		return
	}
	all, err := s.live(ctx, `person = $3`, person.entry.person())
	slices.SortFunc(all, func(a, b *entry) int {
		return cmp.Or(s.store.lastUse(a).Compare(s.store.lastUse(b)), a.Began.Compare(b.Began), strings.Compare(a.id, b.id))
	})
	for _, e := range all[:max(0, len(all)-s.o.PerPerson)] {
		var ended []*entry
		if ended, err = s.endWhere(ctx, `id = $1`, e.id); len(ended) > 0 {
			s.tell(ctx, ended[0], fmt.Sprintf("a person may have %d sessions (sessions.per_person), and this one was unused longest", s.o.PerPerson))
		}
	}
	if err != nil {
		s.log.WarnContext(ctx, "sessions beyond sessions.per_person could not be ended", "error", errors.Unwrap(err))
	}
}
