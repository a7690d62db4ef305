package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"sync"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/database"
)

// Record is the change record, as far as outside changes go into it and are explained by it.
type Record interface {
	Append(context.Context, *sql.Tx, audit.Entry) (audit.Entry, error)
	History(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error)
	Query(ctx context.Context, f audit.Filter, before int64, limit int) (audit.Page, error)
}

// Watch is what it takes to notice changes made outside Switchboard.
type Watch struct {
	Database *database.DB
	Record   Record
	// Build is the version of the program; the record keeps it.
	Build string
	Log   *slog.Logger
}

// Watching has the inventory compare what it reads with what was seen last, by anybody on any instance, and record what
// no change of ours explains. It is called before the first read.
func (i *Inventory) Watching(w Watch) *Inventory {
	i.watcher = &watcher{Watch: w, now: i.now, confirmed: map[string]time.Time{}}
	return i
}

const (
	// watchWithin bounds what a page waits for the comparison; a database that is slower is left alone for a while.
	watchWithin = time.Second
	leaveAlone  = 5 * time.Second
)

// watcher compares readings with the sightings. Nothing that it says is needed for a page, so its failures are logged
// only. A nil watcher does nothing.
type watcher struct {
	Watch
	now func() time.Time

	mu        sync.Mutex
	confirmed map[string]time.Time // by connector: when this process last read what its sighting holds
	alone     time.Time            // until then the database is left alone
}

// saw compares connectors that were read at that time, which is when the read began.
func (w *watcher) saw(ctx context.Context, reader Reader, at time.Time, all ...connector.Connector) {
	if w == nil || len(all) == 0 || w.leftAlone() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchWithin)
	defer cancel()
	if err := w.compare(ctx, reader, at.UTC().Truncate(time.Microsecond), all); err != nil {
		w.Log.WarnContext(ctx, "what was read could not be compared with what was seen before", "error", err.Error())
		w.mu.Lock()
		defer w.mu.Unlock()
		w.alone = w.now().Add(leaveAlone)
	}
}

func (w *watcher) leftAlone() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now().Before(w.alone)
}

// compare keeps what is seen for the first time, and finds out about what differs.
func (w *watcher) compare(ctx context.Context, reader Reader, at time.Time, all []connector.Connector) error {
	known, err := w.digests(ctx, all)
	if err != nil {
		return err
	}
	var fresh, differing []Sighting
	for _, one := range all {
		now := Sighting{Connector: one, At: at, By: reader.Actor(), digest: digest(one)}
		seen, there := known[one.ID()]
		switch {
		case !there:
			fresh = append(fresh, now)
		case seen.digest == now.digest:
			w.confirm(one.ID(), at)
		case at.After(seen.At): // else it was read before what is known, and says nothing new
			differing = append(differing, now)
		}
	}
	if err := w.keepFirst(ctx, fresh); err != nil || len(differing) == 0 {
		return err
	}
	return w.findOut(ctx, reader, differing)
}

// findOut keeps what differs from its sighting, and records what of it nothing of ours explains.
func (w *watcher) findOut(ctx context.Context, reader Reader, differing []Sighting) error {
	before, err := w.sightings(ctx, differing)
	if err != nil {
		return err
	}
	var found []finding
	for _, now := range differing {
		was, there := before[now.Connector.ID()]
		if !there {
			continue
		}
		was.held = later(was.At, w.confirmedAt(now.Connector.ID()))
		fields, lagging, err := w.unexplained(ctx, was, now)
		if err != nil {
			return err
		}
		if !lagging {
			found = append(found, finding{was, now, fields})
		}
	}
	// In one order everywhere, so that two that write the same rows do not wait for each other in a circle.
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.now.Connector.ID(), b.now.Connector.ID()) })
	return w.keep(ctx, reader, found)
}

// finding is a connector that holds something else than when it was seen last.
type finding struct {
	was, now Sighting
	// outside are the properties that were changed outside Switchboard.
	outside []connector.Field
}

// entry is the record's line. Who changed the connector Graph does not say: the actor is the reader who noticed.
func (w *watcher) entry(reader Reader, f finding) audit.Entry {
	return audit.Entry{
		Action: audit.Observed, Actor: reader.Actor(), Connector: f.now.Connector.ID(), Fields: f.outside,
		Reason:  between(f.was.held, f.now.At),
		Context: audit.Context{SessionHash: reader.SessionHash(), RoleSource: reader.RolesSource(), Build: w.Build},
	}
}

// mostConfirmed bounds the memory; beyond it the times start anew from the sightings'.
const mostConfirmed = 100_000

func (w *watcher) confirm(id string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.confirmed) >= mostConfirmed {
		clear(w.confirmed)
	}
	w.confirmed[id] = later(w.confirmed[id], at)
}

func (w *watcher) confirmedAt(id string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.confirmed[id]
}

func (w *watcher) unconfirm(found []finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range found {
		delete(w.confirmed, one.now.Connector.ID())
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// trimmed is an actor without what changes from sign-in to sign-in.
func trimmed(a access.Actor) access.Actor {
	return access.Actor{OID: a.OID, TID: a.TID, Name: a.Name, Username: a.Username}
}
