// Package database opens SQLite or PostgreSQL by URL, brings its tables up to date and gives the rooms one way to read
// and one way to write. One SQL text serves both: placeholders are $1 to $n, times are BIGINT Unix microseconds, and
// there are no BLOBs.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

// DB is an open database. The embedded pool is for reading, by as many callers as like to; changes go through Write, or
// through ExecContext where one statement is all. On SQLite a change through any other method is refused.
type DB struct {
	*sql.DB
	writer    *sql.DB // one connection on SQLite, where writers take turns anyway; the same pool on PostgreSQL
	dialect   goose.Dialect
	name      string // for people: without credentials
	*identity        // nil on PostgreSQL
	lock      *Lock
	health    health
	silence   *silence        // nil on SQLite
	observer  Observer        // nil: nobody
	server    *pgx.ConnConfig // nil on SQLite
	told      *told           // nil on PostgreSQL
	together  *together
	endings   endings
	answers   answers
	turns     turns
}

// Open opens the database at a URL, "sqlite:PATH" or "postgres://...", and applies the migrations that it lacks. It is
// safe when several processes start at once. Errors say what to do and hold no credentials.
func Open(ctx context.Context, url string) (*DB, error) {
	db, err := connect(url)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(db.silent(err), db.Close())
	}
	if err := db.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// prepare looks whether the database is whole and brings its tables up to date.
func (db *DB) prepare(ctx context.Context) error {
	if err := db.quickCheck(ctx); err != nil {
		return err
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	if !db.Local() {
		return nil
	}
	return db.identify(ctx)
}

func connect(url string) (*DB, error) {
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		return connectSQLite(rest)
	case "postgres", "postgresql":
		return connectPostgres(url)
	}
	return nil, errors.New("the database's URL starts with neither sqlite: nor postgres://")
}

// Local says whether only this machine's processes can reach the database (SQLite): this process is then the only
// instance of the program.
func (db *DB) Local() bool { return db.dialect == goose.DialectSQLite3 }

// Ready says whether the database answers now, has its tables, and is the one that was opened; nil if so.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Intact(); err != nil { // else a new connection fails, and tells of less
		return err
	}
	var size int64
	if err := db.QueryRowContext(ctx, "SELECT size FROM audit_head").Scan(&size); err != nil {
		return db.silent(err)
	}
	return db.health.of(ctx, db)
}

func (db *DB) silent(err error) error {
	return fmt.Errorf("the database %s does not answer: %w", db.name, err)
}

// Close ends all connections.
func (db *DB) Close() error {
	if db.writer == db.DB {
		return db.DB.Close()
	}
	if db.identity != nil {
		db.closed.Store(true)
		_ = db.pin.Close() // its pool is closed next, which tells of trouble
	}
	return errors.Join(db.DB.Close(), db.writer.Close())
}
