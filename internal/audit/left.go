package audit

import (
	"context"
	"database/sql"

	"switchboard/internal/database"
)

// Left are the lines after one that tell of changes made elsewhere, what has settled them, and who is on what, the oldest first,
// and the number of the latest line there is. Whoever calls it again with that number learns what came since.
func (l *Log) Left(ctx context.Context, after int64) (lines []Entry, size int64, err error) {
	size, err = database.Unchanged(ctx, l.db, "lines", func() (int64, error) { return l.Size(ctx) })
	if err != nil || size <= after {
		return nil, size, err
	}
	err = l.committed(ctx, func(tx *sql.Tx, last int64) error {
		size = last
		if last <= after {
			return nil
		}
		lines, err = l.LeftIn(ctx, tx, after)
		return err
	})
	return lines, size, err
}

// LeftIn is Left in a transaction, with the lines that it has added.
func (l *Log) LeftIn(ctx context.Context, tx *sql.Tx, after int64) ([]Entry, error) {
	return l.listIn(ctx, tx, `WHERE seq > $1 AND (action IN ('observed', 'acknowledged', 'claim', 'claim_end')
		OR action IN ('revert', 'resolved') AND line LIKE '%"observed":%') ORDER BY seq`, after)
}

// Notes are the latest notes at a connector, the newest first, limit at most.
func (l *Log) Notes(ctx context.Context, connectorID string, limit int) ([]Entry, error) {
	return l.shownAgain(ctx, "action = 'note' AND lower(connector) = lower($1)", limit, clean(connectorID))
}

// Lines are the lines with these numbers, the newest first.
func (l *Log) Lines(ctx context.Context, seqs ...int64) ([]Entry, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	return l.list(ctx, "WHERE seq IN ("+database.Placeholders(1, len(seqs))+") ORDER BY seq DESC", anys(seqs)...)
}
