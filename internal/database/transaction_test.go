package database_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// balances makes a table with two rows.
func balances(t *testing.T, db *database.DB) {
	t.Helper()
	for _, statement := range []string{"CREATE TABLE balances (id TEXT PRIMARY KEY, n BIGINT NOT NULL)", "INSERT INTO balances VALUES ('a', 0), ('b', 0)"} {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func balance(t *testing.T, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (sum int) {
	t.Helper()
	if err := db.QueryRowContext(context.Background(), "SELECT sum(n) FROM balances").Scan(&sum); err != nil {
		t.Fatal(err)
	}
	return sum
}

func add(tx *sql.Tx, id string) error {
	_, err := tx.Exec("UPDATE balances SET n = n + 1 WHERE id = $1", id)
	return err
}

func TestWriteIsAllOrNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		balances(t, db)
		refused := errors.New("refused")
		for _, want := range []error{refused, nil} {
			if err := db.Write(context.Background(), func(tx *sql.Tx) error { return errors.Join(add(tx, "a"), want) }); !errors.Is(err, want) {
				t.Errorf("Write = %v, want %v", err, want)
			}
		}
		if got := balance(t, db); got != 1 {
			t.Errorf("balance = %d, want 1", got)
		}
	})
}

// TestWriteSurvivesDeadlocks has many writers lock the same rows in both orders.
func TestWriteSurvivesDeadlocks(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		balances(t, db)
		ready := make(chan struct{})
		var met sync.WaitGroup
		met.Add(2)
		var all sync.WaitGroup
		for _, ids := range [][2]string{{"a", "b"}, {"b", "a"}} {
			all.Go(func() {
				var once sync.Once
				<-ready
				err := db.Write(context.Background(), func(tx *sql.Tx) error {
					if err := add(tx, ids[0]); err != nil {
						return err
					}
					if !db.Local() { // SQLite lets one in at a time, so these two never meet
						once.Do(func() { met.Done(); met.Wait() })
					}
					return add(tx, ids[1])
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		close(ready)
		all.Wait()
		if got := balance(t, db); got != 4 {
			t.Errorf("balance = %d, want 4: every writer once", got)
		}
	})
}

func TestReadSeesOneState(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		balances(t, db)
		err := db.Read(context.Background(), func(tx *sql.Tx) error {
			before := balance(t, tx)
			if err := db.Write(context.Background(), func(tx *sql.Tx) error { return add(tx, "a") }); err != nil {
				return err
			}
			if after := balance(t, tx); after != before {
				t.Errorf("balance went from %d to %d within one Read", before, after)
			}
			return nil
		})
		if err != nil || balance(t, db) != 1 {
			t.Errorf("Read = %v; balance afterwards = %d, want 1", err, balance(t, db))
		}
	})
}

// TestReadsGoOnWhileWritesWait holds a writer's lock in another process's stead.
func TestReadsGoOnWhileWritesWait(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	db, other := databasetest.Open(t, url), databasetest.Open(t, url)
	balances(t, db)
	err := other.Write(context.Background(), func(tx *sql.Tx) error {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		if err := db.Write(ctx, func(tx *sql.Tx) error { return add(tx, "a") }); err == nil {
			t.Error("two processes write at once")
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("a write whose time was up after 100 ms took %v", took)
		}
		if got := balance(t, db); got != 0 {
			t.Errorf("balance = %d, want 0", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), func(tx *sql.Tx) error { return add(tx, "a") }); err != nil {
		t.Errorf("a write after the lock is gone: %v", err)
	}
}

// TestALockedSQLiteFile: a write waits for the lock, but not for long, and says that it was that.
func TestALockedSQLiteFile(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.SQLiteKind)
	db, other := databasetest.Open(t, address), databasetest.Open(t, address)
	held, release, ended := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		ended <- other.Write(context.Background(), func(*sql.Tx) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	none := func(*sql.Tx) error { return nil }
	if err := db.Write(t.Context(), none); !database.Locked(err) {
		t.Errorf("while it is locked: %v", err)
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(soon, "UPDATE sessions SET device = device"); err == nil {
		t.Error("a write whose deadline is over succeeded")
	}
	late := make(chan error, 1)
	go func() {
		for { // a slow machine may take longer than the wait
			if err := db.Write(context.Background(), none); !database.Locked(err) {
				late <- err
				return
			}
		}
	}()
	<-time.After(700 * time.Millisecond) // longer than SQLite itself waits
	close(release)
	if err := <-late; err != nil {
		t.Errorf("once it is free: %v", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
