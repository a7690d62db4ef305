package changes

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// lookApart is the time between two looks at a change whose own page is open, unless the first could not read the connector: Graph
// may be back.
const lookApart = time.Second

// pauseAfter is the time from one look at a change to the next, by how many there were: 1 s, 2, 4 and so on to 30. Pages of other
// things, timers and replicas share these looks.
func pauseAfter(looks int) time.Duration {
	pause := firstPause
	for range looks {
		if pause = 2 * pause; pause >= longestPause {
			return longestPause
		}
	}
	return pause
}

// spacing is how far apart looks at a change are kept.
type spacing func(Change) time.Duration

func byPace(c Change) time.Duration { return pauseAfter(c.Looks) }

func ownPage(c Change) time.Duration {
	if c.lookFailed {
		return 0
	}
	return lookApart
}

// dueFor says whether the latest look at the change is that long ago. Of a clock that was set back nothing is believed.
func (c Change) dueFor(now time.Time, apart spacing) bool {
	since := now.Sub(c.lookBegan)
	return since < 0 || since >= apart(c)
}

// claim are those of the changes that are due for a look and that nobody else has begun to look at since they were read: on all pages
// and replicas together, one does. It is one commit, and none where nothing is due.
func (s *Service) claim(ctx context.Context, all []Change, apart spacing) (mine []Change, err error) {
	now := s.Now().UTC().Truncate(time.Microsecond)
	var due []Change
	for _, change := range all {
		if change.dueFor(now, apart) {
			due = append(due, change)
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		mine = nil
		for _, change := range due {
			done, err := tx.ExecContext(ctx, `UPDATE changes SET look_began = $2, look_failed = 0 WHERE id = $1 AND look_began = $3`,
				change.ID, now.UnixMicro(), microseconds(change.lookBegan))
			if err != nil {
				return fmt.Errorf("begin a look: %w", err)
			}
			if claimed, err := done.RowsAffected(); err != nil {
				return err
			} else if claimed == 1 {
				mine = append(mine, change)
			}
		}
		return nil
	})
	return mine, err
}
