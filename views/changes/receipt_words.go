package changes

import (
	"fmt"
	"slices"
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// headline is the outcome in a sentence.
func (m Receipt) headline() string {
	switch {
	case m.Closing != "" && m.IsSync():
		return "Given up: whether Graph accepted the request for " + SyncWord(m.SyncType) + " was not found out."
	case m.Closing != "":
		return "Given up: what Graph stored was not found out."
	case m.Outcome == inDoubt && m.Between:
		return fmt.Sprintf("Something between Switchboard and Graph answered (%d), so nobody knows yet what Graph did. It may or may not have been %s.", m.Status, m.taken())
	case m.Outcome == inDoubt && m.Status > 0:
		return fmt.Sprintf("Graph’s answer (%d) does not say what Graph did. It may or may not have been %s.", m.Status, m.taken())
	case m.Outcome == inDoubt && m.Orphaned:
		return "Switchboard stopped before it heard from Graph. The request may or may not have been sent."
	case m.IsSync():
		return m.syncHeadline()
	case m.Outcome == superseded && !m.stored():
		return "Never found out: Graph does not know the connector any more."
	}
	switch m.Outcome {
	case Applied:
		return m.appliedHeadline()
	case rejected:
		return "Graph refused the change. Nothing was stored."
	case inDoubt:
		return "Graph did not answer. The change may or may not have been stored."
	case Pending:
		return "The change is being sent. Graph has not answered yet."
	case AppliedObserved:
		return "Stored after all: Graph shows what was asked for."
	case notApplied:
		if m.unsent() {
			return "The change was not sent to Graph."
		}
		return "Not stored: Graph still shows the values from before."
	case superseded:
		return m.otherwise()
	}
	return "The audit log says of the change: " + m.Outcome + "."
}

// unknown says what it means to give up on one in doubt.
func (m Receipt) unknown() string {
	if m.IsSync() {
		return "Whether Graph accepted the request stays unknown."
	}
	return "Further edits of this connector are then let through. What Graph stored stays unknown."
}

// unsent says, of a change that was not applied, that no read found that out: nothing left for Graph.
func (m Receipt) unsent() bool { return m.Outcome == notApplied && m.Observer == "" }

// taken is what Graph does with what it accepts.
func (m Receipt) taken() string {
	if m.IsSync() {
		return "accepted"
	}
	return "stored"
}

func (m Receipt) syncHeadline() string {
	request := "the request for " + SyncWord(m.SyncType)
	switch {
	case m.End.Seen && m.Outcome == Applied:
		return m.End.Words() + ". Graph had accepted " + request + "."
	case m.End.Known && m.Outcome == Applied:
		return "No sync seen in 20 minutes. Graph accepted " + request + ", so it may still come."
	case m.Outcome == Applied:
		return "Graph accepted " + request + "."
	case m.Outcome == rejected:
		return "Graph refused " + request + "."
	case m.Outcome == inDoubt:
		return "Graph did not answer " + request + ". It may or may not have been accepted."
	case m.Outcome == Pending:
		return "The request for " + SyncWord(m.SyncType) + " is being sent. Graph has not answered yet."
	case m.Outcome == AppliedObserved:
		return m.Result() + ": the last sync has moved since " + SyncWord(m.SyncType) + " was asked for."
	case m.Outcome == notApplied && !m.End.Known:
		return "The request for " + SyncWord(m.SyncType) + " was not sent."
	case m.Outcome == notApplied:
		return "No sync seen in 20 minutes. Graph may have accepted " + request + ", so it may still come."
	}
	return "The audit log says of " + request + ": " + m.Outcome + "."
}

// unanswered says why no answer tells the outcome of one in doubt.
func (m Receipt) unanswered() string {
	switch {
	case m.Orphaned:
		return "Switchboard stopped before it recorded one."
	case m.Between:
		return "A proxy, a gateway or a sign-in page of the network answered in Graph’s place."
	}
	return "The connection or Graph failed after the request was written."
}

func (m Receipt) appliedHeadline() string {
	count, good := len(m.Fields), m.asAsked()
	switch {
	case !m.stored():
		return "Saved. Graph accepted the change; no read has shown yet what it stored."
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
	case m.Outcome == rejected && m.IsSync():
		return m.Refusal
	case m.Outcome == rejected:
		return strings.TrimSpace(m.Refusal + " The values in Graph are as they were.")
	case m.IsSync() && m.Outcome == Applied && !m.End.Known:
		return "Graph gives no job number, so watch the last sync: it moves when the sync has run."
	case m.IsSync() && m.Outcome == inDoubt:
		return "Switchboard watches the last sync. Edits need not wait."
	case m.IsSync():
		return ""
	}
	if !m.MayEdit {
		return m.news()
	}
	if m.Closing != "" {
		return "Look at the values before you change anything."
	}
	switch m.Outcome {
	case inDoubt:
		return "Do not save it again: Switchboard is finding out. Editing this connector waits until it knows."
	case Pending:
		return "Do not save it again: the answer will show here."
	case notApplied:
		if m.unsent() {
			return strings.TrimSpace(m.Refusal + " It is safe to make the change again.")
		}
		return "It is safe to make the change again."
	case superseded:
		return "Graph may have stored it so, or somebody has changed it since: a read does not tell. Look at the values before you change anything."
	}
	return ""
}

// since says what the receipt tells no longer of the connector as it is; it is empty for nothing.
func (m Receipt) since() string {
	labels := make([]string, len(m.Since))
	for i, name := range m.Since {
		property, _ := connector.Lookup(name)
		labels[i] = property.Label
	}
	if len(labels) == 0 {
		return ""
	}
	return "Changed since then: " + components.SentenceList(labels) + ". The properties below are those of now."
}

// news is what it means to somebody who may only look.
func (m Receipt) news() string {
	switch m.Outcome {
	case inDoubt:
		return "Switchboard is finding out. Editing this connector waits until it knows."
	case Pending:
		return "The answer will show here."
	case superseded:
		return "The connector shows what Graph holds today."
	}
	return ""
}

// otherwise says how what Graph shows differs from what was asked for and from what was there before.
func (m Receipt) otherwise() string {
	inForm := func(field connector.FieldChange) bool { return field.AsAsked() || field.Stored != nil && alike(field) }
	switch {
	case !slices.ContainsFunc(m.Fields, func(field connector.FieldChange) bool { return !inForm(field) }):
		return "Graph shows what was asked for in another form."
	case len(m.Fields) > 1:
		return "Graph shows neither all that was asked for nor all that was there before."
	}
	return "Graph shows neither the value from before nor the one asked for."
}
