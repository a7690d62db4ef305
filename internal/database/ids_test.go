package database_test

import (
	"context"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestSightingsOfOneIDBecomeOne: a database from before may hold a connector twice, its id spelt in two ways; what was seen
// first stays.
func TestSightingsOfOneIDBecomeOne(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		if err := db.MigrateDownTo(ctx, 36); err != nil {
			t.Fatal(err)
		}
		_, err := db.ExecContext(ctx, `INSERT INTO sightings (connector, digest, object, seen_at, seen_by) VALUES
			('ab', '', '{}', 2, '{}'), ('AB', '', '{}', 1, '{}'), ('aB', '', '{}', 1, '{}'), ('cd', '', '{}', 3, '{}')`)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.MigrateUp(ctx); err != nil {
			t.Fatal(err)
		}
		var rows int
		var spelt string
		err = db.QueryRowContext(ctx, "SELECT count(*), min(connector) FROM sightings WHERE lower(connector) = 'ab'").Scan(&rows, &spelt)
		if err != nil || rows != 1 || spelt == "ab" {
			t.Errorf("%d sightings, spelt %q (%v); want one of those seen first", rows, spelt, err)
		}
	})
}
