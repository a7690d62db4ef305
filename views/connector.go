package views

import (
	"net/url"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/components"
)

// Card is one connector as its page, and the fragment that takes its place, show it.
type Card struct {
	Connector connector.Connector
	Health    connector.Health
	Sentence  connector.Sentence
	// Actor looks at the card. What they may not do is absent from it.
	Actor access.Actor
	// Now is the time that ages are told from.
	Now time.Time
	// Read is when Graph gave these values.
	Read time.Time
	// Returned says that a PATCH returned these values, rather than a read of their own.
	Returned bool
	// Later is what a read after the PATCH said, where that is something else; nil where it agrees or was not made.
	Later *Later
	// Behind are properties that Graph still shows as they were before a change made through Switchboard a short while ago: Was is
	// what it shows, Is what the change stored or asked for.
	Behind []connector.Drift
	// Stale says why the values are old ones. Nil for values of now.
	Stale *Stale
	// Receipt is what became of the change just made, or of one in doubt; nil for none.
	Receipt *Receipt
	// Problem is why a sync was not asked for; its zero value is none.
	Problem problem.Problem
	// Sync is the form that asks for a sync; nil where this person may not, or not now.
	Sync *Sync
	// Progress is how far a sync that was asked for lately has come; nil for none.
	Progress *Progress
	// Gates are what stands between this person and an edit, as far as it is known.
	Gates Gates
	// History is the newest first.
	History []Event
	// Audited links the history to the audit log, for those who may read it.
	Audited bool
}

// Later is a read made after a PATCH whose answer is shown.
type Later struct {
	// Failed says that Graph did not let itself be read.
	Failed bool
	// ReadBack says that the values shown were read after the save, and not returned to it.
	ReadBack bool
	// Behind says that the read still gave the values from before, and differs in nothing else.
	Behind bool
	// Differing are the properties that the read gave otherwise: Was is what the PATCH returned, Is what was read.
	Differing []connector.Drift
}

// title says whose values are shown, and what a read after them gave.
func (m Later) title() string {
	title := "These are the values that Graph returned to the save."
	if m.ReadBack {
		title = "These are the values that Switchboard read after the save."
	}
	switch {
	case m.Failed:
		return title
	case m.Behind:
		return title + " A later read still shows the values from before."
	}
	return title + " A read a moment later says something else."
}

// lagWords say why Graph may answer with values from before a change.
const lagWords = "Graph answers from copies, and one may take some minutes to catch up. If the values stay, somebody has put them back, and Graph does not say who."

// Stale is why old values are shown.
type Stale struct {
	// Why is a sentence, for instance "Graph is not answering (503)."
	Why string
	// Retry is when it is worth to try again; zero where nothing is known.
	Retry time.Time
	// Late says that nothing has failed: Graph has not answered yet, or was not asked because too many others ask it. Editing,
	// which reads anew, goes on.
	Late bool
	// MayEdit says that the person could edit if Graph answered.
	MayEdit bool
}

// meanwhile says what can be done until Graph has answered, to those who would do it.
func (s *Stale) meanwhile() string {
	switch {
	case !s.MayEdit:
		return ""
	case s.off():
		return "Editing and syncing are off until Graph can be read again, so nothing can be lost."
	}
	return "You can edit all the same: the form reads the connector anew."
}

// off says whether editing waits until Graph can be read again.
func (s *Stale) off() bool { return s != nil && !s.Late }

// Title is the card's page title.
func (m Card) Title() string {
	name := components.ShownName(m.Connector.Name())
	if m.Receipt != nil {
		return m.Receipt.word() + ", " + name
	}
	return m.Health.Label() + ", " + name
}

// inDoubt says whether an edit of this connector is in doubt: further edits wait for it.
func (m Card) inDoubt() bool { return m.Receipt != nil && m.Receipt.Open() && m.Receipt.SyncType == "" }

// mayEdit says whether this person's role lets them edit; whether they can right now is another question.
func (m Card) mayEdit() bool { return m.Actor.May(access.Edit) }

// kept is when stale values were read, zero for values of now: relative times of old values count from there.
func (m Card) kept() time.Time {
	if m.Stale == nil {
		return time.Time{}
	}
	return m.Read
}

// origin says where the values come from; how long ago stands behind it.
func (m Card) origin() string {
	switch {
	case m.Stale != nil:
		return "as of " + components.Clock(m.Read, m.Now) + ", "
	case m.Returned:
		return "as returned by Graph "
	}
	return "read from Graph "
}

// rowNote is what a property's row says of the change just made.
type rowNote struct {
	class, icon, word string
	was               string
	// beside are the other values that the row names.
	beside []connector.Value
}

// note finds what the receipt, or others' changes, say of a property.
func (m Card) note(property string) rowNote {
	if m.Receipt == nil {
		return rowNote{}
	}
	for _, drift := range m.Receipt.Others {
		if drift.Name == property {
			beside := []connector.Value{drift.Was, drift.Is}
			return rowNote{"row-others", "users", "Changed by others", "was " + shown(drift.Was, beside) + " when the form was opened", beside}
		}
	}
	for _, field := range m.Receipt.Fields {
		if field.Name == property {
			note := m.Receipt.rowNote(field)
			note.beside = besideOf(field)
			return note
		}
	}
	return rowNote{}
}

// shown is a value in a sentence about its row.
func shown(value connector.Value, beside []connector.Value) string {
	switch {
	case value.IsNull():
		return "not set"
	case value.IsEmpty():
		return "empty text"
	}
	return components.ShownBeside(value, beside...)
}

// displayed are the properties in the order of the form, the id last.
func displayed() []connector.Property {
	id, _ := connector.Lookup(connector.ID)
	return append(connector.Editable(), id)
}

// ConnectorURL is the address of a connector's page.
func ConnectorURL(id string) string { return "/connectors/" + url.PathEscape(id) }

// ChangeURL is the address of a change's receipt.
func ChangeURL(id string) string { return "/changes/" + url.PathEscape(id) }

func editURL(id string) string   { return ConnectorURL(id) + "/edit" }
func reviewURL(id string) string { return ConnectorURL(id) + "/review" }
func syncURL(id string) string   { return ConnectorURL(id) + "/sync" }
func checkURL(id string) string  { return ChangeURL(id) + "/check" }
func closeURL(id string) string  { return ChangeURL(id) + "/close" }
func revertURL(id string) string { return ChangeURL(id) + "/revert" }
func recordURL(id string) string { return "/audit?connector=" + url.QueryEscape(id) }
func fieldID(name string) string { return "field-" + name }
func hintID(name string) string  { return "hint-" + name }
func faultID(name string) string { return "fault-" + name }
func entry(seq int64) string     { return "Entry " + connector.Thousands(int(seq)) }
func label(name string) string   { p, _ := connector.Lookup(name); return p.Label }
