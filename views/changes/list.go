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
	// Recent are the latest changes, the newest first.
	Recent []Event
	Now    time.Time
}

// Title is the page's title.
func (m List) Title() string {
	if len(m.InDoubt) == 0 {
		return "Changes"
	}
	return components.Count(len(m.InDoubt), "change in doubt", "changes in doubt") + " · Changes"
}
