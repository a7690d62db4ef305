package changes

import (
	"strconv"
	"time"

	"switchboard/internal/connector"
)

// The kinds of sync that Graph knows (microsoft.graph.deviceManagementExchangeConnectorSyncType).
const (
	DeltaSync = "deltaSync"
	FullSync  = "fullSync"
)

// SyncWord names a sync by its kind; of old lines of the audit log the kind may not be known.
func SyncWord(kind string) string {
	switch kind {
	case FullSync:
		return "a full sync"
	case DeltaSync:
		return "a delta sync"
	}
	return "a sync"
}

// SyncEnd is how a sync ended, as far as it is known.
type SyncEnd struct {
	// Known says that it has ended, Seen that a sync was seen and not missed.
	Known, Seen bool
	// Took is the time from the request to the sync, 0 where nobody can tell; AtMost says that it may have been shorter.
	Took   time.Duration
	AtMost bool
}

// Words are the end in a few words, without a full stop.
func (e SyncEnd) Words() string {
	switch {
	case !e.Seen:
		return "No sync seen"
	case e.Took == 0:
		return "Synced"
	case e.AtMost:
		return "Synced in " + span(e.Took) + " at most"
	}
	return "Synced in " + span(e.Took)
}

// span is a length of time in seconds, up to two minutes.
func span(d time.Duration) string {
	if d < 2*time.Minute {
		return strconv.Itoa(int(d/time.Second)) + " s"
	}
	return connector.Span(d)
}
