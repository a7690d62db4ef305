package bulk

import (
	"slices"
	"strconv"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/links"
)

// Review shows what a run would do, connector by connector, before anything is sent.
type Review struct {
	Wish
	// ID is the kept review's; the form that starts the run carries it.
	ID string
	// Rows are those of this page, Count is how many there are of each verdict.
	Rows  []ReviewRow
	Count map[string]int
	// Page is the one that is shown, from 1, of Pages.
	Page, Pages int
	// Elsewhere are the ids that are ticked on other pages.
	Elsewhere []string
	Reason    string
	// RequireReason says that a run without a reason will be refused.
	RequireReason bool
	// Rate is how many connectors are changed in a second, at most.
	Rate int
	// Problem is why the run was not started; its zero value is none.
	Problem problem.Problem
	// Open is the run of this person that has to end first; empty for none.
	Open  string
	Token string
	// Read is when the list was read.
	Read, Now time.Time
}

// Wish is what is asked for, and where from.
type Wish struct {
	// SyncType asks for syncs; empty for an edit.
	SyncType string
	// Ticked and Values are what the form said; nil where a file or a run did.
	Ticked map[string]bool
	Values map[string]string
	// Reverts is the run that is put back; empty for none. Passed are the columns of a file that were not taken.
	Reverts string
	Passed  []string
	// FromFile says that a file was sent.
	FromFile bool
}

// ReviewRow is one connector of a review.
type ReviewRow struct {
	ID   string
	Name connector.Name
	// Health is empty for a connector that is missing.
	Health  connector.Health
	Verdict string
	Fields  []connector.FieldChange
	// Faults are what is wrong with the values of this one, or what of it is not put back.
	Faults []string
	Ticked bool
	// Change is the one in doubt that it waits for; empty where nobody knows.
	Change string
}

// The verdicts of a row.
const (
	ToChange = "change"
	Same     = "same"
	InDoubt  = "in_doubt"
	Proposed = "proposed"
	Missing  = "missing"
	Refused  = "refused"
)

func (m Review) total() int {
	total := 0
	for _, count := range m.Count {
		total += count
	}
	return total
}

func (m Review) changing() int { return m.Count[ToChange] }
func (m Review) leaving() int  { return m.total() - m.changing() }

// ticked is how many rows are ticked, on all pages.
func (m Review) ticked() int {
	ticked := len(m.Elsewhere)
	for _, row := range m.Rows {
		if row.Ticked {
			ticked++
		}
	}
	return ticked
}

// Title is the page's title.
func (m Review) Title() string {
	if m.Problem.Title() != "" {
		return "Not started · " + m.heading()
	}
	if m.changing() == 0 {
		return "Nothing to change · " + m.heading()
	}
	return connector.Thousands(m.changing()) + " will change · " + m.heading()
}

func (m Review) heading() string {
	count := components.Count(m.total(), "connector", "connectors")
	switch {
	case m.Reverts != "":
		return "Put back " + count
	case m.SyncType != "":
		return "Ask for a sync of " + count
	case m.total() == 1:
		return "Edit " + count
	}
	return "Edit " + count + " together"
}

// those are the rows of this page that will change, or those that will not.
func (m Review) those(change bool) []ReviewRow {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(row ReviewRow) bool { return (row.Verdict == ToChange) != change })
}

// set are the properties that the form changes, in its order.
func (m Review) set() []connector.FieldChange {
	var fields []connector.FieldChange
	for _, property := range connector.Editable() {
		if !m.Ticked[property.Name] {
			continue
		}
		value := connector.Of(m.Values[property.Name])
		if m.Values[property.Name] == "" {
			value = connector.Null()
		}
		fields = append(fields, connector.FieldChange{Name: property.Name, Requested: value})
	}
	return fields
}

// one says whether all rows change the same single property, so that before and after can stand in columns.
func (m Review) one() bool { return len(m.set()) == 1 }

func (m Review) apply() string {
	count := components.Count(m.ticked(), "connector", "connectors")
	if m.SyncType != "" {
		return "Ask for " + components.Count(m.ticked(), "sync", "syncs")
	}
	if m.Reverts != "" {
		return "Put back " + count
	}
	return "Apply to " + count
}

// lasts says how long the run takes at least.
func (m Review) lasts() string {
	seconds := (m.changing() + m.Rate - 1) / max(m.Rate, 1)
	span := "a few seconds"
	if seconds >= 10 {
		span = "about " + connector.Span(time.Duration(seconds)*time.Second)
	}
	return "At most " + strconv.Itoa(m.Rate) + " are sent in a second, so it takes " + span + ", and longer where Graph asks to wait."
}

// pageButton is the words of a button that shows another page.
func pageButton(page int) string { return "Page " + connector.Thousands(page) }

// why says why a row will not be touched.
type why struct {
	tone       components.Tone
	icon, word string
	sentence   string
}

func (m Review) whyNot(row ReviewRow) why {
	switch row.Verdict {
	case Same:
		if m.FromFile {
			return why{components.Retired, "check", "Already so", "The file asks for nothing that it does not hold."}
		}
		return why{components.Retired, "check", "Already so", "It already holds this."}
	case InDoubt:
		return why{components.Caution, "help-hexagon", "In doubt", "Its last change is still being settled."}
	case Proposed:
		return why{components.Proposal, "hourglass", "Proposal open", "A proposal for it waits for approval."}
	case Missing:
		return why{components.Plain, "help-circle", "Not there", "Graph’s list does not have it any more."}
	}
	if m.Reverts != "" {
		return why{components.Caution, "circle-x", "Cannot be put back", ""}
	}
	return why{components.Bad, "circle-x", "Not valid", ""}
}

// leads is where a row that will not be touched leads on to.
func (r ReviewRow) leads() string {
	switch {
	case r.Verdict == Missing:
		return ""
	case r.Change != "":
		return links.ChangeURL(r.Change)
	}
	return links.ConnectorURL(r.ID)
}

// syncWords names a kind of sync.
func syncWords(kind string) string {
	if kind == changes.FullSync {
		return "Full: everything again"
	}
	return "Delta: changes since the last one"
}
