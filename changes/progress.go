package changes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"switchboard/audit"
	"switchboard/connector"
)

// SyncState is how far a sync has come.
type SyncState int

// The states of a sync.
const (
	// Watched: the last sync has not moved since it was asked for.
	Watched SyncState = iota
	// Synced: the last sync is later than the request.
	Synced
	// Unseen: no sync was seen in 20 minutes. It may still come.
	Unseen
)

// Progress is how far the latest sync that was asked of a connector has come. Graph gives no job number, so what is
// watched is lastSyncDateTime: it has to pass the time of the request. A sync of the connector's own accord does that too.
type Progress struct {
	Change Change
	State  SyncState
	// Asked is when it was asked for, Until when it counts as unseen.
	Asked, Until time.Time
	// Before is lastSyncDateTime as the person saw it when they asked, After the first one seen that is later than the
	// request; null where nobody knows.
	Before, After connector.Value
	// Took is the time from the request to that sync; only if Synced.
	Took time.Duration
	// Looks counts the timer's reads so far.
	Looks int
}

// Progress tells how far the latest sync that Graph accepted, or may have, has come; ok is false where there is none. now is
// the connector as the caller has just read it, or the zero Connector: a sync that it shows is kept as done.
func (s *Service) Progress(ctx context.Context, connectorID string, now connector.Connector) (p Progress, ok bool, err error) {
	change, err := one(ctx, s.Database, `WHERE lower(connector) = lower($1) AND action = 'sync' AND outcome <> 'rejected'
		ORDER BY seq DESC LIMIT 1`, connectorID)
	if errors.Is(err, errUnknown) {
		return Progress{}, false, nil
	}
	if err != nil {
		return Progress{}, false, unreadable(err)
	}
	if change.awaited(s.Now()) && change.syncedBy(now) {
		if err := s.sawSync(ctx, change, reading{connector: now, at: s.Now()}); err != nil {
			s.Log.WarnContext(ctx, "a sync that was seen could not be kept", "change", change.ID, "error", err.Error())
		}
		change.syncAfter = lastSyncOf(now)
	}
	return s.progressOf(change), true, nil
}

func (s *Service) progressOf(change Change) Progress {
	p := Progress{
		Change: change, Asked: change.IntendedAt, Until: change.IntendedAt.Add(syncPatience),
		Before: orNull(change.syncBefore), After: orNull(change.syncAfter), Looks: change.Looks,
	}
	if at, synced := connector.ParseDate(change.syncAfter); synced {
		p.State, p.Took = Synced, at.Sub(change.IntendedAt)
	} else if change.Outcome == audit.NotApplied || !s.Now().Before(p.Until) {
		p.State = Unseen
	}
	return p
}

func orNull(text string) connector.Value {
	if text == "" {
		return connector.Null()
	}
	return connector.Of(text)
}

// awaited says whether the change is a sync that Graph accepted and that may still be seen.
func (c Change) awaited(now time.Time) bool {
	return c.Action == audit.Sync && c.Outcome == audit.Applied && c.syncAfter == "" && now.Sub(c.IntendedAt) < syncPatience
}

// syncedBy says whether the connector shows a sync later than the request.
func (c Change) syncedBy(now connector.Connector) bool {
	at, synced := now.LastSync()
	return synced && at.After(c.IntendedAt)
}

// sawSync counts a look at a sync that Graph accepted, and keeps the first last sync after the request. The record says
// nothing of it: that Graph accepted is what became of the change.
func (s *Service) sawSync(ctx context.Context, change Change, read reading) error {
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	after := ""
	if read.err == nil && change.syncedBy(read.connector) {
		after = lastSyncOf(read.connector)
	}
	_, err := s.Database.ExecContext(recording, `UPDATE changes SET looks = looks + 1, last_look = $2, sync_after = $3
		WHERE id = $1 AND sync_after = ''`, change.ID, read.at.UnixMicro(), after)
	if err != nil {
		return fmt.Errorf("keep what was seen of a sync: %w", err)
	}
	return nil
}

// lastSyncOf is Graph's text of the last sync; empty for never and for null.
func lastSyncOf(c connector.Connector) string {
	if _, synced := c.LastSync(); !synced {
		return ""
	}
	return c.Value(connector.LastSyncDateTime).Text()
}
