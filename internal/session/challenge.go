package session

import (
	"context"
	"time"

	"switchboard/internal/oidc"
	"switchboard/internal/problem"
)

// StepUp keeps with the session what Graph asks for and a renewal did not bring, a JSON object: the next sign-in of this
// browser asks the provider for it.
func (p *Person) StepUp(ctx context.Context, claims string) error {
	return p.note(ctx, func(rec *record) { rec.StepUp = claims })
}

// WriteScopeDenied keeps with the session that a sign-in asked for the write scope and did not get it.
func (p *Person) WriteScopeDenied(ctx context.Context) error {
	return p.note(ctx, func(rec *record) { rec.Denied = true })
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
			return DatabaseFailed(err)
		} else if stored {
			return nil
		}
		select {
		case <-ctx.Done():
			return problem.New(problem.Unavailable, "Your sign-in is being renewed elsewhere.").
				Advising("Try again in a moment.").After(oidc.RetryPause)
		case <-time.After(leasePoll):
		}
	}
}
