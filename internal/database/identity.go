package database

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync/atomic"
)

// ErrReplaced says that the database's files are no longer those that were opened: what is written would be lost.
const ErrReplaced = unusable("the database file was replaced or deleted under the program: stop it, look which file is the right one, and start it again")

// unusable is why a database that answers must not be used; as an error it can be told to anybody.
type unusable string

func (u unusable) Error() string { return string(u) }

// Reason is the same text, for pages and probes, which show no other error.
func (u unusable) Reason() string { return string(u) }

// Under has the database written to only while the lock is held.
func (db *DB) Under(lock *Lock) { db.lock = lock }

// identity is which files were opened: SQLite's database, its log and the log's index.
type identity struct {
	files  map[string]os.FileInfo
	pin    *sql.Conn   // one connection that stays: SQLite removes log and index with the last one
	closed atomic.Bool // then they are gone as they should be
}

// identify notes which files this is.
func (db *DB) identify(ctx context.Context) error {
	pin, err := db.DB.Conn(ctx)
	if err != nil {
		return db.silent(err)
	}
	db.identity = &identity{files: map[string]os.FileInfo{}, pin: pin}
	var size int64
	if err := pin.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&size); err != nil { // makes log and index
		return db.silent(err)
	}
	for _, path := range []string{db.name, db.name + "-wal", db.name + "-shm"} {
		if db.identity.files[path], err = os.Stat(path); err != nil {
			return fmt.Errorf("look at the database's files: %w", err)
		}
	}
	return nil
}

// Intact is nil while the database's files are those that were opened, each is still where it was, and the lock is held.
func (db *DB) Intact() error {
	if db.lock != nil {
		if err := db.lock.Held(); err != nil {
			return err
		}
	}
	if db.identity == nil || db.closed.Load() {
		return nil
	}
	for path, opened := range db.identity.files {
		if there, err := os.Stat(path); err != nil || !os.SameFile(opened, there) {
			return fmt.Errorf("%s: %w", path, ErrReplaced)
		}
	}
	return nil
}
