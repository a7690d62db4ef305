package database_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestReadsThatWaitForALockLeaveTheOthersAlone: of many at once only a few hold on to a connection, none waits longer than a page may,
// and a page waits so long once.
func TestReadsThatWaitForALockLeaveTheOthersAlone(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.PostgresKind)
	db, other := databasetest.Open(t, address), databasetest.Open(t, address)
	db.GiveUpAfter(3 * time.Second)
	took := func(ctx context.Context, query string) (time.Duration, error) {
		var found int64
		begun := time.Now()
		err := db.QueryRowContext(ctx, query).Scan(&found)
		return time.Since(begun), err
	}
	err := other.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE"); err != nil {
			return err
		}
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				page := database.Page(t.Context())
				if waited, err := took(page, "SELECT count(*) FROM audit_entries"); err == nil || waited > 3500*time.Millisecond {
					t.Errorf("a read of what is locked ended after %v: %v", waited, err)
				}
				if waited, err := took(page, "SELECT max(seq) FROM audit_entries"); err == nil || waited > time.Second {
					t.Errorf("the page's next read ended after %v: %v", waited, err)
				}
			})
		}
		for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
			if waited, err := took(database.Page(t.Context()), "SELECT size FROM audit_head"); err != nil || waited > time.Second {
				t.Errorf("another's read ended after %v: %v", waited, err)
			}
		}
		all.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if waited, err := took(t.Context(), "SELECT count(*) FROM audit_entries"); err != nil || waited > time.Second {
		t.Errorf("afterwards it ended after %v: %v", waited, err)
	}
}
