package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// writeAttempts bounds how often a transaction is run that PostgreSQL gave up for another's sake.
const writeAttempts = 6

// Write runs f in one durable transaction: what f did is on disk when Write returns nil, and nothing of it is done when
// it returns an error, but for a connection that breaks during the commit itself. SQLite runs one f at a time, and those that
// wait for it at once may share a commit. f may run again from the start (PostgreSQL: a deadlock or a serialization failure;
// SQLite: another that shared its commit failed), so it must do nothing but use the transaction and set its own results. f's
// error is returned as it is.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	if db.Local() {
		return db.WriteInTurn(ctx, f)
	}
	return again(ctx, func() error { return db.alone(ctx, db.observe(ctx, "write"), f) })
}

// WriteInTurn is Write for what takes a lock first that all others of its kind take, as whatever adds to the audit log does: those
// that wait in this process may share a transaction on PostgreSQL, too.
func (db *DB) WriteInTurn(ctx context.Context, f func(*sql.Tx) error) error {
	return again(ctx, func() error { return db.together.write(ctx, f) })
}

// alone is one transaction that writes.
func (db *DB) alone(ctx context.Context, ended func(End), f func(*sql.Tx) error) error {
	var tx *sql.Tx
	err := within(ctx, db.writer, nil, ended, db.intact(db.endings.ending(ctx, func(begun *sql.Tx) error {
		tx = begun
		return f(tx)
	})))
	db.answers.commits.Add(1)
	db.endings.done(tx, err == nil)
	if db.told != nil {
		db.told.done(tx, err == nil)
	}
	return err
}

// lockedFor is how long a write waits for a SQLite file that another process has locked, unless its caller's deadline is sooner.
const lockedFor = 3 * time.Second

// again tries a write again that the database gave up, where that is safe and may help.
func again(ctx context.Context, write func() error) error {
	begun := time.Now()
	for attempt := 1; ; attempt++ {
		err := write()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case isLocked(err) && time.Since(begun) < lockedFor:
		case givenUp(err) && attempt < writeAttempts:
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(min(attempt, writeAttempts)) * rand.N(10*time.Millisecond)):
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

// Locked says whether a write failed because it waited too long for others: nothing was done, and the same may work a moment
// later.
func Locked(err error) bool { return isLocked(err) || endedEarly(err) }

// Read runs f on one consistent snapshot.
func (db *DB) Read(ctx context.Context, f func(*sql.Tx) error) error {
	return within(ctx, db.DB, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot()}, db.observe(ctx, "read"), f)
}

// snapshot is the isolation that shows a transaction one state of the database: every one on SQLite.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.Local() {
		return sql.LevelDefault
	}
	return sql.LevelRepeatableRead
}

// ExecContext runs one statement that changes something, in a durable transaction of its own.
func (db *DB) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = again(ctx, func() (err error) {
		if err = db.Intact(); err != nil {
			return err
		}
		end, ended := Broken, db.observe(ctx, "write")
		defer func() { ended(end) }()
		result, err = db.writer.ExecContext(ctx, query, args...)
		db.answers.commits.Add(1)
		if err == nil {
			end = Committed
		}
		return err
	})
	return result, err
}

func within(ctx context.Context, pool *sql.DB, options *sql.TxOptions, ended func(End), f func(*sql.Tx) error) error {
	end := Broken
	defer func() { ended(end) }()
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback() // of no effect after the commit
	if err := f(tx); err != nil {
		end = RolledBack
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a transaction: %w", err)
	}
	end = Committed
	return nil
}

// givenUp says whether PostgreSQL rolled the transaction back for another's sake (serialization_failure,
// deadlock_detected): running it again is safe and helps.
func givenUp(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && (refusal.Code == "40001" || refusal.Code == "40P01")
}

// endedEarly says whether PostgreSQL ended a statement that took too long (query_canceled), as one does that waits for a lock.
func endedEarly(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && refusal.Code == "57014"
}

// isLocked says whether another process had the SQLite file locked (SQLITE_BUSY), so that nothing was done.
func isLocked(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code()&0xff == sqlite3.SQLITE_BUSY
}
