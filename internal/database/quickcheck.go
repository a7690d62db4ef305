package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// How long a look at a whole SQLite file may take: about 1 GB/s are read of one that is in memory. What a larger file holds
// beyond that is looked at when it is read.
const (
	quickCheckWithin = 3 * time.Second // at start
	lookAgainWithin  = time.Second     // while it serves
	lookAgainAfter   = 10 * time.Second
	lookAgainShare   = 100 // at most one in so many seconds is spent on it
)

// quickCheck finds pages that are not what SQLite wrote. PostgreSQL looks after its own files; there the audit log's newest line
// is read, since a server can answer and not have it.
func (db *DB) quickCheck(ctx context.Context) error {
	if !db.Local() {
		return db.tail(ctx)
	}
	return db.pagesOf(ctx, db.DB, quickCheckWithin)
}

// errDamaged says that a file holds what SQLite did not write.
const errDamaged = unusable("the database file is damaged: stop every instance, keep the file, and restore a backup")

func (db *DB) pagesOf(ctx context.Context, pool *sql.DB, within time.Duration) error {
	looking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var said string
	err := pool.QueryRowContext(looking, "PRAGMA quick_check(1)").Scan(&said)
	switch {
	case looking.Err() != nil:
		return ctx.Err() // larger than the time; no fault so far
	case err != nil:
		return db.silent(err)
	case said != "ok":
		return fmt.Errorf("%s: %w (%s)", db.name, errDamaged, said)
	}
	return nil
}

// tail reads the newest line of the audit log, if there is an audit log yet.
func (db *DB) tail(ctx context.Context) error {
	applied, err := db.applied(ctx)
	if err != nil || len(applied) == 0 {
		return err
	}
	var line string
	const newest = "SELECT line FROM audit_entries ORDER BY seq DESC LIMIT 1"
	if err := db.QueryRowContext(ctx, newest).Scan(&line); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("the record in %s cannot be read: %w", db.name, err)
	}
	return nil
}

// health is what the last look at the pages of a SQLite file found.
type health struct {
	mu    sync.Mutex
	next  time.Time
	found error
}

// of looks anew every ten seconds, of a large file less often, through a connection of its own: another one may remember pages
// that are no longer there.
func (h *health) of(ctx context.Context, db *DB) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !db.Local() || time.Now().Before(h.next) {
		return h.found
	}
	began := time.Now()
	pool, err := openSQLite(db.name, "mode=ro", false)
	if err != nil {
		return err
	}
	defer pool.Close()
	err = db.pagesOf(ctx, pool, lookAgainWithin)
	if ctx.Err() == nil {
		h.found, h.next = err, time.Now().Add(max(lookAgainAfter, lookAgainShare*time.Since(began)))
	}
	return err
}
