package views

import (
	"fmt"
	"strings"
	"time"

	"switchboard/connector"
	"switchboard/views/components"
)

// Receipt is what became of one change, as it is known today.
type Receipt struct {
	// Change is the change's UUID.
	Change string
	// Connector is the connector's id, Name what people call it.
	Connector string
	Name      string
	// Action is the record's word: "edit", "sync", "revert" or "bulk_edit".
	Action string
	// Outcome is the record's word: "pending", "applied", "rejected", "in_doubt", "applied_observed", "not_applied" or "superseded".
	Outcome string
	// SyncType is what a sync asked for; empty for an edit.
	SyncType string
	Fields   []connector.Field
	Reason   string
	// Who asked for it; You says that it is the one who looks.
	Who string
	You bool
	// Asked is when the intent was recorded, Settled when the latest outcome was.
	Asked, Settled time.Time
	Now            time.Time
	// Took is how long Graph took to answer; 0 without an answer.
	Took time.Duration
	// Status is the HTTP status of Graph's answer, 0 without one; RequestID is Graph's own id of the request.
	Status    int
	RequestID string
	// Seq is the record's number of the intent.
	Seq int64
	// Refusal is what Graph said when it refused, in a person's words; empty otherwise.
	Refusal string
	// Looks counts the reads that tried to find out about one in doubt; LastLook is the latest one, zero for none.
	Looks    int
	LastLook time.Time
	// Observer is whose read settled it; empty where Graph's answer did.
	Observer string
	// Settle is how long after the send a second look may say 'not applied'.
	Settle time.Duration
	// Carry is for the form 'Check now' of one in doubt.
	Carry Carry
	// MayRevert offers to put the values back.
	MayRevert bool
	// Standalone says that the receipt stands on a page of its own rather than on the connector's.
	Standalone bool
}

// The record's words for an outcome.
const (
	pending         = "pending"
	applied         = "applied"
	rejected        = "rejected"
	inDoubt         = "in_doubt"
	appliedObserved = "applied_observed"
	notApplied      = "not_applied"
	superseded      = "superseded"
)

// Open says whether nobody knows yet what became of the change.
func (m Receipt) Open() bool { return m.Outcome == pending || m.Outcome == inDoubt }

func (m Receipt) isSync() bool { return m.event().isSync() }

// asAsked counts the fields that Graph is known to hold as asked.
func (m Receipt) asAsked() int { return m.event().asAsked() }

// stored says whether it is known what Graph holds in every field.
func (m Receipt) stored() bool { return m.event().stored() }

// headline says in a sentence what became of the change.
func (m Receipt) headline() string {
	if m.isSync() {
		return m.syncHeadline()
	}
	switch m.Outcome {
	case applied:
		return m.appliedHeadline()
	case rejected:
		return "Graph refused the change. Nothing was stored."
	case inDoubt:
		return "Graph did not answer. The change may or may not have been stored."
	case pending:
		return "The change is being sent. Graph has not answered yet."
	case appliedObserved:
		return "Stored after all: Graph shows what was asked for."
	case notApplied:
		return "Not stored: Graph still shows the values from before."
	case superseded:
		return "Overtaken: Graph shows neither the values from before nor those asked for."
	}
	return "What became of the change is recorded as " + m.Outcome + "."
}

func (m Receipt) syncHeadline() string {
	switch m.Outcome {
	case applied:
		return "Graph accepted the request for " + syncWord(m.SyncType) + "."
	case rejected:
		return "Graph refused the request. No sync was asked for."
	case inDoubt:
		return "Graph did not answer. The sync may or may not have been asked for."
	case pending:
		return "The request is being sent. Graph has not answered yet."
	case appliedObserved:
		return "Synced: the last sync has moved since it was asked for."
	case notApplied:
		return "No sync seen in 20 minutes. Graph may have accepted the request, so it may still come."
	}
	return "What became of the request is recorded as " + m.Outcome + "."
}

func (m Receipt) appliedHeadline() string {
	count, good := len(m.Fields), m.asAsked()
	switch {
	case !m.stored():
		return "Saved. Graph accepted the change; what it stored could not be read yet."
	case good == count && count == 1:
		return "Saved. Graph stored the field as asked."
	case good == count && count == 2:
		return "Saved. Graph stored both fields as asked."
	case good == count:
		return fmt.Sprintf("Saved. Graph stored all %d fields as asked.", count)
	case good == 0 && count == 1:
		return "Saved, but Graph stored something else than was asked."
	}
	return fmt.Sprintf("Saved. Graph stored %d of %d fields as asked and %d differently.", good, count, count-good)
}

// advice says what it means and what to do; it may be empty.
func (m Receipt) advice() string {
	switch {
	case m.Outcome == rejected:
		return strings.TrimSpace(m.Refusal + " The values in Graph are as they were.")
	case m.isSync() && m.Outcome == applied:
		return "Graph gives no job number, so watch the last sync: it moves when the sync has run."
	case m.isSync() && m.Outcome == inDoubt:
		return "Switchboard watches the last sync. Edits need not wait."
	case m.isSync():
		return ""
	}
	switch m.Outcome {
	case inDoubt:
		return "Do not save it again: Switchboard is finding out. Editing this connector waits until it knows."
	case pending:
		return "Do not save it again: the answer will show here."
	case notApplied:
		return "It is safe to make the change again."
	case superseded:
		return "Somebody else changed it meanwhile, or the connector is gone. Look at the values before you change anything."
	}
	return ""
}

// word is the outcome in a word or two, for titles and badges.
func (m Receipt) word() string { return m.event().outcome() }

func (m Receipt) differs() bool { return m.event().differs() }

// written says whether the request is known to have left.
func (m Receipt) written() Verdict {
	if m.Outcome == pending {
		return NotKnown
	}
	return Passed
}

func (m Receipt) tone() components.Tone {
	if m.differs() {
		return components.Caution
	}
	return outcomeTone(m.Outcome)
}

func (m Receipt) icon() string {
	switch {
	case m.differs():
		return "arrows-diff"
	case m.Open(), m.Outcome == superseded:
		return "help-hexagon"
	case m.Outcome == rejected, m.Outcome == notApplied:
		return "circle-x"
	}
	return "circle-check"
}

// took says how long Graph took to answer.
func (m Receipt) took() string {
	if m.Took <= 0 {
		return ""
	}
	return "in " + connector.Thousands(int(m.Took.Milliseconds())) + " ms"
}

// who is the person who asked.
func (m Receipt) who() string { return m.event().who() }

// event is the change as a line of the history tells it.
func (m Receipt) event() Event {
	return Event{Who: m.Who, You: m.You, Action: m.Action, SyncType: m.SyncType, Fields: m.Fields, Outcome: m.Outcome}
}

// renamed says what the connector was called before, where the change gave it another name.
func (m Receipt) renamed() string {
	for _, field := range m.Fields {
		if field.Name == connector.ExchangeAlias && field.AsAsked() && !field.Before.IsEmpty() && m.Outcome != rejected {
			return field.Before.Text()
		}
	}
	return ""
}

// verdict says of one field whether Graph stored what was asked.
type verdictBadge struct {
	tone       components.Tone
	icon, word string
}

func (m Receipt) verdict(field connector.Field) verdictBadge {
	switch {
	case m.Outcome == rejected || m.Outcome == notApplied:
		return verdictBadge{components.Bad, "x", "Not stored"}
	case m.Open():
		return verdictBadge{components.Caution, "help-hexagon", "Not known"}
	case field.Stored == nil:
		return verdictBadge{components.Caution, "help-circle", "Not read yet"}
	case field.AsAsked():
		return verdictBadge{components.Good, "check", "As asked"}
	}
	return verdictBadge{components.Caution, "arrows-diff", "Differs: " + difference(field)}
}

// difference names what tells the stored value from the one asked for.
func difference(field connector.Field) string {
	stored, asked := field.Stored.Text(), field.Requested.Text()
	switch {
	case *field.Stored == field.Before:
		return "as before"
	case stored == asked:
		return "empty text and null"
	case strings.EqualFold(stored, asked):
		return "letter case"
	case strings.TrimSpace(stored) == strings.TrimSpace(asked):
		return "spaces"
	case stored == "":
		return "nothing stored"
	}
	return "another value"
}

// rowNote is what the card's row of a changed property says.
func (m Receipt) rowNote(field connector.Field) rowNote {
	was := "was " + shown(field.Before)
	switch {
	case m.Open():
		return rowNote{"row-doubt", "help-hexagon", "In doubt", "asked for " + shown(field.Requested)}
	case m.Outcome != applied && m.Outcome != appliedObserved || field.Stored == nil:
		return rowNote{}
	case !field.AsAsked():
		return rowNote{"row-differs", "arrows-diff", "Stored differently", was + "; asked for " + shown(field.Requested)}
	case field.Name == connector.ExchangeAlias:
		return rowNote{"row-saved", "check", "Just saved", was + "; the name above follows it"}
	}
	return rowNote{"row-saved", "check", "Just saved", was}
}

func outcomeTone(outcome string) components.Tone {
	switch outcome {
	case applied, appliedObserved:
		return components.Good
	case rejected, notApplied:
		return components.Bad
	case inDoubt, superseded:
		return components.Caution
	case pending:
		return components.Waiting
	}
	return components.Retired
}

// what names the change as a thing.
func (m Receipt) what() string {
	switch {
	case m.isSync():
		return "Sync"
	case m.Action == "revert":
		return "Putting back"
	}
	return "Edit"
}

// Title is the receipt's page title.
func (m Receipt) Title() string { return m.word() + " · " + m.what() + " of " + m.Name }
