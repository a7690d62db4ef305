package bulk

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"switchboard/internal/database"
	"switchboard/internal/seal"
)

// resealRows seals with the first key what of a run may still be sent and was sealed with another: a run that waits for a person may
// outlive the key under which it began. A row whose seal does not hold stays as it is.
func (s *Service) resealRows(ctx context.Context, tx *sql.Tx, run string) error {
	found, err := s.agedRows(ctx, tx, run)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(found, rowsAtOnce) {
		groups, args := database.Rows(chunk)
		_, err := tx.ExecContext(ctx, `WITH again (position, sealed) AS (VALUES `+groups+`)
			UPDATE bulk_rows SET sealed = again.sealed FROM again
			WHERE bulk_rows.run = $`+strconv.Itoa(len(args)+1)+` AND bulk_rows.position = CAST(again.position AS bigint)`, append(args, run)...)
		if err != nil {
			return fmt.Errorf("seal the rows of a run: %w", err)
		}
	}
	return nil
}

// agedRows are the positions of those rows, as texts, with their new seals.
func (s *Service) agedRows(ctx context.Context, tx *sql.Tx, run string) ([][]any, error) {
	rows, err := tx.QueryContext(ctx, `SELECT position, connector, shown, fields, sealed FROM bulk_rows
		WHERE run = $1 AND outcome IN ('waiting', 'sending')`, run)
	if err != nil {
		return nil, fmt.Errorf("find rows of a run: %w", err)
	}
	defer rows.Close()
	var found [][]any
	for rows.Next() {
		var position int
		var connector, shown, fields, sealed string
		if err := rows.Scan(&position, &connector, &shown, &fields, &sealed); err != nil {
			return nil, fmt.Errorf("find rows of a run: %w", err)
		}
		if _, current, err := s.Seals.Open(seal.Run, boundRow(run, position, connector, shown, fields), sealed); err != nil || current {
			continue
		}
		found = append(found, []any{strconv.Itoa(position), sealRow(s.Seals, run, position, connector, shown, fields)})
	}
	return found, rows.Err()
}
