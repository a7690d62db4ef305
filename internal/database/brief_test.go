package database_test

import (
	"context"
	"errors"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestBrief reads and writes begin nothing for who has gone.
func TestBrief(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		over, end := context.WithCancel(t.Context())
		end()
		var size int64
		const head = "SELECT size FROM audit_head"
		if err := db.QueryRowContext(over, head).Scan(&size); !errors.Is(err, context.Canceled) {
			t.Errorf("one row: %v", err)
		}
		if rows, err := db.QueryContext(db.Brief(over), head); !errors.Is(err, context.Canceled) {
			t.Errorf("rows: %v, %v", rows, err)
		}
		if err := db.QueryRowContext(t.Context(), head).Scan(&size); err != nil {
			t.Error(err)
		}
		if watched := db.Brief(t.Context()).Done() != nil; watched == db.Local() {
			t.Errorf("watched: %v", watched)
		}
	})
}
