package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// SyncEnd is how a sync ended, as far as it is known.
type SyncEnd struct {
	// Known says that it has ended: it was seen, or was not seen in 20 minutes.
	Known bool
	// Seen says that the last sync moved on after the request.
	Seen bool
	// Took is the time from the request to the sync, 0 where it is not known. AtMost says that it is the time until a read
	// showed the sync, because Graph's own time cannot be right by our clock.
	Took   time.Duration
	AtMost bool
}

// EndOf tells of a sync that was asked for and seen, by our clock, at these times; syncedAt is Graph's last sync then, null
// where none was seen in time. Graph's clock is believed only where it puts the sync between the two.
func EndOf(asked, seen time.Time, syncedAt connector.Value) SyncEnd {
	at, synced := connector.ParseDate(syncedAt.Text())
	if !synced {
		return SyncEnd{Known: true}
	}
	end := SyncEnd{Known: true, Seen: true, Took: at.Sub(asked)}
	if end.Took < 0 || end.Took > seen.Sub(asked) {
		end.Took, end.AtMost = seen.Sub(asked), true
	}
	if end.Took < 0 || end.Took > syncPatience { // our own clock was set, or nobody looked for long
		end.Took, end.AtMost = 0, false
	} else {
		end.Took = max(time.Second, end.Took.Round(time.Second))
	}
	return end
}

// End is how a sync ended; it is not known of one that is still followed, and of what is no sync.
func (c Change) End() SyncEnd {
	switch {
	case c.SyncEnded.IsZero():
		return SyncEnd{}
	case c.SyncEnded.Before(c.IntendedAt): // from before ends were kept: when it was seen is not known
		return EndOf(c.IntendedAt, c.IntendedAt.Add(syncPatience), c.SyncedAt)
	}
	return EndOf(c.IntendedAt, c.SyncEnded, c.SyncedAt)
}

// Awaited says whether the change is a sync that Graph accepted and whose end no read has shown.
func (c Change) Awaited() bool {
	return c.Action == audit.Sync && c.Outcome == audit.Applied && c.SyncEnded.IsZero()
}

// awaited is the condition of Awaited, as the index that serves it writes it.
const awaited = `action = 'sync' AND outcome = 'applied' AND sync_ended = 0`

// notRead stands for the last sync before a request that could not be read; the first read after it takes its place.
const notRead = "?"

// lastSyncBefore is Graph's last sync just before one is asked for. The page that asked may have been open for hours, and
// Graph may answer from a copy that is behind it, so that the later of the two counts. The error is a problem: Graph is
// down, and not asked; or the sync is one of a run, which has to learn from the read whether to go on.
func (s *Service) lastSyncBefore(ctx context.Context, e errand, request SyncRequest) (string, error) {
	read := s.readFor(ctx, e, request.ID, readBeforeSync)
	var failed *graphclient.Error
	if errors.As(read.err, &failed) && failed.Down() || read.err != nil && e.run.ID != "" {
		return "", graphclient.Explain(read.err).Saying("No sync was asked for.")
	}
	if read.err != nil {
		s.Log.InfoContext(ctx, "the last sync could not be read before asking for one", "connector", request.ID, "error", read.err.Error())
		return notRead, nil
	}
	if movedOn(lastSyncOf(read.connector), request.Shown) {
		return lastSyncOf(request.Shown), nil
	}
	return lastSyncOf(read.connector), nil
}

// movedOn says whether the connector's last sync is later than the one before. Both are Graph's: its clock need not agree
// with ours. A date that stands for none is no sync.
func movedOn(before string, now connector.Connector) bool {
	said, at := now.SyncSaid()
	was, ever := connector.ParseDate(before)
	return said == connector.SyncDated && (!ever || at.After(was))
}

// resolveSyncFrom records the end of a sync, if the reading tells it. Whether a sync was seen rests on Graph's times alone, and
// how long one may take on our own.
func (s *Service) resolveSyncFrom(ctx context.Context, p Person, from audit.Origin, change Change, read reading) error {
	if change.syncBefore == notRead && read.err == nil {
		change.syncBefore = lastSyncOf(read.connector)
	}
	seen, err := s.syncSeen(ctx, change, read)
	if err != nil {
		return err
	}
	over := (read.err == nil || read.gone()) && read.at.Sub(change.IntendedAt) >= syncPatience
	if !seen && !over {
		s.countLook(ctx, change, read, false)
		return nil
	}
	change.SyncEnded = s.Now().UTC().Truncate(time.Microsecond)
	verdict := audit.NotApplied
	if seen {
		verdict, change.SyncedAt = audit.AppliedObserved, read.connector.Value(connector.LastSyncDateTime)
	}
	if change.Outcome == audit.Applied {
		return s.endSync(ctx, p, from, change)
	}
	if read.err == nil {
		change = change.returning(read.connector)
	}
	return s.recordResolution(ctx, p, from, change, verdict)
}

// syncSeen says whether the last sync has moved on since the request, and not because an edit of ours set it.
func (s *Service) syncSeen(ctx context.Context, change Change, read reading) (bool, error) {
	if read.err != nil || !movedOn(change.syncBefore, read.connector) {
		return false, nil
	}
	edits, err := find(ctx, s.Database, `WHERE lower(connector) = lower($1) AND action <> 'sync' AND seq > $2`, change.Connector, change.Seq)
	if err != nil {
		return false, err
	}
	is := read.connector.Value(connector.LastSyncDateTime)
	for _, edit := range edits {
		for _, field := range edit.Fields {
			if field.Name == connector.LastSyncDateTime && field.Gives(is) {
				return false, nil
			}
		}
	}
	return true, nil
}

// endSync records how a sync that Graph accepted ended, with the reader as actor. Of several
// that see it at once, on all replicas together, one records it.
func (s *Service) endSync(ctx context.Context, p Person, from audit.Origin, change Change) error {
	change.Resolver = p.Actor()
	resolver, err := text(change.Resolver)
	if err != nil {
		return err
	}
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		// The audit log's lock before the row's, as an intent takes them.
		if _, err := s.AuditLog.Append(ctx, tx, s.line(p, from, change, audit.Resolved)); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE changes SET sync_after = $2, sync_ended = $3, resolver = $4 WHERE id = $1 AND `+awaited,
			change.ID, change.SyncedAt.Text(), change.SyncEnded.UnixMicro(), resolver)
		if err != nil {
			return fmt.Errorf("end a sync: %w", err)
		}
		if ended, err := done.RowsAffected(); err != nil || ended == 0 {
			return errors.Join(err, errFinished)
		}
		return s.tell(ctx, tx, change)
	})
	if errors.Is(err, errFinished) {
		return nil
	}
	if err == nil {
		s.Log.InfoContext(ctx, "the end of a sync was seen", "change", change.ID, "synced_at", change.SyncedAt.Text())
	}
	return err
}

// SyncTypesOf are what syncs asked for, by the change's id: lines from before the audit log kept it do not tell.
func (s *Service) SyncTypesOf(ctx context.Context, ids ...string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	found, err := find(ctx, s.Database, `WHERE id IN (`+database.Placeholders(1, len(ids))+`)`, args...)
	if err != nil {
		return nil, unreadable(err)
	}
	kinds := map[string]string{}
	for _, change := range found {
		kinds[change.ID] = change.SyncType
	}
	return kinds, nil
}

// lastSyncOf is Graph's text of the last sync; empty for never and for null.
func lastSyncOf(c connector.Connector) string {
	if said, _ := c.SyncSaid(); said != connector.SyncDated {
		return ""
	}
	return c.Value(connector.LastSyncDateTime).Text()
}
