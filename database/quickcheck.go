package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// quickCheckWithin bounds the look at a database at start: SQLite reads about 1 GB/s of a file that is in memory. What a large
// file holds beyond it is looked at when it is read.
const quickCheckWithin = 3 * time.Second

// quickCheck finds pages that are not what SQLite wrote. PostgreSQL looks after its own files; there the record's newest line
// is read, since a server can answer and not have it.
func (db *DB) quickCheck(ctx context.Context) error {
	if !db.Local() {
		return db.tail(ctx)
	}
	looking, cancel := context.WithTimeout(ctx, quickCheckWithin)
	defer cancel()
	var said string
	err := db.QueryRowContext(looking, "PRAGMA quick_check(1)").Scan(&said)
	switch {
	case looking.Err() != nil && ctx.Err() == nil:
		return nil // larger than the time; no fault so far
	case err != nil:
		return db.silent(err)
	case said != "ok":
		return fmt.Errorf("the database file %s is damaged (%s): stop every instance, keep the file, and restore a backup", db.name, said)
	}
	return nil
}

// tail reads the newest line of the record, if there is a record yet.
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
