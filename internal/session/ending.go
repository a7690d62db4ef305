package session

import (
	"context"
	"time"
)

// tellLimit bounds Options.Ended: a request may wait for it.
const tellLimit = 5 * time.Second

// endLeased ends a session without its person's doing, and tells of it. Only the instance that removes the row tells, so
// that it is told once; by then the session is over, whether or not that succeeds.
func (s *Service) endLeased(ctx context.Context, e *entry, holder, reason string) error {
	removed, err := s.store.endLeased(ctx, e, holder)
	if err != nil {
		return DatabaseFailed(err)
	}
	if removed {
		s.tell(ctx, e, reason)
	}
	return nil
}

// tell is for sessions that ended without their person's doing.
func (s *Service) tell(ctx context.Context, e *entry, reason string) {
	if s.o.Ended == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellLimit)
	defer cancel()
	s.o.Ended(ctx, s.person(e), reason)
}
