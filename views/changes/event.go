package changes

import (
	"slices"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// Event is a change with what is known of it, or something else that happened, as every page tells it.
type Event struct {
	// Who is a person's name; You says that it is the one who looks.
	Who string
	You bool
	// Action is the audit log's word, for instance "edit", "sync" or "resolved".
	Action string
	// Of is the action of the change that somebody found out about; it is Action for the change itself.
	Of string
	// About is empty where the page is about that one connector.
	About
	// SyncType is what a sync asked for, End how it ended.
	SyncType string
	End      SyncEnd
	Fields   []connector.FieldChange
	// Outcome is the audit log's word, for instance "applied"; empty for what is no change.
	Outcome string
	// Reason is why, in the person's own words; of what somebody found out it is why they gave up.
	Reason string
	// Quote is Graph's own text about its refusal; empty where it refused nothing.
	Quote string
	At    time.Time
	// Window is for a change made outside Switchboard, which Who noticed; zero for any other event.
	Window
	// Change is the id of the change, for its receipt; empty for none.
	Change string
	// Seq is the audit log's entry number.
	Seq int64
}

// About is what something is about: the id of a connector and what it is called, and the address of a ticket elsewhere. Each
// may be empty.
type About struct {
	Connector string
	Name      connector.Name
	Ticket    string
	// Run is the run that it is a part of; zero for what was begun alone.
	Run Together
}

// Together is a run, of which an event is a part, or which an event tells as a whole.
type Together struct {
	ID string
	// Rows is how many connectors the run has where the whole is told, and 0 for a part of it; Counted is what came of them.
	Rows    int
	Counted string
}

// Window bounds when something was changed elsewhere, and says what has been said of it since.
type Window struct {
	From, To time.Time
	// Settled says that somebody has said that it may stay, or has put everything back.
	Settled bool
	// By has settled it, for the reason Why, where the page knows that; PutBack says in which way.
	By, Why string
	PutBack bool
	// Settle is what this person can do about it; nil for nothing.
	Settle *Settle
}

// Person is who it was, in the words of the page.
func (e Event) Person() string {
	switch {
	case e.You:
		return "You"
	case e.Who == "":
		return "Somebody"
	}
	return e.Who
}

// Outside says whether somebody made the change elsewhere: Graph does not say who.
func (e Event) Outside() bool { return !e.To.IsZero() }

// MadeBetween says when somebody made the change elsewhere.
func (e Event) MadeBetween(now time.Time) string {
	return "between " + components.Absolute(e.From, now) + " and " + components.Absolute(e.To, now) + " UTC"
}

// done says whether what was asked for is known to have been taken. Of anything else it is only said that it was tried.
func (e Event) done() bool {
	return e.Outcome == "" || e.Outcome == Applied || e.Outcome == AppliedObserved
}

// Verb says what was done, to stand after a name and before 'of' and the connector's.
func (e Event) Verb() string {
	if e.Run.Rows > 0 {
		return e.together()
	}
	switch e.Action {
	case "edit", "bulk_edit":
		return e.tried("edit", "edited", components.Count(len(e.Fields), "field", "fields"))
	case "sync":
		return e.tried("ask for", "asked for", SyncWord(e.SyncType))
	case "revert":
		return e.tried("put back", "put back", components.Count(len(e.Fields), "field", "fields"))
	case "resolved":
		return e.foundOut()
	case "proposal":
		return "proposed a change"
	case "approval":
		return "approved a change"
	case "rejection":
		return "rejected a change"
	case "observed":
		return "changed outside Switchboard"
	case "acknowledged":
		return "called a change made elsewhere expected"
	}
	return or(deskVerbs[e.Action], e.Action)
}

// together says what was done to many connectors.
func (e Event) together() string {
	many := components.Count(e.Run.Rows, "connector", "connectors")
	if e.SyncType != "" {
		return "asked for " + SyncWord(e.SyncType) + " of " + many
	}
	return "edited " + many
}

// deskVerbs say what somebody left for others at a connector.
var deskVerbs = map[string]string{"claim": "said “I am on it”", "claim_end": "ended the claim", "note": "left a note"}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// toConnector stands between the verb and the connector's name.
func (e Event) toConnector() string {
	if deskVerbs[e.Action] != "" || e.Action == "acknowledged" {
		return " at "
	}
	return " of "
}

func (e Event) tried(base, past, what string) string {
	if e.done() {
		return past + " " + what
	}
	return "tried to " + base + " " + what
}

// foundOut says what somebody's read found out.
func (e Event) foundOut() string {
	switch {
	case e.Of == "sync" && e.End.Seen:
		return "saw " + SyncWord(e.SyncType)
	case e.Of == "sync" && e.End.Known:
		return "saw no sync in 20 minutes"
	case e.Outcome == superseded && e.Reason != "":
		return "gave up on a change"
	}
	return "found out how a change ended"
}

// Icon is the outcome as a mark.
func (e Event) Icon() string {
	switch {
	case e.Outcome == Pending, e.Outcome == inDoubt, e.Outcome == superseded:
		return "help-hexagon"
	case e.IsSync() && e.End.Known && !e.End.Seen:
		return "clock-exclamation"
	case e.Outcome == rejected, e.Outcome == notApplied:
		return "x"
	case e.IsSync() && !e.End.Known && e.Outcome == Applied:
		return "refresh"
	case e.differs():
		return "arrows-diff"
	}
	return "check"
}

func (e Event) tone() components.Tone {
	switch {
	case e.IsSync() && e.End.Known && !e.End.Seen, e.differs():
		return components.Caution
	case e.IsSync() && !e.End.Known && e.Outcome == Applied:
		return components.Waiting
	}
	return outcomeTone(e.Outcome)
}

// IsSync says whether it is about a sync rather than an edit.
func (e Event) IsSync() bool { return e.SyncType != "" || e.Action == "sync" || e.Of == "sync" }

// asAsked counts the fields that Graph is known to hold as asked.
func (e Event) asAsked() (count int) {
	for _, field := range e.Fields {
		if field.AsAsked() {
			count++
		}
	}
	return count
}

// stored says whether it is known what Graph holds in every field.
func (e Event) stored() bool {
	return !slices.ContainsFunc(e.Fields, func(field connector.FieldChange) bool { return field.Stored == nil })
}

// differs says whether Graph stored something else than was asked.
func (e Event) differs() bool {
	return e.Outcome == Applied && e.stored() && e.asAsked() < len(e.Fields)
}

// holds says of a field what Graph holds in place of what was asked for; it is empty where that is not known, or as asked.
func (e Event) holds(field connector.FieldChange) string {
	switch {
	case field.Stored == nil || field.AsAsked():
		return ""
	case e.done():
		return "Graph stored"
	}
	return "Graph holds"
}

// Fulfilled says that the field is known to hold what was asked.
func (e Event) Fulfilled(field connector.FieldChange) bool {
	return (e.done() || e.Action == "accepted") && field.AsAsked()
}

// Result is the outcome in a word or two.
func (e Event) Result() string {
	switch {
	case e.IsSync() && e.End.Known:
		return e.End.Words()
	case e.IsSync() && e.Outcome == Applied:
		return "Accepted"
	case e.IsSync() && e.Outcome == notApplied:
		return "Not sent"
	case e.Outcome == superseded && (e.IsSync() || !e.stored()): // given up, or the connector is gone
		return "Never found out"
	}
	return OutcomeWord(e.Outcome, e.differs())
}

// here is the event on a page about its connector alone.
func (e Event) here() Event {
	e.About = About{Ticket: e.Ticket, Run: e.Run}
	return e
}
