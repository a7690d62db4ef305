package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/access"
)

// LatestReview is the id of the person's review that was kept last and has not become a run, and when that was; ok is false for none.
func (s *Service) LatestReview(ctx context.Context, who access.Actor) (id string, kept time.Time, ok bool, err error) {
	var at int64
	err = s.Database.QueryRowContext(ctx, `SELECT id, kept_at FROM bulk_reviews WHERE person = $1 AND kept_at > $2 ORDER BY kept_at DESC, id LIMIT 1`,
		who.Key(), s.Now().Add(-ReviewLife).UnixMicro()).Scan(&id, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", time.Time{}, false, nil
	case err != nil:
		return "", time.Time{}, false, unavailable(fmt.Errorf("find a review: %w", err))
	}
	return id, moment(at), true, nil
}
