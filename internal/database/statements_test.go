package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestTextsAreRunAgain: what was prepared once gives the same as what was not, whatever happened in between.
func TestTextsAreRunAgain(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		run(t, db, "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")
		for id := range 3 {
			run(t, db, "INSERT INTO things (id, name) VALUES ($1, $2)", id, fmt.Sprint("thing ", id))
		}
		const byID = "SELECT name FROM things WHERE id = $1"
		for id := range 3 {
			if got := theText(t, db, byID, id); got != fmt.Sprint("thing ", id) {
				t.Errorf("%d is %q", id, got)
			}
		}
		if _, err := db.ExecContext(t.Context(), "INSERT INTO things (id, name) VALUES ($1, $2)", 1, "again"); err == nil {
			t.Error("the same id twice")
		}
		run(t, db, "INSERT INTO things (id, name) VALUES ($1, $2)", 3, "thing 3")

		run(t, db, "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")
		if got := theText(t, db, byID, 3); got != "thing 3" {
			t.Errorf("after the table has changed: %q", got)
		}
		run(t, db, "DROP TABLE things")
		if err := db.QueryRowContext(t.Context(), byID, 3).Scan(new(string)); err == nil {
			t.Error("a table that is gone still has rows")
		}
		run(t, db, "CREATE TABLE things (name TEXT NOT NULL, id BIGINT)")
		run(t, db, "INSERT INTO things (id, name) VALUES ($1, $2)", 3, "another")
		if got := theText(t, db, byID, 3); got != "another" {
			t.Errorf("of a table made anew: %q", got)
		}
	})
}

// TestRowsOfOneTextDoNotMeet: rows may be open while the same text is asked again on the same connection, and one that was given
// up leaves nothing to the next.
func TestRowsOfOneTextDoNotMeet(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	run(t, db, "CREATE TABLE things (id BIGINT PRIMARY KEY)")
	for id := range 20 {
		run(t, db, "INSERT INTO things (id) VALUES ($1)", id)
	}
	const from = "SELECT id FROM things WHERE id >= $1 ORDER BY id"
	err := db.Read(t.Context(), func(tx *sql.Tx) error {
		outer, err := tx.QueryContext(t.Context(), from, 10)
		if err != nil {
			return err
		}
		defer outer.Close()
		for want := 10; outer.Next(); want++ {
			var id, inner int
			if err := errors.Join(outer.Scan(&id), tx.QueryRowContext(t.Context(), from, id-5).Scan(&inner)); err != nil {
				return err
			}
			if id != want || inner != want-5 {
				t.Errorf("got %d and within it %d, want %d and %d", id, inner, want, want-5)
			}
		}
		return outer.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		rows, err := db.QueryContext(ctx, from, 0)
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		cancel()
		_ = rows.Close() // perhaps with the context's error
		var first int
		if err := db.QueryRowContext(t.Context(), from, 7).Scan(&first); err != nil || first != 7 {
			t.Fatalf("after rows that were given up: %d, %v", first, err)
		}
	}
}

// TestManyTextsAreForgotten again, the longest unused first, and all of them work.
func TestManyTextsAreForgotten(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	for range 2 {
		for i := range 300 {
			var got int
			if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + $1", i), 1).Scan(&got); err != nil || got != i+1 {
				t.Fatalf("%d + 1 = %d, %v", i, got, err)
			}
		}
	}
}

// BenchmarkQuery is one small read of the kind that pages make many of.
func BenchmarkQuery(b *testing.B) {
	db := databasetest.SQLite(b)
	b.ReportAllocs()
	for b.Loop() {
		rows, err := db.QueryContext(b.Context(), `SELECT id, seq, once, connector, action, detail, reason, reverts, actor, fields, outcome
			FROM changes WHERE lower(connector) = lower($1) AND outcome IN ('pending', 'in_doubt') ORDER BY seq LIMIT 1`, "x")
		if err != nil {
			b.Fatal(err)
		}
		rows.Close()
	}
}

func theText(t *testing.T, db *database.DB, query string, args ...any) (found string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

func run(t *testing.T, db *database.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
