package database_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestAtEnd: what is left for the end is done once, after all else and before the commit, and its failure undoes all.
func TestAtEnd(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE notes (text TEXT)"); err != nil {
			t.Fatal(err)
		}
		fails := errors.New("the end fails")
		for _, want := range []struct {
			err  error
			rows int
		}{{fails, 0}, {nil, 2}} {
			err := db.Write(t.Context(), func(tx *sql.Tx) error {
				last := func(ctx context.Context) error {
					_, err := tx.ExecContext(ctx, "INSERT INTO notes SELECT 'after ' || count(*) FROM notes")
					return errors.Join(err, want.err)
				}
				if err := db.AtEnd(tx, last); err != nil {
					return err
				}
				_, err := tx.ExecContext(t.Context(), "INSERT INTO notes VALUES ('first')")
				return err
			})
			var rows, after int
			if err := db.QueryRow("SELECT count(*), count(CASE WHEN text = 'after 1' THEN 1 END) FROM notes").Scan(&rows, &after); err != nil {
				t.Fatal(err)
			}
			if !errors.Is(err, want.err) || rows != want.rows || after != want.rows/2 {
				t.Errorf("%v: %d rows, %d of the end", err, rows, after)
			}
		}
		err := db.Read(t.Context(), func(tx *sql.Tx) error { return db.AtEnd(tx, func(context.Context) error { return nil }) })
		if err == nil {
			t.Error("a transaction that reads has an end")
		}
	})
}

// TestAfterCommit: what follows a commit comes once it is done, and never where nothing was committed.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE notes (text TEXT)"); err != nil {
			t.Fatal(err)
		}
		fails := errors.New("it fails")
		for _, want := range []error{fails, nil} {
			seen := -1
			err := db.Write(t.Context(), func(tx *sql.Tx) error {
				follow := func() {
					if err := db.QueryRow("SELECT count(*) FROM notes").Scan(&seen); err != nil {
						t.Error(err)
					}
				}
				if err := db.AfterCommit(tx, follow); err != nil {
					return err
				}
				_, err := tx.ExecContext(t.Context(), "INSERT INTO notes VALUES ('first')")
				return errors.Join(err, want)
			})
			if !errors.Is(err, want) || (seen == 1) != (want == nil) {
				t.Errorf("%v: %d rows were seen after it", err, seen)
			}
		}
		if err := db.Read(t.Context(), func(tx *sql.Tx) error { return db.AfterCommit(tx, func() {}) }); err == nil {
			t.Error("something follows a transaction that reads")
		}
	})
}

// TestAtEndOfSeveral: those that share a transaction have their ends after all of them.
func TestAtEndOfSeveral(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var all sync.WaitGroup
		var mu sync.Mutex
		begun, ended := map[*sql.Tx]int{}, map[*sql.Tx]int{}
		for range 20 {
			all.Go(func() {
				err := db.WriteInTurn(t.Context(), func(tx *sql.Tx) error {
					mu.Lock()
					defer mu.Unlock()
					if ended[tx] > 0 {
						t.Error("somebody came after an end")
					}
					begun[tx]++
					return db.AtEnd(tx, func(context.Context) error {
						mu.Lock()
						defer mu.Unlock()
						ended[tx]++
						return nil
					})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for tx, count := range begun {
			if ended[tx] != count {
				t.Errorf("%d of %d ends", ended[tx], count)
			}
		}
	})
}
