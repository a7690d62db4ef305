package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/database"
)

// latestReview is a person's review that was kept last; zero for none.
type latestReview struct {
	id   string
	kept time.Time
}

// LatestReview is the id of the person's review that was kept last and has not become a run, and when that was; ok is false for none.
func (s *Service) LatestReview(ctx context.Context, who access.Actor) (id string, kept time.Time, ok bool, err error) {
	latest, err := database.Unchanged(ctx, s.Database, "latest review of "+who.Key(), func() (latestReview, error) { return s.latestReview(ctx, who.Key()) })
	if err != nil {
		return "", time.Time{}, false, unavailable(fmt.Errorf("find a review: %w", err))
	}
	if !latest.kept.After(s.Now().Add(-ReviewLife)) {
		return "", time.Time{}, false, nil
	}
	return latest.id, latest.kept, true, nil
}

func (s *Service) latestReview(ctx context.Context, person string) (latest latestReview, err error) {
	var at int64
	err = s.Database.QueryRowContext(ctx, `SELECT id, kept_at FROM bulk_reviews WHERE person = $1 ORDER BY kept_at DESC, id LIMIT 1`, person).Scan(&latest.id, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return latestReview{}, nil
	}
	latest.kept = moment(at)
	return latest, err
}
