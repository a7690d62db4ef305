package views

import (
	"time"

	"switchboard/connector"
	"switchboard/views/components"
)

// Event is one line of a connector's history, or of the recent changes.
type Event struct {
	// Who is a person's name; You says that it is the one who looks.
	Who string
	You bool
	// Action is the record's word, for instance "edit", "sync" or "resolved".
	Action string
	// SyncType is what a sync asked for.
	SyncType string
	Fields   []connector.Field
	// Outcome is the record's word, for instance "applied"; empty for what is no change.
	Outcome string
	Reason  string
	At      time.Time
	// Change is the id of the change, for its receipt; empty for none.
	Change string
	// Seq is the record's entry number.
	Seq int64
}

func (e Event) who() string {
	switch {
	case e.You:
		return "You"
	case e.Who == "":
		return "Somebody"
	}
	return e.Who
}

// verb says what was done, to stand after a name.
func (e Event) verb() string {
	switch e.Action {
	case "edit", "bulk_edit":
		return "edited " + components.Count(len(e.Fields), "field", "fields")
	case "sync":
		return "asked for " + syncWord(e.SyncType)
	case "revert":
		return "put back " + components.Count(len(e.Fields), "field", "fields")
	case "resolved":
		return "found out what became of a change"
	case "proposal":
		return "proposed a change"
	case "approval":
		return "approved a change"
	case "rejection":
		return "rejected a change"
	case "observed":
		return "saw a change made outside Switchboard"
	}
	return e.Action
}

func (e Event) icon() string {
	switch {
	case e.Outcome == pending, e.Outcome == inDoubt:
		return "help-hexagon"
	case e.Outcome == rejected, e.Outcome == notApplied:
		return "x"
	case e.Action == "sync":
		return "refresh"
	case e.Action == "revert":
		return "arrow-back-up"
	case e.Action == "observed":
		return "eye-check"
	}
	return "check"
}

func (e Event) tone() components.Tone { return outcomeTone(e.Outcome) }

// after is what a field came to: what Graph stored, else what was asked.
func after(field connector.Field) connector.Value {
	if field.Stored != nil {
		return *field.Stored
	}
	return field.Requested
}
