// Package databasetest gives each test fresh databases of both kinds. PostgreSQL is the server at
// $SWITCHBOARD_TEST_POSTGRES, else the one that scripts/postgres.sh starts; a test that has none fails.
package databasetest

import (
	"context"
	"testing"

	"switchboard/internal/database"
)

// The kinds of database.
const (
	SQLiteKind   = "sqlite"
	PostgresKind = "postgres"
)

// Kinds are the kinds of database that every test of stored data runs on.
func Kinds() []string { return []string{SQLiteKind, PostgresKind} }

// Each runs the test on a fresh SQLite file and on a fresh PostgreSQL database, in parallel.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, URL(t, kind)))
		})
	}
}

// SQLite is a fresh SQLite database, for tests of what does not depend on the kind.
func SQLite(t testing.TB) *database.DB {
	t.Helper()
	return Open(t, URL(t, SQLiteKind))
}

// Open opens the database at the URL until the test ends. A second one at the same URL is another replica's.
func Open(t testing.TB, url string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// URL is the address of a fresh database of that kind, which is gone when the test ends.
func URL(t testing.TB, kind string) string {
	t.Helper()
	return fresh(t, kind, false)
}

// Empty is the address of a fresh database that nobody has migrated yet.
func Empty(t testing.TB, kind string) string {
	t.Helper()
	return fresh(t, kind, true)
}

func fresh(t testing.TB, kind string, empty bool) string {
	t.Helper()
	create := freshPostgres
	if kind == SQLiteKind {
		create = freshSQLite
	}
	url, err := create(t, empty)
	if err != nil {
		t.Fatalf("a fresh %s database: %v", kind, err)
	}
	return url
}
