// Package changes draws what was changed: events and receipts, what is in doubt, and what Graph holds instead.
package changes

import (
	"time"

	"switchboard/views/components"
)

// List are what waits or is in doubt.
type List struct {
	// InDoubt are the changes whose outcome is not known yet, the oldest first.
	InDoubt []Receipt
	// Runs are the runs that go on, then the latest others.
	Runs []Run
	// Recent are the latest changes, the newest first.
	Recent []Event
	Now    time.Time
}

// Run is a bulk edit in a list of them.
type Run struct {
	// Words say what it is: "Bulk edit of 20 connectors", State how it stands, Counted what came of it.
	ID, Words, State, Counted string
	// Tone is that of its state.
	Tone components.Tone
	// Who started it, and when.
	Who string
	You bool
	At  time.Time
}

func (r Run) icon() string {
	switch r.Tone {
	case components.Info:
		return "player-play"
	case components.Caution:
		return "player-pause"
	case components.Good:
		return "circle-check"
	}
	return "player-stop"
}

// Elsewhere are the changes made outside Switchboard: those that wait to be settled, and what was settled lately.
type Elsewhere struct {
	// Waiting are the newest of those that wait, Total is how many do.
	Waiting []Event
	Total   int
	// Settled are the latest words by which somebody has settled one.
	Settled []Event
	// MaySettle says that this person can do something about them.
	MaySettle bool
	Now       time.Time
}

// Title is the page's title.
func (m Elsewhere) Title() string {
	if m.Total == 0 {
		return "Changed elsewhere"
	}
	return components.Count(m.Total, "change waits", "changes wait") + " · Changed elsewhere"
}

// Title is the page's title.
func (m List) Title() string {
	if len(m.InDoubt) == 0 {
		return "Changes"
	}
	return components.Count(len(m.InDoubt), "change in doubt", "changes in doubt") + " · Changes"
}
