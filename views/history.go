package views

import (
	"slices"
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
	// Quote is Graph's own text about its refusal; empty where it refused nothing.
	Quote string
	At    time.Time
	// From and To bound when a change outside Switchboard was made; zero for any other event. Who then noticed it.
	From, To time.Time
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

// outside says whether somebody made the change elsewhere: Graph does not say who.
func (e Event) outside() bool { return !e.To.IsZero() }

func (e Event) between(now time.Time) string {
	return "between " + components.Absolute(e.From, now) + " and " + components.Absolute(e.To, now) + " UTC"
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

func (e Event) isSync() bool { return e.SyncType != "" || e.Action == "sync" }

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
	return !slices.ContainsFunc(e.Fields, func(field connector.Field) bool { return field.Stored == nil })
}

// differs says whether Graph stored something else than was asked.
func (e Event) differs() bool {
	return e.Outcome == applied && e.stored() && e.asAsked() < len(e.Fields)
}

// outcome is what became of it in a word or two.
func (e Event) outcome() string {
	if word, known := syncWords[e.Outcome]; known && e.isSync() {
		return word
	}
	if e.Outcome == superseded && !e.stored() { // given up, or the connector is gone
		return "Never found out"
	}
	return outcomeWord(e.Outcome, e.differs())
}

// syncWords are the outcomes that a sync has words of its own for.
var syncWords = map[string]string{applied: "Accepted", appliedObserved: "Synced", notApplied: "No sync seen"}

// outcomeWord is the record's word for an outcome as people read it.
func outcomeWord(outcome string, differs bool) string {
	switch outcome {
	case applied:
		if differs {
			return "Saved differently"
		}
		return "Saved"
	case rejected:
		return "Refused"
	case inDoubt:
		return "In doubt"
	case pending:
		return "Being sent"
	case appliedObserved:
		return "Saved, seen later"
	case notApplied:
		return "Not stored"
	case superseded:
		return "Overtaken"
	}
	return outcome
}
