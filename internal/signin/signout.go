package signin

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"switchboard/internal/problem"
)

// End signs the person out here and returns the provider's address that signs them out there, "" at a provider without one,
// where their session goes on: see AskAnew. If the session cannot be removed the error says so, and the person is still
// signed in.
func (s *Service) End(w http.ResponseWriter, r *http.Request, person *Person) (string, error) {
	session, err := s.store.Get(r, s.cookies.session)
	if err != nil {
		return "", broken(err)
	}
	hint := ""
	if person != nil {
		hint = person.entry.LoginHint
	}
	session.Options.MaxAge = -1
	if err := session.Save(r, w); err != nil {
		return "", problem.New(problem.Unavailable, "You are still signed in: the session could not be ended.").
			Advising("Try again in a moment.").After(retryPause).Because(err)
	}
	s.forget(w, r)
	return s.endSessionURL(hint), nil
}

// AskAnew has this browser's next sign-in ask the person who they are, although the provider may know it still.
func (s *Service) AskAnew(w http.ResponseWriter) {
	s.cookies.set(w, s.cookies.signedOut(), "1", signedOutLife)
}

// endSessionURL follows OpenID Connect RP-Initiated Logout 1.0. The ID token is not sent as a hint: it would put what is
// known of the person into an address, and the client id does as well.
func (s *Service) endSessionURL(hint string) string {
	back := s.address("/signed-out")
	about, err := s.provider.document()
	if err != nil || about.EndSession == "" {
		return ""
	}
	to, err := url.Parse(about.EndSession)
	if err != nil {
		return ""
	}
	query := to.Query()
	query.Set("client_id", s.o.ClientID)
	query.Set("post_logout_redirect_uri", back)
	if hint != "" {
		query.Set("logout_hint", hint)
	}
	to.RawQuery = query.Encode()
	return to.String()
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
	ended, err := s.endWhere(ctx, `sid = $1`, digest(sid))
	var people []*Person
	for _, e := range ended {
		people = append(people, &Person{service: s, entry: e})
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
		return nil, broken(fmt.Errorf("end sessions: %w", err))
	}
	return slices.DeleteFunc(ended, s.store.over), nil
}
