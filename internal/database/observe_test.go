package database_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestObserver is told of each transaction and of its end.
func TestObserver(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var told []string
		db.Observe(func(_ context.Context, kind string) func(database.End) {
			return func(end database.End) { told = append(told, kind+" "+string(end)) }
		})
		nothing := func(*sql.Tx) error { return nil }
		over, end := context.WithCancel(t.Context())
		end()
		fails := errors.New("it fails")
		for _, err := range []error{
			db.Read(t.Context(), nothing), db.Write(t.Context(), nothing), db.Write(over, nothing),
			db.Write(t.Context(), func(*sql.Tx) error { return fails }),
		} {
			if err != nil && !errors.Is(err, fails) && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		_, _ = db.ExecContext(t.Context(), "DELETE FROM drafts")
		_, _ = db.ExecContext(t.Context(), "UPDATE nothing SET size = size")
		want := []string{"read committed", "write committed", "write broken", "write rolled_back", "write committed", "write broken"}
		if !slices.Equal(told, want) {
			t.Errorf("told %q", told)
		}
	})
}
