// Package databasetest gives each test fresh databases of both kinds. PostgreSQL is the server at
// $SWITCHBOARD_TEST_POSTGRES, else the one that scripts/postgres.sh starts; a test that has none fails.
package databasetest

import (
	"context"
	"net/url"
	"os"
	"strings"
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

// Filled fills a fresh database once. What it returns are the addresses of copies, each of which is gone when its test ends.
func Filled(t testing.TB, kind string, fill func(db *database.DB)) (copied func(testing.TB) string) {
	t.Helper()
	filled := URL(t, kind)
	db, err := database.Open(context.Background(), filled)
	if err != nil {
		t.Fatal(err)
	}
	fill(db)
	if err := db.Close(); err != nil { // a file has all then, and a database of PostgreSQL can be copied
		t.Fatal(err)
	}
	return func(t testing.TB) string {
		t.Helper()
		address, err := copyOf(t, kind, filled)
		if err != nil {
			t.Fatalf("a copy of a %s database: %v", kind, err)
		}
		return address
	}
}

func copyOf(t testing.TB, kind, address string) (string, error) {
	if kind == SQLiteKind {
		content, err := os.ReadFile(strings.TrimPrefix(address, "sqlite:"))
		if err != nil {
			return "", err
		}
		return writeSQLite(t, content)
	}
	server, err := theServer()
	if err != nil {
		return "", err
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return server.create(t, strings.TrimPrefix(parsed.Path, "/"))
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
