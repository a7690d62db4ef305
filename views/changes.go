package views

import (
	"time"

	"switchboard/views/components"
)

// Changes are what waits or is in doubt.
type Changes struct {
	// InDoubt are the changes of which nobody knows yet what became, the oldest first.
	InDoubt []Receipt
	// Recent are the latest changes, the newest first.
	Recent []Event
	Now    time.Time
}

// Title is the page's title.
func (m Changes) Title() string {
	if len(m.InDoubt) == 0 {
		return "Changes"
	}
	return components.Count(len(m.InDoubt), "change in doubt", "changes in doubt") + " · Changes"
}
