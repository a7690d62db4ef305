// Package desk keeps what people leave on the desk. For each other, at a connector: that somebody is on it, notes, and that a change
// made elsewhere is expected. Each is a line of the audit log and nothing else: what a page shows of it cannot be changed unseen.
// For themselves: views of the list that they have saved.
package desk

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/live"
)

// Options are what the room needs.
type Options struct {
	Database *database.DB
	AuditLog *audit.Log
	// Expire is how long a claim lasts that nobody ends.
	Expire time.Duration
	// Pages are told of what is left.
	Pages Teller
	Now   func() time.Time
}

// Teller tells open pages of an event, once the transaction is committed.
type Teller interface {
	Tell(context.Context, *sql.Tx, live.Event) error
}

// Desk is the room. It is safe for concurrent use, and any number of them may share a database.
type Desk struct {
	Options
	// turn lets one request at a time read the lines that came since the last.
	turn chan struct{}
	// latest is nil until it was read once.
	latest atomic.Pointer[Board]
}

// New is the room, ready for use.
func New(o Options) *Desk { return &Desk{Options: o, turn: make(chan struct{}, 1)} }

// Look is what lies there now. It reads only the lines that came since the last look. Where the database does not answer before
// the context ends, it is what was known before, together with the error.
func (d *Desk) Look(ctx context.Context) (*Board, error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return d.known(), ctx.Err()
	}
	board, err := d.upToDate(ctx)
	if err != nil {
		return d.known(), fmt.Errorf("read what people left: %w", err)
	}
	d.latest.Store(board)
	return board, nil
}

func (d *Desk) upToDate(ctx context.Context) (*Board, error) {
	board := d.latest.Load()
	if board == nil {
		board = &Board{}
		if err := d.Database.QueryRowContext(ctx, `SELECT seq FROM desk_since`).Scan(&board.since); err != nil {
			return nil, err
		}
		board.seen = board.since
	}
	lines, size, err := d.AuditLog.Left(ctx, board.seen)
	if err != nil {
		return nil, err
	}
	if size == board.seen {
		return board, nil
	}
	return board.with(lines, size, d.Expire), nil
}

// known is the latest board; an empty one where there was none.
func (d *Desk) known() *Board {
	if board := d.latest.Load(); board != nil {
		return board
	}
	return &Board{}
}

// Notes are the latest notes at a connector, the newest first, limit at most.
func (d *Desk) Notes(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error) {
	notes, err := d.AuditLog.Notes(ctx, connectorID, limit)
	if err != nil {
		return nil, fmt.Errorf("read the notes: %w", err)
	}
	return notes, nil
}

// Outside are the lines of the changes made elsewhere that wait, the newest first, limit at most.
func (d *Desk) Outside(ctx context.Context, board *Board, limit int) ([]audit.Entry, error) {
	waiting := board.waiting
	lines, err := d.AuditLog.Lines(ctx, waiting[:min(limit, len(waiting))]...)
	if err != nil {
		return nil, fmt.Errorf("read the changes made elsewhere: %w", err)
	}
	return lines, nil
}
