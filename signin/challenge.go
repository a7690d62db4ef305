package signin

import (
	"context"

	"switchboard/problem"
)

// StepUp keeps with the session what Graph asks for and a renewal did not bring, a JSON object: the next sign-in of this
// browser asks the provider for it.
func (p *Person) StepUp(ctx context.Context, claims string) error {
	s := p.service
	for range 3 { // a refresh may come between
		e, err := s.current(ctx, p.entry.id, true)
		if err != nil {
			return err
		}
		rec := e.record
		rec.StepUp = claims
		if _, stored, err := s.store.commit(ctx, e, rec, ""); err != nil {
			return broken(err)
		} else if stored {
			return nil
		}
	}
	return problem.New(problem.Unavailable, "Your sign-in is being renewed elsewhere.").
		Advising("Try again in a moment.").After(retryPause)
}
