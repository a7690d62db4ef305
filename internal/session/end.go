package session

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"

	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

// End ends the session of the request. If it cannot be removed the error says so, and the person is still signed in.
func (s *Service) End(w http.ResponseWriter, r *http.Request) error {
	session, err := s.store.Get(r, s.cookies.Session())
	if err != nil {
		return DatabaseFailed(err)
	}
	session.Options.MaxAge = -1
	if err := session.Save(r, w); err != nil {
		return problem.New(problem.Unavailable, "You are still signed in: the session could not be ended.").
			Advising("Try again in a moment.").After(oidc.RetryPause).Because(err)
	}
	return nil
}

// EndOther ends one of the person's sessions. It says whether one of that id was live; another person's counts as none.
func (s *Service) EndOther(ctx context.Context, person *Person, id string) (bool, error) {
	ended, err := s.endWhere(ctx, `person = $1 AND id = $2`, person.entry.person(), id)
	return len(ended) > 0, err
}

// EndOthers ends all the person's sessions but this one, and says how many were live.
func (s *Service) EndOthers(ctx context.Context, person *Person) (int, error) {
	ended, err := s.endWhere(ctx, `person = $1 AND id <> $2`, person.entry.person(), person.entry.id)
	return len(ended), err
}

// EndBySID ends the sessions of the provider's session id, as a front-channel logout asks, and says whose they were, each
// once over all instances. One that had come to its end before, or that no key opens, is nobody's.
func (s *Service) EndBySID(ctx context.Context, sid string) ([]*Person, error) {
	if sid == "" {
		return nil, nil
	}
	ended, err := s.endWhere(ctx, `sid = $1`, seal.Digest(sid))
	var people []*Person
	for _, e := range ended {
		people = append(people, s.person(e))
	}
	return people, err
}

// endWhere removes the sessions of a condition and returns those that it ended: not one that had come to its end before, nor
// one that no key opens.
func (s *Service) endWhere(ctx context.Context, condition string, args ...any) (ended []*entry, err error) {
	err = s.o.DB.Write(ctx, func(tx *sql.Tx) error {
		ended = nil
		rows, err := tx.QueryContext(ctx, `DELETE FROM sessions WHERE `+condition+` RETURNING `+sessionColumns, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			e, _, err := s.store.entryOf(rows)
			if e == nil {
				return err
			}
			ended = append(ended, e)
		}
		return rows.Err()
	})
	for _, e := range ended {
		s.store.cache.evict(e.id)
	}
	if err != nil {
		return nil, DatabaseFailed(fmt.Errorf("end sessions: %w", err))
	}
	return slices.DeleteFunc(ended, s.store.over), nil
}
