package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

const (
	// ReviewLife is how long a review is kept.
	ReviewLife    = time.Hour
	reviewsOfOne  = 50        // of one person, which nobody makes by hand in an hour; the oldest give way
	bytesOfOne    = 256 << 20 // sealed, of all reviews of one person; the oldest give way
	largestReview = 64 << 20  // bytes: 2,000 rows of which each holds a longest value and is asked for one of its own
)

// KeepReview keeps what a review found for its person, and returns the id by which a form names it. The id is good for one run, and
// tells nothing to anybody else.
func (s *Service) KeepReview(ctx context.Context, who access.Actor, plan Plan) (id string, err error) {
	plain, err := json.Marshal(plan)
	if err != nil {
		return "", fmt.Errorf("keep a review: %w", err)
	}
	if len(plain) > largestReview {
		return "", problem.New(problem.Invalid, "This is more than one preview can hold.").Saying("Nothing was sent to Graph.").
			Advising("The values are too long for so many connectors at a time. Pick fewer of them, or change fewer properties.")
	}
	id = s.NewID()
	sealed := s.Seals.Seal(seal.Review, sealedFor(who, id), plain)
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO bulk_reviews (id, person, sealed, kept_at) VALUES ($1, $2, $3, $4)`,
			id, who.Key(), sealed, s.Now().UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM bulk_reviews WHERE person = $1 AND id NOT IN (SELECT id FROM
			(SELECT id, SUM(octet_length(sealed)) OVER (ORDER BY kept_at DESC, id) AS bytes FROM bulk_reviews
				WHERE person = $1 ORDER BY kept_at DESC, id LIMIT $2) AS latest
			WHERE bytes <= $3)`, who.Key(), reviewsOfOne, bytesOfOne)
		return err
	})
	if err != nil {
		return "", unavailable(fmt.Errorf("keep a review: %w", err))
	}
	return id, nil
}

// FindReview is what the person's review found; ok is false where it has become a run, is too old, or never was theirs.
func (s *Service) FindReview(ctx context.Context, who access.Actor, id string) (plan Plan, ok bool, err error) {
	var sealed string
	err = s.Database.QueryRowContext(ctx, `SELECT sealed FROM bulk_reviews WHERE id = $1 AND person = $2 AND kept_at > $3`,
		id, who.Key(), s.Now().Add(-ReviewLife).UnixMicro()).Scan(&sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Plan{}, false, nil
	case err != nil:
		return Plan{}, false, unavailable(fmt.Errorf("find a review: %w", err))
	}
	plain, _, err := s.Seals.Open(seal.Review, sealedFor(who, id), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &plan)
	}
	if err != nil { // its key was taken out of the list, or somebody altered the row
		s.Log.WarnContext(ctx, "a review cannot be opened and counts as gone")
		return Plan{}, false, nil
	}
	for i, row := range plan.Rows {
		if row.Verdict != Missing {
			plan.Rows[i].Fields = plan.edit(row).Changed()
		}
	}
	return plan, true, nil
}

func sealedFor(who access.Actor, id string) string { return who.Key() + "\n" + id }

// sweep removes the reviews that are too old.
func (s *Service) sweep(ctx context.Context) {
	_, err := s.Database.ExecContext(ctx, `DELETE FROM bulk_reviews WHERE kept_at <= $1`, s.Now().Add(-ReviewLife).UnixMicro())
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "old reviews could not be swept", "error", err.Error())
	}
}
