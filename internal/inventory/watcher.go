package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// AuditLog is the audit log, as far as outside changes go into it and are explained by it.
type AuditLog interface {
	Append(context.Context, *sql.Tx, audit.Entry) (audit.Entry, error)
	History(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error)
	Query(ctx context.Context, f audit.Filter, before int64, limit int) (audit.Page, error)
	// KeepNames keeps what connectors are called, so that lines of the audit log are found by it.
	KeepNames(context.Context, *sql.Tx, ...connector.Connector) error
	// Renamed are the names of connectors that are or were called in more than one way.
	Renamed(context.Context) (map[string][]string, error)
	// SightingsMarked says whether MarkedSightings was called, in the life of the checkpoint outside the database.
	SightingsMarked() bool
	MarkedSightings() error
}

// leaveAlone is how long a database that was too slow is not asked.
const leaveAlone = 5 * time.Second

// watcher compares readings with the sightings, and records what no change of ours explains. Pages do not need it, so its
// failures are logged only. A nil watcher does nothing.
type watcher struct {
	Options
	spellings *spellings

	mu        sync.Mutex
	confirmed map[sight]time.Time // when this process last read what the evidence says
	alone     time.Time           // until then the database is left alone
	counted   time.Time           // when this process last kept the counts of a list
}

// sight is a connector, by the key of its id, as one kind of read shows it.
type sight struct {
	key  string
	kind kind
}

// saw compares connectors that were read at that time, which is when the read began.
func (w *watcher) saw(ctx context.Context, p Person, k kind, at time.Time, all ...connector.Connector) {
	w.watch(ctx, len(all), func(ctx context.Context) error {
		return w.compare(ctx, p, k, at.UTC().Truncate(time.Microsecond), all)
	})
}

// answeredLater keeps what a write of ours returned: single reads are to show what the write asked for from now on.
func (w *watcher) answeredLater(ctx context.Context, p Person, at time.Time, one connector.Connector, applied []connector.FieldChange) {
	w.watch(ctx, 1, func(ctx context.Context) error {
		now := Sighting{Connector: one, At: at.UTC().Truncate(time.Microsecond), By: p.Actor()}
		_, err := w.resolve(ctx, p, single, []Sighting{now}, func(c *comparison) bool { return c.answered(applied) })
		return err
	})
}

// answered is answeredLater in SQLite's transaction, for which all other writes wait: it reads nothing else. kept is false where that
// would be needed, since Graph returned something that the write has not set.
func (w *watcher) answered(ctx context.Context, tx *sql.Tx, p Person, at time.Time, one connector.Connector, applied []connector.FieldChange) (kept bool, err error) {
	before, _, err := w.sightings(ctx, tx, []string{one.ID()})
	if err != nil {
		return false, err
	}
	was, there := before[one.Key()]
	now := Sighting{Connector: one.Spelt(was.Connector.ID()), At: at.UTC().Truncate(time.Microsecond), By: p.Actor()}
	if !there || !now.At.After(was.At) {
		return false, nil
	}
	c := &comparison{evidence: was.evidence, kind: single, now: now}
	for _, name := range c.of(single).Object.Differing(now.Connector) {
		if !setBy(applied, name, now.Connector.Value(name)) {
			return false, nil
		}
	}
	if !c.answered(applied) {
		return false, nil
	}
	found := []finding{{*c, was.Sighting, was.revision}}
	rows, err := w.replacements(found)
	if err != nil {
		return false, err
	}
	overtaken, err := w.keepIn(ctx, tx, p, found, rows)
	return len(overtaken) == 0, err
}

// watch does what a page does not need, while the database lets itself be asked.
func (w *watcher) watch(ctx context.Context, connectors int, do func(context.Context) error) {
	if w == nil || connectors == 0 || w.leftAlone() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.CompareWithin)
	defer cancel()
	if err := do(ctx); err != nil {
		w.Log.WarnContext(ctx, "what was read could not be compared with what was seen before", "error", err.Error())
		w.mu.Lock()
		defer w.mu.Unlock()
		w.alone = w.Now().Add(leaveAlone)
	}
}

func (w *watcher) leftAlone() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Now().Before(w.alone)
}

// compare keeps what is seen for the first time, and resolves what differs.
func (w *watcher) compare(ctx context.Context, p Person, k kind, at time.Time, all []connector.Connector) error {
	known, err := w.knownOf(ctx, k, all)
	if err != nil {
		return err
	}
	var fresh, differing []Sighting
	for _, one := range all {
		now := Sighting{Connector: one, At: at, By: p.Actor()}
		seen, there := known[one.Key()]
		switch {
		case !there:
			fresh = append(fresh, now)
			continue
		case w.showed(k, one, seen.shows):
			w.confirm(sight{one.Key(), k}, at)
		default:
			differing = append(differing, now)
		}
		w.spellings.keep(seen.spelt)
	}
	if err := w.keepFirst(ctx, k, fresh); err != nil {
		return err
	}
	for part := range slices.Chunk(differing, resolvedAtOnce) {
		unproven, err := w.resolve(ctx, p, k, part, (*comparison).weigh)
		if err == nil {
			err = w.keepAnew(ctx, k, unproven)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resolvedAtOnce bounds the connectors whose differences are one transaction: of thousands that synced a part is kept where time
// runs out, and the next read goes on.
const resolvedAtOnce = 200

// rounds bounds how often sightings are compared anew because another instance was faster.
const rounds = 3

// resolve compares what may differ with its evidence, as weigh does, and records the differences that no change of ours
// explains. It returns the reads of connectors of which nothing proves what was seen before.
func (w *watcher) resolve(ctx context.Context, p Person, k kind, differing []Sighting, weigh func(*comparison) bool) (unproven []Sighting, err error) {
	for round := 0; round < rounds && len(differing) > 0; round++ {
		found, unknown, err := w.findings(ctx, k, differing, weigh)
		if err != nil {
			return nil, err
		}
		unproven = append(unproven, unknown...)
		if differing, err = w.keep(ctx, p, found); err != nil {
			return nil, err
		}
	}
	return unproven, nil
}

// findings are what the reads add to what is known, in one order everywhere, so that two that write the same rows do not wait for each
// other in a circle. Reads of connectors of which nothing proves what was seen before are held against nothing.
func (w *watcher) findings(ctx context.Context, k kind, differing []Sighting, weigh func(*comparison) bool) (found []finding, unproven []Sighting, err error) {
	ids := make([]string, len(differing))
	for i, now := range differing {
		ids[i] = now.Connector.ID()
	}
	before, unknown, err := w.sightings(w.Database.Brief(ctx), w.Database, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, now := range differing {
		was, there := before[now.Connector.Key()]
		if unknown[now.Connector.Key()] {
			unproven = append(unproven, now)
		}
		if !there || !now.At.After(was.At) { // read before what is known: it says nothing new
			continue
		}
		told, err := w.hold(ctx, k, was, now, weigh)
		if err != nil {
			return nil, nil, err
		}
		if told != nil {
			found = append(found, finding{*told, was.Sighting, was.revision})
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.now.Connector.Key(), b.now.Connector.Key()) })
	return found, unproven, nil
}

// hold holds a read against what is known; nil says that it changes nothing of it.
func (w *watcher) hold(ctx context.Context, k kind, was sighting, now Sighting, weigh func(*comparison) bool) (*comparison, error) {
	c := &comparison{evidence: was.evidence, kind: k, now: now}
	for each := range c.held {
		c.held[each] = later(c.of(kind(each)).Held, w.confirmedAt(sight{now.Connector.Key(), kind(each)}))
	}
	if !c.known(k) {
		c.held[k] = later(c.held[k], c.held[k.other()])
	}
	var lines []audit.Entry
	var failed error
	read := 0 // how many lines were asked for
	c.explain = func(name string, is connector.Value) (why explained) {
		for _, most := range []int{linesFirst, linesRead} {
			if failed == nil && most > read && len(lines) == read {
				lines, failed = w.AuditLog.History(ctx, now.Connector.ID(), most)
				read = most
			}
			var decided bool
			if why, decided = explain(lines, c.held[k], now.At, name, is); decided {
				break
			}
		}
		return why
	}
	switch ok := weigh(c); {
	case failed != nil:
		return nil, failed
	case ok && c.changed:
		return c, nil
	case ok:
		w.confirm(sight{now.Connector.Key(), k}, now.At)
	}
	return nil, nil
}

// finding is what a read adds to what was known at that revision, when the connector was last seen as it was.
type finding struct {
	comparison
	was      Sighting
	revision int64
}

// entry is the audit log's line. Who changed the connector Graph does not say: the actor is the reader who noticed.
func (w *watcher) entry(p Person, f finding) audit.Entry {
	return audit.Entry{
		Action: audit.Observed, Actor: p.Actor(), Connector: f.now.Connector.ID(), Fields: f.outside,
		Reason: between(f.from, f.to),
		Origin: audit.Origin{SessionHash: p.SessionHash(), RoleSource: p.RolesSource(), Build: w.Build},
	}
}

// mostConfirmed bounds the memory; beyond it the times start anew from the sightings'.
const mostConfirmed = 100_000

func (w *watcher) confirm(what sight, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.confirmed) >= mostConfirmed {
		clear(w.confirmed)
	}
	w.confirmed[what] = later(w.confirmed[what], at)
}

func (w *watcher) confirmedAt(what sight) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.confirmed[what]
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
