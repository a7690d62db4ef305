// Package desk keeps what people leave for each other at a connector: that somebody is on it, notes, and that a change made
// elsewhere is expected. Each is a line of the audit log and nothing else: what a page shows of it cannot be changed unseen.
package desk

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
)

// Options are what the room needs.
type Options struct {
	Database *database.DB
	AuditLog *audit.Log
	// Expire is how long a claim lasts that nobody ends.
	Expire time.Duration
	Now    func() time.Time
}

// Desk is the room. It is safe for concurrent use, and any number of them may share a database.
type Desk struct {
	Options
	// turn lets one request at a time read the lines that came since the last.
	turn chan struct{}
	// latest is nil until it was read once.
	latest atomic.Pointer[View]
}

// New is the room, ready for use.
func New(o Options) *Desk { return &Desk{Options: o, turn: make(chan struct{}, 1)} }

// Look is what lies there now. It reads only the lines that came since the last look. Where the database does not answer before
// the context ends, it is what was known before, together with the error.
func (d *Desk) Look(ctx context.Context) (*View, error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return d.known(), ctx.Err()
	}
	view, err := d.upToDate(ctx)
	if err != nil {
		return d.known(), fmt.Errorf("read what people left: %w", err)
	}
	d.latest.Store(view)
	return view, nil
}

func (d *Desk) upToDate(ctx context.Context) (*View, error) {
	view := d.latest.Load()
	if view == nil {
		view = &View{}
		if err := d.Database.QueryRowContext(ctx, `SELECT seq FROM desk_since`).Scan(&view.since); err != nil {
			return nil, err
		}
		view.seen = view.since
	}
	lines, size, err := d.AuditLog.Left(ctx, view.seen)
	if err != nil {
		return nil, err
	}
	if size == view.seen {
		return view, nil
	}
	return view.with(lines, size, d.Expire), nil
}

// known is the latest view; an empty one where there was none.
func (d *Desk) known() *View {
	if view := d.latest.Load(); view != nil {
		return view
	}
	return &View{}
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
func (d *Desk) Outside(ctx context.Context, view *View, limit int) ([]audit.Entry, error) {
	waiting := view.waiting
	lines, err := d.AuditLog.Lines(ctx, waiting[:min(limit, len(waiting))]...)
	if err != nil {
		return nil, fmt.Errorf("read the changes made elsewhere: %w", err)
	}
	return lines, nil
}
