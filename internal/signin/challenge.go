package signin

import (
	"context"
	"time"

	"switchboard/internal/problem"
)

// StepUp keeps with the session what Graph asks for and a renewal did not bring, a JSON object: the next sign-in of this
// browser asks the provider for it.
func (p *Person) StepUp(ctx context.Context, claims string) error {
	return p.note(ctx, func(rec *record) { rec.StepUp = claims })
}

// note changes what the session knows beside its tokens. It waits for a refresh that is under way on any instance, and never
// overtakes one: the tokens that come of it would be lost, and with them a refresh token that is good once.
func (p *Person) note(ctx context.Context, change func(*record)) error {
	s := p.service
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	for {
		e, err := s.current(ctx, p.entry.id, true)
		if err != nil {
			return err
		}
		rec := e.record
		change(&rec)
		if _, stored, err := s.store.commit(ctx, e, rec, nobody); err != nil {
			return broken(err)
		} else if stored {
			return nil
		}
		select {
		case <-ctx.Done():
			return problem.New(problem.Unavailable, "Your sign-in is being renewed elsewhere.").
				Advising("Try again in a moment.").After(retryPause)
		case <-time.After(leasePoll):
		}
	}
}
