package edit

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/links"
)

// LiveDiff is what an edit form would change as it stands, held against what it showed. Graph is not asked for it.
type LiveDiff struct {
	Edit connector.Edit
	// Opened is when what the form showed was read.
	Opened, Now time.Time
}

// live is the list as the form is drawn; the same is asked for again as one types.
func (m Edit) live() LiveDiff {
	return LiveDiff{Edit: connector.Edit{Shown: m.Connector, Wanted: m.Wanted}, Opened: m.Opened, Now: m.Now}
}

// count says how many changes there are, and how many of them a save would refuse.
func (m LiveDiff) count() string {
	text, faulty := changesCounted(len(m.Edit.Changed())), 0
	for _, field := range m.Edit.Changed() {
		if m.fieldError(field.Name) != "" {
			faulty++
		}
	}
	if faulty > 0 {
		text += ", " + connector.Thousands(faulty) + " to correct"
	}
	return text
}

// fieldError is why Graph could not be asked for a change, in the words of the review; empty where it could.
func (m LiveDiff) fieldError(name string) string {
	for _, one := range m.Edit.FieldErrors() {
		if one.Field == name {
			return one.Message
		}
	}
	return ""
}

func (m LiveDiff) heldAgainst() string {
	if m.Opened.IsZero() {
		return "Against what this form showed; the review reads Graph again."
	}
	return "Against what this form showed at " + components.Clock(m.Opened, m.Now) + " UTC; the review reads Graph again."
}

func liveDiffURL(id string) string { return links.ReviewURL(id) + "?part=diff" }
