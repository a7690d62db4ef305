package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/problem"
)

const (
	// MostViews is how many views one person may save.
	MostViews = 20
	// LongestViewName is in characters.
	LongestViewName = 60
	// longestQuery is in bytes; the list's own parameters stay far below.
	longestQuery = 8 << 10
)

// SavedView is a filter of the list that a person has given a name.
type SavedView struct {
	ID, Name string
	// Query is that of the list's address.
	Query string
}

// SavedViews are everybody's, each seen by its own person alone. Any number of instances may share a database.
type SavedViews struct {
	db    *database.DB
	now   func() time.Time
	newID func() string
}

// NewSavedViews is the shelf of views, ready for use.
func NewSavedViews(db *database.DB, now func() time.Time, newID func() string) *SavedViews {
	return &SavedViews{db, now, newID}
}

// Views are the person's, by name.
func (s *SavedViews) Views(ctx context.Context, who access.Actor) ([]SavedView, error) {
	views, err := database.Unchanged(ctx, s.db, "views of "+who.Key(), func() ([]SavedView, error) { return s.read(ctx, who.Key()) })
	if err != nil {
		return nil, notNow(err)
	}
	return views, nil
}

func (s *SavedViews) read(ctx context.Context, person string) ([]SavedView, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, name, query FROM saved_views WHERE person = $1`, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var views []SavedView
	for rows.Next() {
		var view SavedView
		if err := rows.Scan(&view.ID, &view.Name, &view.Query); err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(views, func(a, b SavedView) int { return strings.Compare(readAs(a.Name), readAs(b.Name)) }) // the databases collate each in its own way
	return views, nil
}

// SaveView gives a query a name. The error is a problem: the name is none or is taken, or the person has as many views as one may.
func (s *SavedViews) SaveView(ctx context.Context, who access.Actor, name, query string) error {
	name = strings.TrimSpace(name)
	if fault := faultOfName(name); fault != "" {
		return refusal(fault)
	}
	if len(query) > longestQuery {
		return problem.New(problem.Invalid, "This view was not saved.").Saying("Its filters are longer than a view can hold.").Advising("Shorten what is searched for.")
	}
	id, at, readAs := s.newID(), s.now().UnixMicro(), readAs(name)
	var refused error
	for range MostViews { // a place that somebody takes at the same time is tried again with the next one
		var saved bool
		err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
			saved, refused = false, nil
			place, err := freePlace(ctx, tx, who.Key(), readAs)
			if _, is := errors.AsType[problem.Problem](err); is {
				refused = err
				return nil
			} else if err != nil {
				return err
			}
			saved, err = insertView(ctx, tx, id, who.Key(), place, name, readAs, query, at)
			return err
		})
		if err != nil {
			return notNow(err)
		}
		if saved || refused != nil {
			return refused
		}
	}
	return notNow(errors.New("save a view: every place was taken meanwhile"))
}

// freePlace is the first place that the person has left.
func freePlace(ctx context.Context, tx *sql.Tx, person, readAs string) (int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT place, read_as FROM saved_views WHERE person = $1`, person)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	taken := map[int]bool{}
	for rows.Next() {
		var place int
		var other string
		if err := rows.Scan(&place, &other); err != nil {
			return 0, err
		}
		if other == readAs {
			return 0, refusal("You have a view of this name. Choose another, or delete that view first.")
		}
		taken[place] = true
	}
	for place := 1; place <= MostViews; place++ {
		if !taken[place] {
			return place, rows.Err()
		}
	}
	return 0, refusal(fmt.Sprintf("You have %d views, which is the most. Delete one first.", MostViews))
}

// insertView says whether the view stands there: another request may have taken its place or its name meanwhile.
func insertView(ctx context.Context, tx *sql.Tx, id, person string, place int, name, readAs, query string, at int64) (bool, error) {
	done, err := tx.ExecContext(ctx, `INSERT INTO saved_views (id, person, place, name, read_as, query, saved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, id, person, place, name, readAs, query, at)
	if err != nil {
		return false, fmt.Errorf("save a view: %w", err)
	}
	inserted, err := done.RowsAffected()
	return inserted > 0, err
}

// DeleteView deletes one of the person's own views; another id is a problem.
func (s *SavedViews) DeleteView(ctx context.Context, who access.Actor, id string) error {
	var deleted int64
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM saved_views WHERE id = $1 AND person = $2`, id, who.Key())
		if err == nil {
			deleted, err = done.RowsAffected()
		}
		return err
	})
	switch {
	case err != nil:
		return notNow(err)
	case deleted == 0:
		return problem.New(problem.NotFound, "You have no view with this id.").Advising("It may be deleted already. The menu lists the views that you have.")
	}
	return nil
}

// readAs is a name as names are compared: two that read alike are one.
func readAs(name string) string {
	if folded := strings.Join(connector.Words(name), " "); folded != "" {
		return folded
	}
	return name
}

func faultOfName(name string) string {
	switch count := connector.Characters(name); {
	case count == 0:
		return "Give the view a name."
	case count > LongestViewName:
		return fmt.Sprintf("Shorten the name to %d characters; it has %d.", LongestViewName, count)
	case strings.ContainsFunc(name, unicode.IsControl) || strings.ToValidUTF8(name, "") != name:
		return "Choose a name of letters and other visible characters."
	}
	return ""
}

// NameField is the field of a form that holds a view's name.
const NameField = "name"

func refusal(fault string) error {
	return problem.New(problem.Invalid, "This view was not saved.").At(problem.Field{Name: NameField, Message: fault})
}

// notNow is the problem of a database that does not answer.
func notNow(err error) error {
	return problem.New(problem.Unavailable, "Your views cannot be reached just now.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").After(10 * time.Second).Because(err)
}
