package audit

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// columns are what entryOf reads.
const columns = ofFound + ", username, mapped_roles, role_source, session_hash, client_address, build"

// Of are the lines that share an id, the oldest first: a change's intent, its outcome, and how a doubt was resolved.
func (l *Log) Of(ctx context.Context, id string) ([]Entry, error) {
	return l.list(ctx, "WHERE id = $1 ORDER BY seq", clean(id))
}

// Sharing are the lines that share one of the ids, the oldest first.
func (l *Log) Sharing(ctx context.Context, ids ...string) ([]Entry, error) {
	return l.sharing(l.db.Brief(ctx), l.db, ids...)
}

// SharingIn is Sharing in a transaction.
func (l *Log) SharingIn(ctx context.Context, tx *sql.Tx, ids ...string) ([]Entry, error) {
	return l.sharing(ctx, tx, ids...)
}

func (l *Log) sharing(ctx context.Context, q querier, ids ...string) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = clean(id)
	}
	return l.listIn(ctx, q, "WHERE id IN ("+database.Placeholders(1, len(args))+") ORDER BY seq", args...)
}

// History are the latest lines about a connector, the newest first, limit at most. Who was refused is not among them:
// everybody sees a connector's history, and not everybody the audit log.
func (l *Log) History(ctx context.Context, connectorID string, limit int) ([]Entry, error) {
	return l.shownAgain(ctx, "connector IS NOT NULL AND lower(connector) = lower($1) AND action <> 'denied'", limit, clean(connectorID))
}

// Recent are the latest lines about changes that are older than the line before, the newest first, limit at most; 0 starts at the
// newest.
func (l *Log) Recent(ctx context.Context, before int64, limit int) ([]Entry, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return l.shownAgain(ctx, "outcome IS NOT NULL AND seq < $1", limit, before)
}

// Answers are the latest lines that tell how Graph answered a change of that person, the newest first, limit at most.
func (l *Log) Answers(ctx context.Context, who access.Actor, limit int) ([]Entry, error) {
	return l.shownAgain(ctx, "oid = $1 AND outcome IN ('applied', 'rejected')", limit, clean(who.OID))
}

// Entry is the line with that number; ok is false where there is none.
func (l *Log) Entry(ctx context.Context, seq int64) (e Entry, ok bool, err error) {
	entries, err := l.list(ctx, oneLine, seq)
	if err != nil || len(entries) == 0 {
		return Entry{}, false, err
	}
	return entries[0], true, nil
}

// shownAgain are the latest lines of a condition for what many pages show again and again, the newest first, limit at most. They serve
// all of those pages, and nobody changes them. They say nothing of what was noted beside the lines.
func (l *Log) shownAgain(ctx context.Context, condition string, limit int, args ...any) ([]Entry, error) {
	return database.Unchanged(ctx, l.db, database.Key(fmt.Sprint(limit, " lines ", condition), args...), func() (entries, error) {
		return l.latest(l.db.Brief(ctx), condition, limit, args...)
	})
}

func (l *Log) latest(ctx context.Context, condition string, limit int, args ...any) (entries, error) {
	const joined = "SELECT " + ofFound + " FROM (SELECT " + ofFound + ` FROM audit_entries WHERE %s
		ORDER BY seq DESC LIMIT %d) AS latest ORDER BY seq`
	found, err := l.joined(ctx, ofFound, fmt.Sprintf(joined, condition, limit), args, limit)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	if !found.last && len(found.rows) < limit { // a row is not as most are
		return l.list(ctx, fmt.Sprintf("WHERE %s ORDER BY seq DESC LIMIT %d", condition, limit), args...)
	}
	slices.Reverse(found.rows)
	l.check(ctx, l.db, found.rows)
	var all entries
	for _, row := range found.rows {
		all = append(all, l.told(row))
	}
	return all, nil
}

// entries tell how much they hold: a field's value may be long.
type entries []Entry

func (all entries) Size() (bytes int) {
	for _, entry := range all {
		bytes += 500 + len(entry.Reason) + connector.Bytes(entry.Fields)
	}
	return bytes
}

// list runs one of the constant conditions that find few lines by an index.
func (l *Log) list(ctx context.Context, condition string, args ...any) ([]Entry, error) {
	return l.listIn(l.db.Brief(ctx), l.db, condition, args...)
}

// listIn is list in a transaction. What it finds is about to be shown, so it is checked.
func (l *Log) listIn(ctx context.Context, q querier, condition string, args ...any) ([]Entry, error) {
	found, err := readLines(ctx, q, condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	rows := make([]row, len(found))
	for i, one := range found {
		rows[i] = one.row
	}
	l.check(ctx, q, rows)
	var entries []Entry
	for _, one := range found {
		entry := l.told(one.row)
		entry.Origin = one.origin
		entry.Actor.Username, entry.Actor.Roles = one.username, splitRoles(one.roles)
		entries = append(entries, entry)
	}
	return entries, nil
}

// check holds lines that are about to be shown against the tree. Where that cannot be, a page is shown all the same, and proves nothing.
func (l *Log) check(ctx context.Context, q querier, rows []row) {
	if err := l.shown(ctx, q, rows); err != nil {
		l.log.ErrorContext(ctx, "lines that are shown could not be checked", "error", err.Error())
	}
}

// noted is a line with what was noted beside it.
type noted struct {
	row
	username, roles string
	origin          Origin
}

func readLines(ctx context.Context, q querier, condition string, args ...any) ([]noted, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM audit_entries "+condition, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []noted
	for rows.Next() {
		n := noted{row: row{beside: new(beside)}}
		c := &n.origin
		into := append([]any{lenient{&n.seq}, &n.line, &n.hash, lenient{&n.settled}}, n.beside.into()...)
		into = append(into, &n.username, &n.roles, &c.RoleSource, &c.SessionHash, &c.ClientAddress, &c.Build)
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	return found, rows.Err()
}

func (r row) entry() (Entry, error) {
	entry, err := read(r.line, r.settled == 1)
	entry.Hash = r.hash
	return entry, err
}

// told is the entry that the line holds, which is held against its columns. A text that is no line was put there past the program.
func (l *Log) told(r row) Entry {
	entry, err := r.entry()
	if err != nil {
		l.found(finding{first: max(1, r.seq), why: altered(r.seq)})
		return r.unread()
	}
	l.foundAs(r, entry)
	return entry
}

// unread is what is told of a line whose text cannot be read: what its columns say.
func (r row) unread() Entry {
	b := r.beside
	return Entry{
		Seq: r.seq, Hash: r.hash, Reason: "This line cannot be read: it is not what was recorded.", ID: b.id, Time: time.UnixMicro(b.at).UTC(),
		Action: Action(b.action), Actor: access.Actor{OID: b.oid, Name: b.person}, Connector: b.connector.String, Outcome: Outcome(b.outcome.String),
	}
}
