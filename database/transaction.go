package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// writeAttempts bounds how often a transaction is run that PostgreSQL gave up for another's sake.
const writeAttempts = 6

// Write runs f in one durable transaction: what f did is on disk when Write returns nil, and nothing of it is done when
// it returns an error, but for a connection that breaks during the commit itself. SQLite runs one at a time. f may run
// again from the start (PostgreSQL: a deadlock, a serialization failure or a long wait for a lock), so it must do nothing but use the
// transaction and set its own results. f's error is returned as it is.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := within(ctx, db.writer, nil, db.intact(f))
		if err == nil || attempt == writeAttempts || !givenUp(err) && !endedEarly(ctx, err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(attempt) * rand.N(10*time.Millisecond)):
		}
	}
}

// intact is f in a database whose files are where they were, before it and before its commit.
func (db *DB) intact(f func(*sql.Tx) error) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		if err := db.Intact(); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		return db.Intact()
	}
}

// Read runs f on one consistent snapshot.
func (db *DB) Read(ctx context.Context, f func(*sql.Tx) error) error {
	return within(ctx, db.DB, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot()}, f)
}

// snapshot is the isolation that shows a transaction one state of the database: every one on SQLite.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.Local() {
		return sql.LevelDefault
	}
	return sql.LevelRepeatableRead
}

// ExecContext runs one statement that changes something, in a durable transaction of its own.
func (db *DB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := db.Intact(); err != nil {
		return nil, err
	}
	return db.writer.ExecContext(ctx, query, args...)
}

func within(ctx context.Context, pool *sql.DB, options *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback() // of no effect after the commit
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a transaction: %w", err)
	}
	return nil
}

// givenUp says whether PostgreSQL rolled the transaction back for another's sake (serialization_failure,
// deadlock_detected): running it again is safe and helps.
func givenUp(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && (refusal.Code == "40001" || refusal.Code == "40P01")
}

// endedEarly says whether the server ended a statement that took too long (query_canceled), as one does that waits for a
// lock, although whoever asked allows it more time.
func endedEarly(ctx context.Context, err error) bool {
	var refusal *pgconn.PgError
	_, limited := ctx.Deadline()
	return limited && ctx.Err() == nil && errors.As(err, &refusal) && refusal.Code == "57014"
}
