package database_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// counted reads a number of the database by Unchanged, and counts how often it was read.
type counted struct {
	t    *testing.T
	db   *database.DB
	read int
}

func (c *counted) number(ctx context.Context) (number int) {
	c.t.Helper()
	number, err := database.Unchanged(ctx, c.db, "number", func() (number int, err error) {
		c.read++
		return number, c.db.QueryRowContext(ctx, "SELECT count(*) FROM saved_views").Scan(&number)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return number
}

func addRow(t *testing.T, db *database.DB, id string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO saved_views (id, person, place, name, read_as, query, saved_at) VALUES ($1, 'p', $2, $1, $1, '', 0)`, id, len(id))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// twice has a test use each kind of database as two programs do.
func twice(t *testing.T, test func(t *testing.T, db, other *database.DB)) {
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, kind)
			test(t, databasetest.Open(t, url), databasetest.Open(t, url))
		})
	}
}

// TestUnchangedIsReadOnce: what nobody has changed is read once, and what anybody has changed is read again at once, whether this
// program did so or another on the same database.
func TestUnchangedIsReadOnce(t *testing.T) {
	twice(t, func(t *testing.T, db, other *database.DB) {
		c := &counted{t: t, db: db}
		ctx := t.Context()
		if c.number(ctx); c.number(ctx) != 0 || c.read > 2 {
			t.Fatalf("read %d times", c.read)
		}
		for i, writer := range []*database.DB{db, other, db, other} {
			addRow(t, writer, "abcd"[:i+1])
			if got := c.number(ctx); got != i+1 {
				t.Fatalf("%d rows after %d were added", got, i+1)
			}
		}
	})
}

// TestAPageSeesItsOwnCommits: a page asks once whether something has changed, and knows what this program commits meanwhile; what
// another one does it sees from the next page on, or once it has waited for something.
func TestAPageSeesItsOwnCommits(t *testing.T) {
	twice(t, func(t *testing.T, db, other *database.DB) {
		c := &counted{t: t, db: db}
		page := database.Page(t.Context())
		c.number(page)
		addRow(t, db, "a")
		if got := c.number(page); got != 1 {
			t.Fatalf("%d rows after this program added one", got)
		}
		addRow(t, other, "bb")
		database.Anew(page)
		if got := c.number(page); got != 2 && !db.Local() { // SQLite's file is one program's
			t.Fatalf("%d rows after another program added one and the page waited", got)
		}
	})
}

// TestLatelySeesOwnCommitsAtOnce, and soon what another program commits, though others ask all the time.
func TestLatelySeesOwnCommitsAtOnce(t *testing.T) {
	twice(t, func(t *testing.T, db, other *database.DB) {
		ctx := t.Context()
		number := func() (number int) {
			number, err := database.Lately(ctx, db, "number", func() (number int, err error) {
				return number, db.QueryRowContext(ctx, "SELECT count(*) FROM saved_views").Scan(&number)
			})
			if err != nil {
				t.Fatal(err)
			}
			return number
		}
		number()
		addRow(t, db, "a")
		if got := number(); got != 1 {
			t.Fatalf("%d rows after this program added one", got)
		}
		addRow(t, other, "ab")
		for number() != 2 { // ever; the test's own time bounds it
			runtime.Gosched()
		}
	})
}

// TestManyWhoAskAtOnceSeeWhatIsCommitted: who has seen something committed finds it, though others are asking at that moment.
func TestManyWhoAskAtOnceSeeWhatIsCommitted(t *testing.T) {
	twice(t, func(t *testing.T, db, other *database.DB) {
		addRow(t, other, "a")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var all sync.WaitGroup
		for range 7 {
			all.Go(func() {
				for ctx.Err() == nil {
					_, _ = savedAt(ctx, db)
				}
			})
		}
		for number := 1; number <= 100; number++ {
			if err := saveAt(ctx, other, number); err != nil {
				t.Fatal(err)
			}
			if found, err := savedAt(ctx, db); err != nil || found != number {
				t.Fatalf("found %d after %d was committed: %v", found, number, err)
			}
		}
		cancel()
		all.Wait()
	})
}

func saveAt(ctx context.Context, db *database.DB, number int) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE saved_views SET saved_at = $1", number)
		return err
	})
}

func savedAt(ctx context.Context, db *database.DB) (int, error) {
	return database.Unchanged(ctx, db, "saved at", func() (found int, err error) {
		err = db.QueryRowContext(ctx, "SELECT saved_at FROM saved_views").Scan(&found)
		return found, err
	})
}

// large is an answer of that many bytes.
type large int

func (l large) Size() int { return int(l) }

// TestUnchangedKeepsNothingLarge: a large answer is read again each time.
func TestUnchangedKeepsNothingLarge(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, size := range []large{65 << 10, 1 << 20} {
			read := 0
			for range 3 {
				if _, err := database.Unchanged(t.Context(), db, "large", func() (large, error) { read++; return size, nil }); err != nil {
					t.Fatal(err)
				}
			}
			if read != 3 {
				t.Errorf("%d bytes were read %d times", size, read)
			}
		}
	})
}

// TestUnchangedKeepsNoFailure: what could not be read is read again.
func TestUnchangedKeepsNoFailure(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		fail := func() (int, error) { return 0, sql.ErrConnDone }
		if _, err := database.Unchanged(t.Context(), db, "number", fail); err == nil {
			t.Fatal("no failure")
		}
		if got := (&counted{t: t, db: db}).number(t.Context()); got != 0 {
			t.Fatalf("read %d", got)
		}
	})
}

func BenchmarkUnchanged(b *testing.B) {
	db := databasetest.Open(b, databasetest.URL(b, databasetest.Kinds()[0]))
	for b.Loop() {
		if _, err := database.Unchanged(b.Context(), db, "number", func() (int, error) { return 1, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAClosedFileIsWhole: nothing of SQLite's log stays beside a file that was asked whether something was committed.
func TestAClosedFileIsWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "whole.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := database.Unchanged(t.Context(), db, "size", func() (int, error) { return 0, nil }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("SQLite's log is still there: %v", err)
	}
}
