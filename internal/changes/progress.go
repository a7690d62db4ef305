package changes

import (
	"context"
	"errors"
	"time"

	"switchboard/internal/audit"
)

// SyncState is how far a sync has come.
type SyncState int

// The states of a sync.
const (
	// Watched: the last sync has not moved since it was asked for.
	Watched SyncState = iota
	// Synced: the last sync has moved on since the request.
	Synced
	// Unseen: no sync was seen in 20 minutes. It may still come.
	Unseen
)

// Progress is how far the latest sync that was asked of a connector has come. Graph gives no job number, so what is
// watched is lastSyncDateTime: it has to move on from where it was before the request. A sync of the connector's own accord
// moves it too.
type Progress struct {
	Change Change
	State  SyncState
	// End is how it ended, once it has.
	End SyncEnd
	// Asked is when it was asked for, Until when it counts as unseen.
	Asked, Until time.Time
	// Looks counts the reads so far that did not see it.
	Looks int
}

// latestSync is the condition of a connector's latest sync.
const latestSync = `WHERE seq = (SELECT max(seq) FROM changes WHERE lower(connector) = lower($1) AND action = 'sync' AND outcome <> 'rejected')
	AND lower(connector) = lower($1)`

// ToldFor is how long after its request a sync's progress is told.
const ToldFor = 45 * time.Minute

// Progress tells how far the latest sync that Graph accepted, or may have, has come, by what Resolve last found; ok is false
// where none was asked for lately.
func (s *Service) Progress(ctx context.Context, connectorID string) (p Progress, ok bool, err error) {
	change, err := s.oneLogged(ctx, latestSync, connectorID)
	if errors.Is(err, errUnknown) || err == nil && s.Now().Sub(change.IntendedAt) > ToldFor {
		return Progress{}, false, nil
	}
	if err != nil {
		return Progress{}, false, unreadable(err)
	}
	p = Progress{
		Change: change, End: change.End(), Asked: change.IntendedAt, Until: change.IntendedAt.Add(syncPatience), Looks: change.Looks,
	}
	switch {
	case p.End.Seen:
		p.State = Synced
	case p.End.Known, change.Outcome == audit.NotApplied, !s.Now().Before(p.Until):
		p.State = Unseen
	}
	return p, true, nil
}
