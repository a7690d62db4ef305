package connectors

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/links"
)

// Progress is how far a sync that was asked for has come.
type Progress struct {
	// ID is the connector's.
	ID string
	// Change is the id of the request, for its receipt.
	Change string
	// SyncType is what was asked for.
	SyncType string
	// Done says that a sync was seen, as End tells; Unseen that none was in the time that Switchboard watches.
	Done, Unseen bool
	End          changes.SyncEnd
	// Who asked; You says that it is the one who looks.
	Who string
	You bool
	// Asked is when, Until how long it is watched.
	Asked, Until time.Time
	// Looks counts the reads so far.
	Looks int
	// Arrived says that this answers a look that saw the sync first: the page around it is to be read again.
	Arrived bool
	Now     time.Time
}

func (m Progress) headline() string {
	switch {
	case m.Done:
		return m.End.Words() + "."
	case m.Unseen:
		return "No sync seen in " + connector.Span(m.Until.Sub(m.Asked)) + ". Graph accepted the request, so it may still come."
	}
	return components.Shown(changes.Event{Who: m.Who, You: m.You}.Person()) + " asked for " + changes.SyncWord(m.SyncType) + " " + connector.Ago(m.Asked, m.Now) + ". Graph accepted it."
}

// soon says whether the next look is due in seconds rather than half a minute: the first two minutes.
func (m Progress) soon() bool { return m.Now.Sub(m.Asked) < 2*time.Minute }

func progressURL(id string) string { return links.SyncURL(id) }

func progressNotice(m Progress) components.Notice {
	switch {
	case m.Done:
		return components.Notice{Tone: components.Good, Icon: "circle-check", Title: m.headline()}
	case m.Unseen:
		return components.Notice{Tone: components.Caution, Icon: "clock-exclamation", Title: m.headline()}
	}
	return components.Notice{Tone: components.Waiting, Icon: "refresh", Title: m.headline()}
}
