package edit

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// Conflict is an edit that met somebody else's: nothing of it was stored, and the person chooses.
type Conflict struct {
	// Connector is what Graph holds now.
	Connector connector.Connector
	// Shown is what the form had shown.
	Shown connector.Connector
	// Merge tells the properties that clash from those that do not. It has no conflict where Graph itself refused the
	// change as one and shows the same values as before.
	Merge connector.Merge
	// Wanted is what the form sent, by property; the form carries all of it on.
	Wanted map[string]string
	// Choices are those already made for properties that do not clash any more; the form carries them on.
	Choices map[string]connector.Side
	Reason  string
	// RequireReason says that a save without a reason will be refused.
	RequireReason bool
	// Refused is Graph's own refusal of the change as one that met another; its zero value says that nothing was sent.
	Refused problem.Problem
	// Theirs is the change that came between, where the audit log knows it; nil where it does not. Late says that Graph shows what
	// was there before it.
	Theirs *changes.Event
	Late   bool
	// Opened is when the form was filled, Read when Graph was read again.
	Opened, Read, Now time.Time
	Hidden            forms.HiddenFields
}

// Title is the page's title.
func (m Conflict) Title() string { return "Conflict · " + components.Shown(m.Connector.Name().Short) }

func (m Conflict) heading() string {
	if len(m.Merge.Conflicts) == 0 {
		return "Graph refused the save because of a conflict."
	}
	if m.Late {
		return "Graph answers with values from before a change."
	}
	if m.synced() {
		return "A sync has run while you were editing."
	}
	return "Someone changed this connector while you were editing."
}

// clashes counts what clashes, and how much of it a sync has set.
func (m Conflict) clashes() (all, sync int) {
	for _, clash := range m.Merge.Conflicts {
		if clash.Sync {
			sync++
		}
	}
	return len(m.Merge.Conflicts), sync
}

// synced says that a sync explains all that changed, and no change of ours any of it.
func (m Conflict) synced() bool {
	all, sync := m.clashes()
	others, _ := connector.Apart(m.Merge.Others)
	return m.Theirs == nil && all == sync && len(others) == 0
}

// unexplained says of what clashes what is known of it where the audit log knows no change.
func (m Conflict) unexplained() string {
	const moved = "The last sync has moved on. A sync sets it and the status by itself."
	const unknown = " was not changed through Switchboard, and Graph does not say who did it."
	switch all, sync := m.clashes(); sync {
	case all:
		return moved
	case 0:
		return "It" + unknown
	}
	return moved + " The rest" + unknown
}

// tally says how the properties divide.
func (m Conflict) tally() string {
	text := components.Count(len(m.Merge.Conflicts), "conflict", "conflicts")
	others, sync := connector.Apart(m.Merge.Others)
	for _, part := range []struct {
		count int
		word  string
	}{{len(m.Merge.Already), "already the same"}, {len(m.Merge.Send), "of yours alone"}, {len(others), "of theirs alone"}, {len(sync), "of a sync alone"}} {
		if part.count > 0 {
			text += ", " + connector.Thousands(part.count) + " " + part.word
		}
	}
	return text
}

func (m Conflict) openedHead() string { return headAt("When you opened it", m.Opened, m.Now) }
func (m Conflict) nowHead() string    { return headAt("Now in Graph", m.Read, m.Now) }

const afterHead = "After saving"

func headAt(words string, at, now time.Time) string {
	if at.IsZero() {
		return words
	}
	return words + ", " + components.Clock(at, now)
}

// who says whose the other side of a clash is.
func (m Conflict) who(clash connector.Conflict) string {
	switch {
	case clash.Sync:
		return "the sync"
	case m.Late:
		return "from before the change"
	case m.Theirs == nil:
		return "somebody else"
	case m.Theirs.You:
		return "you, from another window"
	}
	return components.Shown(m.Theirs.Person())
}

// consequence says what a save will do beside the choices.
func (m Conflict) consequence() string {
	switch count := len(m.Merge.Send); {
	case len(m.Merge.Conflicts) == 0:
		return "Graph shows no clash now. Review your changes again before you save."
	case count > 0:
		return "Saving sends what you keep of yours, and " + components.Count(count, "other change", "other changes") + " of yours. Graph’s value stays where you take it."
	}
	return "Saving sends what you keep of yours. Graph’s value stays where you take it."
}

func choiceName(property string) string     { return "choice." + property }
func choiceID(property, side string) string { return "choice-" + property + "-" + side }

// besideLine is a row of the properties that do not clash.
type besideLine struct {
	name, icon, word   string
	opened, now, after connector.Value
}

// besideDrift is the row of one that this person did not touch.
func besideDrift(drift connector.Drift) besideLine {
	line := besideLine{drift.Name, "users", "Only others", drift.Was, drift.Is, drift.Is}
	if drift.Sync {
		line.icon, line.word = "refresh", "Only the sync"
	}
	return line
}
