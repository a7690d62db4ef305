package database

import (
	"context"
	"database/sql"
)

// Brief is the context for a statement that finds little by an index, whatever there is. On SQLite nothing watches for its end while
// the statement runs, which would take longer than that: the driver and database/sql start a goroutine each. A context that is over
// is returned as it is, as is every one on PostgreSQL, where a server may hang.
func (db *DB) Brief(ctx context.Context) context.Context {
	if !db.Local() || ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// QueryRowContext finds one row, which is brief: no statement of one row goes through many.
func (db *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return db.DB.QueryRowContext(db.Brief(ctx), query, args...)
}
