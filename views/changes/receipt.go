package changes

import (
	"net/url"
	"slices"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/forms"
	"switchboard/views/gates"
	"switchboard/views/links"
)

// Receipt is one change with its outcome, as far as it is known today.
type Receipt struct {
	// Event is the change as every page tells it: At is when its intent was recorded, Seq the number of that entry.
	Event
	Answer
	Resolution
	Offers
	// Others are properties that others changed while the form was open.
	Others []connector.Drift
	// Since are the properties that hold something else now than the change left there, for a page that goes on showing the receipt.
	Since []string
	// Orphaned says that the program ended before it recorded an outcome, so that nobody knows whether the request left.
	Orphaned bool
	// Unproven says that the audit log is not what was signed.
	Unproven bool
	// Run is the run that the change is a part of; empty for none.
	Run string
	// Watched is the page that shows the receipt and is to be read again once it is settled: OnChange or OnConnector; empty
	// where none is.
	Watched string
	// Standalone says that the receipt stands on a page of its own rather than on the connector's.
	Standalone bool
	Now        time.Time
}

// Answer is what came back from Graph.
type Answer struct {
	// Took is how long Graph took to answer; 0 without an answer.
	Took time.Duration
	// Status is the HTTP status of Graph's answer, 0 without one; RequestID is Graph's own id of the request.
	Status    int
	RequestID string
	// Refusal is what Graph said when it refused, in a person's words; empty otherwise.
	Refusal string
	// Between says that something between Switchboard and Graph answered in Graph's place.
	Between bool
}

// Resolution is how a change in doubt was resolved, or is being resolved.
type Resolution struct {
	// Settled is when the latest outcome was recorded.
	Settled time.Time
	// Settle is how long after the send a second look may say 'not applied'.
	Settle time.Duration
	// Looks counts the reads that tried to find out about one in doubt; LastLook is the latest one, zero for none.
	Looks    int
	LastLook time.Time
	// Observer is whose read settled it; empty where Graph's answer did.
	Observer string
	// Closing is the reason for which somebody gave up on it.
	Closing string
}

// Offers are what the one who looks may do about it.
type Offers struct {
	// MayEdit says that they may save and sync; MayRevert offers to put the values back, MayClose to give up on one in doubt.
	MayEdit, MayRevert, MayClose bool
	// Audited links the entry to the audit log, for those who may read it.
	Audited bool
	// Hidden is for the form 'Check now' of one in doubt.
	Hidden forms.HiddenFields
}

// The pages that watch a change.
const (
	OnChange    = "change"
	OnConnector = "connector"
)

// Open says whether the outcome of the change is not known yet.
func (m Receipt) Open() bool { return m.Outcome == Pending || m.Outcome == inDoubt }

// Title is the title of the page on which the change stands by itself.
func (m Receipt) Title() string {
	if m.Standalone {
		return "Change of " + components.ShownName(m.Name)
	}
	return m.Word() + " · " + components.ShownName(m.Name)
}

func (m Receipt) closingID() string { return "closing-" + m.Change }

// Word is the outcome in a word or two, for titles and badges.
func (m Receipt) Word() string { return m.Result() }

// written says whether the request is known to have left.
func (m Receipt) written() gates.Verdict {
	if m.Outcome == Pending || m.Orphaned || m.Between {
		return gates.NotKnown
	}
	return gates.Passed
}

func (m Receipt) icon() string {
	switch {
	case m.differs():
		return "arrows-diff"
	case m.IsSync() && !m.End.Seen && (m.End.Known || m.Outcome == Applied):
		return m.Event.Icon()
	case m.Open(), m.Outcome == superseded:
		return "help-hexagon"
	case m.Outcome == rejected, m.Outcome == notApplied:
		return "circle-x"
	}
	return "circle-check"
}

// fresh says whether the change was just made, so that reading goes on at its receipt.
func (m Receipt) fresh() bool { return !m.Standalone && !m.Open() }

// took says how long Graph took to answer.
func (m Receipt) took() string {
	if m.Took < time.Millisecond {
		return "in under 1 ms"
	}
	return "in " + connector.Thousands(int(m.Took.Milliseconds())) + " ms"
}

// looks says how often it was looked for, where that is known.
func (m Receipt) looks() string {
	if m.Looks == 0 {
		return ""
	}
	return components.Count(m.Looks, "look", "looks") + " so far. "
}

// soon says whether the next look is due in seconds rather than half a minute: the first two minutes.
func (m Receipt) soon() bool { return m.Now.Sub(m.At) < 2*time.Minute }

// lookURL asks for what is known again, watchedURL for the page that shows it.
func (m Receipt) lookURL() string {
	return links.ChangeURL(m.Change) + "?look=" + url.QueryEscape(m.Watched)
}

func (m Receipt) watchedURL() string {
	if m.Watched == OnConnector {
		return links.ConnectorURL(m.Connector)
	}
	return links.ChangeURL(m.Change)
}

// event is the change as a line of the history tells it. The receipt itself quotes Graph.
func (m Receipt) event() Event {
	told := m.Event
	told.Quote = ""
	return told
}

// renamed says what the connector was called before, where the change gave it another name.
func (m Receipt) renamed() string {
	for _, field := range m.Fields {
		if field.Name == connector.ExchangeAlias && !slices.Contains(m.Since, field.Name) && field.AsAsked() && !field.Before.IsEmpty() && m.Outcome != rejected {
			return field.Before.FormText()
		}
	}
	return ""
}

// verdictBadge says of one field whether Graph stored what was asked.
type verdictBadge struct {
	tone       components.Tone
	icon, word string
}

func (m Receipt) verdict(field connector.FieldChange) verdictBadge {
	switch {
	case m.Outcome == rejected || m.Outcome == notApplied:
		return verdictBadge{components.Bad, "x", "Not stored"}
	case m.Open():
		return verdictBadge{components.Caution, "help-hexagon", "Not known"}
	case field.Stored == nil:
		return verdictBadge{components.Caution, "help-circle", "Not known yet"}
	case field.AsAsked():
		return verdictBadge{components.Good, "check", "As asked"}
	}
	return verdictBadge{components.Caution, "arrows-diff", "Differs: " + difference(field)}
}

// what names the change as a thing.
func (m Receipt) what() string {
	switch {
	case m.IsSync():
		return "Sync"
	case m.Action == "revert":
		return "Putting back"
	}
	return "Edit"
}
