package database

import (
	"context"
	"database/sql"
)

// Brief is the context for a statement that finds a few rows by an index, however many there are. On SQLite nothing then watches for
// the context's end while the statement runs: the driver and database/sql start a goroutine each for that, which takes longer than the
// statement. A context that has ended is returned as it is, and so is any on PostgreSQL, where a server may hang.
func (db *DB) Brief(ctx context.Context) context.Context {
	if !db.Local() || ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// QueryRowContext finds one row by an index. A query that goes through many for its one row is asked with QueryRowWatched.
func (db *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return db.QueryRowWatched(db.Brief(ctx), query, args...)
}
