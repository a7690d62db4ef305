package connectors

import (
	"context"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// Stale is why old values are shown.
type Stale struct {
	// Why is a sentence, for instance "Graph is not answering (503)."
	Why string
	// Retry is when it is worth to try again; zero where nothing is known.
	Retry time.Time
	// Late says that nothing has failed: Graph has not answered yet, or was not asked because too many others ask it. Editing,
	// which reads anew, goes on.
	Late bool
	// MayEdit says that the person could edit if Graph answered.
	MayEdit bool
}

// meanwhile says what can be done until Graph has answered, to those who would do it.
func (s *Stale) meanwhile() string {
	switch {
	case !s.MayEdit:
		return ""
	case s.off():
		return "Editing and syncing are off until Graph can be read again, so nothing can be lost."
	}
	return "You can edit all the same: the form reads the connector anew."
}

// off says whether editing waits until Graph can be read again.
func (s *Stale) off() bool { return s != nil && !s.Late }

// kept is when old values were read, zero for values of now: their ages count from there.
func kept(stale *Stale, read time.Time) time.Time {
	if stale == nil {
		return time.Time{}
	}
	return read
}

// plainSync is when a connector last synced, where nothing more is to be said of the time: it was read now, lies behind us, and is told
// in no other zone.
func plainSync(ctx context.Context, c connector.Connector, now, kept time.Time) (at time.Time, plain bool) {
	said, at := c.SyncSaid()
	return at, said == connector.SyncDated && kept.IsZero() && !connector.Ahead(at, now) && components.Local(ctx, at, now) == ""
}

// syncLines are the two lines of a plain last sync in a row, or those of none.
func syncLines(ctx context.Context, c connector.Connector, now, kept time.Time) (ago, at string, plain bool) {
	if said, _ := c.SyncSaid(); said == connector.SyncNever {
		return components.NeverSynced, components.SentNever(c), true
	}
	when, plain := plainSync(ctx, c, now, kept)
	return connector.Ago(when, now), components.Absolute(when, now), plain
}
