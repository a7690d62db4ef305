package signintest

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"switchboard/internal/database"
)

// Counted is a database that counts how it is used, and fails or lingers when it is told to.
type Counted struct {
	*database.DB
	Reads, Writes atomic.Int64
	Locked        atomic.Bool
	AfterRead     func() // once, after the next read and before its caller goes on
}

var errLocked = errors.New("the database is locked")

func (c *Counted) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	c.Reads.Add(1)
	if c.Locked.Load() {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		return c.DB.QueryRowContext(ended, query, args...)
	}
	row := c.DB.QueryRowContext(ctx, query, args...)
	if then := c.AfterRead; then != nil {
		c.AfterRead = nil
		then()
	}
	return row
}

func (c *Counted) Write(ctx context.Context, f func(*sql.Tx) error) error {
	c.Writes.Add(1)
	if c.Locked.Load() {
		return errLocked
	}
	return c.DB.Write(ctx, f)
}
