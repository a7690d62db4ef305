package database_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// hearing listens to a database until the test ends; ended has what Listen returned.
func hearing(t *testing.T, db *database.DB) (texts chan string, ended chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	texts, ended = make(chan string, 16), make(chan error, 1)
	begun, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ended <- db.Listen(ctx, func() { close(begun) }, func(text string) { texts <- text })
	}()
	t.Cleanup(func() { stop(); <-gone })
	select {
	case <-begun:
	case err := <-ended:
		t.Fatal(err)
	}
	return texts, ended
}

func notify(db *database.DB, text string, after error) error {
	return db.Write(context.Background(), func(tx *sql.Tx) error {
		return errors.Join(db.Notify(context.Background(), tx, text), after)
	})
}

// TestListenHearsWhatWasCommitted: and nothing of a transaction that was not, in the order of the commits.
func TestListenHearsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		texts, _ := hearing(t, db)
		refused := errors.New("refused")
		if err := notify(db, "never", refused); !errors.Is(err, refused) {
			t.Fatal(err)
		}
		for _, text := range []string{"first", "second"} {
			if err := notify(db, text, nil); err != nil {
				t.Fatal(err)
			}
			if heard := <-texts; heard != text {
				t.Errorf("heard %q, want %q", heard, text)
			}
		}
	})
}

// TestListenHearsOtherProcesses: PostgreSQL tells every process that shares the database, and one that has lost its connection
// learns that it may have missed something.
func TestListenHearsOtherProcesses(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.PostgresKind)
	one, other := databasetest.Open(t, address), databasetest.Open(t, address)
	texts, ended := hearing(t, one)
	if err := notify(other, "from elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	if heard := <-texts; heard != "from elsewhere" {
		t.Errorf("heard %q", heard)
	}
	_, err := other.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("a connection that was lost is no error")
	}
}
