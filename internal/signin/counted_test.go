package signin_test

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"switchboard/internal/database"
)

// counted is a database that counts how it is used, and fails or lingers when it is told to.
type counted struct {
	*database.DB
	reads, writes atomic.Int64
	locked        atomic.Bool
	afterRead     func() // once, after the next read and before its caller goes on
}

var errLocked = errors.New("the database is locked")

func (c *counted) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	c.reads.Add(1)
	if c.locked.Load() {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		return c.DB.QueryRowContext(ended, query, args...)
	}
	row := c.DB.QueryRowContext(ctx, query, args...)
	if then := c.afterRead; then != nil {
		c.afterRead = nil
		then()
	}
	return row
}

func (c *counted) Write(ctx context.Context, f func(*sql.Tx) error) error {
	c.writes.Add(1)
	if c.locked.Load() {
		return errLocked
	}
	return c.DB.Write(ctx, f)
}
