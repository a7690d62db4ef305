package changes

import (
	"context"
	"errors"

	"switchboard/internal/database"
	"switchboard/internal/problem"
)

// Get is the change with that id as it stands today, as the audit log tells it.
func (s *Service) Get(ctx context.Context, id string) (Change, error) {
	change, err := s.oneLogged(ctx, `WHERE id = $1`, id)
	switch {
	case errors.Is(err, errUnknown):
		return Change{}, problem.New(problem.NotFound, "There is no change with this id.").
			Advising("Check the link. A change that was never sent has no receipt.")
	case err != nil:
		return Change{}, unreadable(err)
	}
	return change, nil
}

// mostInDoubt bounds what a page lists.
const mostInDoubt = 200

// InDoubt are the changes in doubt, the oldest first; one that is being sent is not among them.
func (s *Service) InDoubt(ctx context.Context) ([]Change, error) {
	found, err := s.logged(ctx, `WHERE outcome = 'in_doubt' ORDER BY seq LIMIT $1`, mostInDoubt)
	if err != nil {
		return nil, unreadable(err)
	}
	return found, nil
}

// CountInDoubt is how many changes are in doubt, and DoubtfulConnectors are the ids of their connectors. For a number and a mark the
// rows are not held against the audit log's lines; whoever opens what they lead to sees them checked.
func (s *Service) CountInDoubt(ctx context.Context) (int, error) {
	count, err := database.Unchanged(ctx, s.Database, "changes in doubt", func() (int, error) { return s.Doubts(ctx) })
	if err != nil {
		return 0, unreadable(err)
	}
	return count, nil
}

// DoubtfulConnectors are the ids of the connectors of which a change is in doubt.
func (s *Service) DoubtfulConnectors(ctx context.Context) ([]string, error) {
	rows, err := s.Database.QueryContext(ctx, `SELECT DISTINCT connector FROM changes WHERE outcome = 'in_doubt'`)
	if err != nil {
		return nil, unreadable(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, unreadable(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, unreadable(err)
	}
	return ids, nil
}

// oldestOpen is the condition of OpenOf.
const oldestOpen = `WHERE lower(connector) = lower($1) AND ` + open + ` ORDER BY CASE WHEN action = 'sync' THEN 1 ELSE 0 END, seq LIMIT 1`

// OpenOf is the connector's oldest change that is being sent or in doubt, an edit before a sync; ok is false where there is
// none.
func (s *Service) OpenOf(ctx context.Context, connectorID string) (change Change, ok bool, err error) {
	change, err = s.oneLogged(ctx, oldestOpen, connectorID)
	switch {
	case errors.Is(err, errUnknown):
		return Change{}, false, nil
	case err != nil:
		return Change{}, false, unreadable(err)
	}
	return change, true, nil
}

func unreadable(err error) error {
	return problem.New(problem.Unavailable, "The database does not answer.").
		Saying("Nothing was changed. You are still signed in.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").After(retrySoon).Because(err)
}
