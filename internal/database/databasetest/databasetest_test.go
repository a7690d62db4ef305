package databasetest_test

import (
	"path/filepath"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestOnlyFreshFilesAreUnsynced: what a test names itself is as durable as the product's.
func TestOnlyFreshFilesAreUnsynced(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]int{
		databasetest.URL(t, databasetest.SQLiteKind):             0,
		databasetest.Empty(t, databasetest.SQLiteKind):           0,
		"sqlite:" + filepath.Join(t.TempDir(), "switchboard.db"): 2,
	} {
		var got int
		if err := databasetest.Open(t, url).QueryRow("PRAGMA synchronous").Scan(&got); err != nil || got != want {
			t.Errorf("%s: synchronous is %d, %v; want %d", url, got, err, want)
		}
	}
}

// TestCopiesAreApart and begin with what was filled in.
func TestCopiesAreApart(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			copied := databasetest.Filled(t, kind, func(db *database.DB) { run(t, db, "CREATE TABLE filled (id BIGINT)") })
			for range 2 {
				db := databasetest.Open(t, copied(t))
				run(t, db, "INSERT INTO filled (id) VALUES (1)")
				var count int
				if err := db.QueryRow("SELECT count(*) FROM filled").Scan(&count); err != nil || count != 1 {
					t.Errorf("%d rows, %v; want the copy's own", count, err)
				}
			}
		})
	}
}

func run(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
