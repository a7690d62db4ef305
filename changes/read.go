package changes

import (
	"context"
	"errors"

	"switchboard/problem"
)

// Get is the change with that id as it stands today.
func (s *Service) Get(ctx context.Context, id string) (Change, error) {
	change, err := one(ctx, s.Database, `WHERE id = $1`, id)
	switch {
	case errors.Is(err, errUnknown):
		return Change{}, problem.New(problem.NotFound, "There is no change with this id.").
			Advising("Check the link. A change that was never sent has no receipt.")
	case err != nil:
		return Change{}, unreadable(err)
	}
	return change, nil
}

// Unsettled are the changes of which nobody knows yet what became, the oldest first.
func (s *Service) Unsettled(ctx context.Context) ([]Change, error) {
	found, err := find(ctx, s.Database, `WHERE outcome IN ('pending', 'in_doubt') ORDER BY seq LIMIT 200`)
	if err != nil {
		return nil, unreadable(err)
	}
	return found, nil
}

func unreadable(err error) error {
	return problem.New(problem.Unavailable, "The database does not answer.").
		Saying("Nothing was changed. You are still signed in.").After(retrySoon).Because(err)
}
