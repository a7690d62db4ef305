package audit

import (
	"context"
	"database/sql"
	"fmt"
)

// columns are what entryOf reads.
const columns = "line, hash, settled, username, mapped_roles, role_source, session_hash, client_address, build"

// Of are the lines that share an id, the oldest first: a change's intent, its outcome, and how a doubt was resolved.
func (l *Log) Of(ctx context.Context, id string) ([]Entry, error) {
	return l.list(ctx, "WHERE id = $1 ORDER BY seq", clean(id))
}

// Sharing are the lines that share one of the ids, the oldest first.
func (l *Log) Sharing(ctx context.Context, ids ...string) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = clean(id)
	}
	return l.list(ctx, "WHERE id IN ("+placeholders(1, len(args))+") ORDER BY seq", args...)
}

// History are the latest lines about a connector, the newest first, limit at most. Who was refused is not among them:
// everybody sees a connector's history, and not everybody the record.
func (l *Log) History(ctx context.Context, connectorID string, limit int) ([]Entry, error) {
	return l.list(ctx, "WHERE connector IS NOT NULL AND lower(connector) = lower($1) AND action <> 'denied' ORDER BY seq DESC LIMIT $2", clean(connectorID), limit)
}

// Recent are the latest lines about changes, the newest first, limit at most.
func (l *Log) Recent(ctx context.Context, limit int) ([]Entry, error) {
	return l.list(ctx, "WHERE outcome IS NOT NULL ORDER BY seq DESC LIMIT $1", limit)
}

// Entry is the line with that number; ok is false where there is none.
func (l *Log) Entry(ctx context.Context, seq int64) (e Entry, ok bool, err error) {
	entries, err := l.list(ctx, "WHERE seq = $1", seq)
	if err != nil || len(entries) == 0 {
		return Entry{}, false, err
	}
	return entries[0], true, nil
}

// list runs one of this file's constant conditions.
func (l *Log) list(ctx context.Context, condition string, args ...any) ([]Entry, error) {
	rows, err := l.db.QueryContext(ctx, "SELECT "+columns+" FROM audit_entries "+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		entry, err := entryOf(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	return entries, nil
}

func entryOf(rows *sql.Rows) (Entry, error) {
	var text, hash, username, roles string
	var settled int
	var c Context
	if err := rows.Scan(&text, &hash, &settled, &username, &roles, &c.RoleSource, &c.SessionHash, &c.ClientAddress, &c.Build); err != nil {
		return Entry{}, fmt.Errorf("read the record: %w", err)
	}
	entry, err := read([]byte(text), settled == 1)
	if err != nil {
		return Entry{}, err
	}
	entry.Hash, entry.Context = hash, c
	entry.Actor.Username, entry.Actor.Roles = username, splitRoles(roles)
	return entry, nil
}
