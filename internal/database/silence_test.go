package database_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within a minute", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// TestAServerThatHangs: whatever is asked fails while it hangs, and soon works once it goes on.
func TestAServerThatHangs(t *testing.T) {
	t.Parallel()
	way := databasetest.Hang(t, databasetest.URL(t, databasetest.PostgresKind))
	db := databasetest.Open(t, way.URL)
	db.GiveUpAfter(time.Second)
	ctx, size := context.Background(), int64(0)
	read := func() error { return db.QueryRowContext(ctx, "SELECT size FROM audit_head").Scan(&size) }
	write := func() error {
		return db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.Exec("UPDATE sessions SET device = device")
			return err
		})
	}
	eventually(t, "read", func() bool { return read() == nil })
	eventually(t, "written", func() bool { return write() == nil })
	within := make(chan error, 1)
	begun := make(chan bool)
	go func() { // which hangs in the middle
		within <- db.Write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.Exec("UPDATE sessions SET device = device"); err != nil {
				return err
			}
			begun <- true
			<-begun
			return nil
		})
	}()
	<-begun
	way.Stop()
	begun <- true
	for name, ask := range map[string]func() error{"a commit": func() error { return <-within }, "a read": read, "a write": write,
		"the readiness": func() error { return db.Ready(ctx) }} {
		if ask() == nil {
			t.Errorf("%s succeeds while the server hangs", name)
		}
	}
	for range 200 { // which a person's page would not survive if each were waited for
		if read() == nil {
			t.Fatal("a read succeeds while the server hangs")
		}
	}
	way.Continue()
	eventually(t, "read again", func() bool { return read() == nil })
	eventually(t, "written again", func() bool { return write() == nil })
}

// TestAStatementThatTakesLong is ended by the server, and nobody else is told that the server hangs.
func TestAStatementThatTakesLong(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t, databasetest.URL(t, databasetest.PostgresKind))
	db.GiveUpAfter(3 * time.Second)
	if _, err := db.ExecContext(t.Context(), "SELECT pg_sleep(600)"); err == nil {
		t.Error("it went on")
	} else if !database.Locked(err) {
		t.Errorf("it is not told apart: %v", err)
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestNothingIsBoundedBeforeItIsAskedFor: a migration may take long.
func TestNothingIsBoundedBeforeItIsAskedFor(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t, databasetest.URL(t, databasetest.PostgresKind))
	for _, limit := range []time.Duration{0, time.Minute} {
		db.GiveUpAfter(limit)
		want := map[time.Duration]string{0: "0", time.Minute: "50s"}[limit]
		var got string
		if err := db.QueryRowContext(t.Context(), "SHOW statement_timeout").Scan(&got); err != nil || got != want {
			t.Errorf("limit %v: statement_timeout is %s, want %s: %v", limit, got, want, err)
		}
	}
}
