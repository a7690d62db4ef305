package bulk

import (
	"context"
	"database/sql"
	"fmt"
)

// otherOutcome goes from the changes of runs among those lines to their rows, and by the change alone: rows are never removed, and by run
// SQLite would go through all rows of it for each change.
const otherOutcome = `SELECT coalesce(min(c.seq), 0) FROM changes c CROSS JOIN bulk_rows w
	WHERE w.change = c.id AND w.change <> '' AND c.run <> '' AND c.seq > $1 AND c.seq <= $2 AND w.outcome <> c.outcome
	AND NOT (c.outcome = 'pending' AND w.outcome = 'sending')
	AND NOT (c.outcome = 'rejected' AND w.outcome IN ('waiting', 'sending', 'conflict', 'skipped'))`

// Differing is the first line after from, up to and with to, of a change of which its run's row tells another outcome; 0 for none. What
// Graph refused may have been put off, and then wait, be tried again, or have been found not to be needed.
func (s *Service) Differing(ctx context.Context, tx *sql.Tx, from, to, _ int64) (first int64, err error) {
	if err := tx.QueryRowContext(ctx, otherOutcome, from, to).Scan(&first); err != nil {
		return 0, fmt.Errorf("hold runs against their changes: %w", err)
	}
	return first, nil
}

// unsaid says that the row tells an outcome that only a change can have, and names none.
func (r Row) unsaid() bool {
	switch r.Outcome {
	case Waiting, Sending, Conflict, Skipped:
		return false
	}
	return r.Change == ""
}
