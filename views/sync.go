package views

import (
	"strconv"
	"time"

	"switchboard/internal/connector"
)

// Carry is what a form carries unseen: both are the handlers' own and opaque here.
type Carry struct {
	// Token proves that the form came from a page of this session.
	Token string
	// State says what the form showed, and its one-time id.
	State string
}

// Sync is the form that asks Graph for a sync.
type Sync struct {
	ID    string
	Carry Carry
	// Retired says that nothing is expected to sync any more: the form asks twice.
	Retired bool
	// Type and Reason are what was typed before, where the form is shown again.
	Type, Reason string
	// RequireReason says that an empty reason will be refused.
	RequireReason bool
	// Fault is what is wrong with the reason; empty for nothing.
	Fault string
}

// The kinds of sync that Graph knows (microsoft.graph.deviceManagementExchangeConnectorSyncType).
const (
	deltaSync = "deltaSync"
	fullSync  = "fullSync"
)

func (m Sync) kind() string {
	if m.Type == fullSync {
		return fullSync
	}
	return deltaSync
}

func (m Sync) icon() string {
	if m.Retired {
		return "archive"
	}
	return "refresh"
}

// inPage says whether the question stands in the page: a popover cannot be sent open.
func (m Sync) inPage() bool { return m.Fault != "" }

// syncWord names a sync by its kind; of old lines of the record the kind may not be known.
func syncWord(kind string) string {
	switch kind {
	case fullSync:
		return "a full sync"
	case deltaSync:
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

// words are the end in a few words, without a full stop.
func (e SyncEnd) words() string {
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

// reasonDescribed names the element that explains the reason's field.
func reasonDescribed(id, fault string) string {
	if fault == "" {
		return id + "-hint"
	}
	return id + "-fault"
}
