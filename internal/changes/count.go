package changes

import (
	"context"
	"fmt"

	"switchboard/internal/audit"
)

// Doubts is how many changes are in doubt. The index by outcome answers, so it costs as much as there are and not as there were
// changes.
func (s *Service) Doubts(ctx context.Context) (count int, err error) {
	err = s.Database.QueryRowContext(ctx, `SELECT count(*) FROM changes WHERE outcome = $1`, string(audit.InDoubt)).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count the changes in doubt: %w", err)
	}
	return count, nil
}
