// Package edit draws the way of an edit: the form, its list of changes, the review, and the conflict.
package edit

import (
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/forms"
	"switchboard/views/links"
)

// Edit is the form that edits a connector.
type Edit struct {
	// Connector is what the form counts changes from: what Graph held when it was opened.
	Connector connector.Connector
	// Wanted is what was typed, by property; a property left out still holds the connector's own.
	Wanted map[string]string
	Reason string
	// RequireReason says that a save without a reason will be refused.
	RequireReason bool
	// Problem is why the form is shown again, with the fields at fault; its zero value is none.
	Problem problem.Problem
	// Waits is another change of this connector that is in doubt; nil for none.
	Waits *changes.Receipt
	// Reverts is the change whose values before fill the form; nil for a plain edit.
	Reverts *changes.Receipt
	// Behind are properties that Graph still shows as they were before a change made through Switchboard a short while ago.
	Behind []connector.Drift
	// Kept says that the form holds what was typed before the person was sent away; nil for not.
	Kept *Kept
	// Opened is when Connector was read.
	Opened, Now time.Time
	Hidden      forms.HiddenFields
}

// Kept is what was typed into a form before, and not saved.
type Kept struct {
	// At is when it was kept.
	At time.Time
	// Moved says that somebody else changed what was typed over, meanwhile.
	Moved     bool
	FormToken string
}

// Title is the form's page title.
func (m Edit) Title() string {
	title := "Edit " + components.Shown(m.Connector.Name().Short)
	switch {
	case len(m.Problem.Fields()) > 0:
		return things(len(m.Problem.Fields())) + " · " + title
	case m.failed():
		return m.Problem.Title() + " · " + title
	case m.Waits != nil:
		return "Waiting · " + title
	}
	return title
}

// waiting says why the edit waits for another change.
func (m Edit) waiting() string {
	if m.Waits.Outcome == changes.Pending {
		return "Another change of this connector is still being sent, so yours waits."
	}
	return "Another change of this connector is in doubt, so yours waits."
}

// verb is what is done to the connector, before its name.
func (m Edit) verb() string {
	if m.Reverts != nil {
		return "Put back"
	}
	return "Edit"
}

func (m Edit) failed() bool { return m.Problem.Title() != "" }

func things(count int) string {
	return components.Count(count, "error", "errors")
}

// typed is what the control of a property holds.
func (m Edit) typed(property connector.Property) string {
	if text, ok := m.Wanted[property.Name]; ok {
		return connector.FieldText(forms.Clipped(text, connector.LongestValue))
	}
	return m.Connector.Value(property.Name).FormText()
}

// pictured are the characters that a text field cannot hold, each with its picture and name.
var pictured = [][2]string{{"␊", "a line break (U+000A)"}, {"␍", "a line break (U+000D)"}, {"␀", "a NUL (U+0000)"}}

// hint helps to fill the field in, and names what a picture in it stands for and what else nobody sees of Graph's value.
func (m Edit) hint(property connector.Property) string {
	hints := []string{property.Hint}
	held := m.Connector.Value(property.Name).Text()
	for _, picture := range pictured {
		if strings.Contains(m.typed(property), picture[0]) && !strings.Contains(held, picture[0]) {
			hints = append(hints, picture[0]+" stands for "+picture[1]+". Delete it to take it out.")
		}
	}
	long := m.Connector.Value(property.Name)
	if words := components.Peculiar(connector.Of(held).FormText()); words != "" && !long.Long() {
		hints = append(hints, "Graph’s value "+words+".")
	}
	if long.Long() || long.Abridged() {
		hints = append(hints, "Graph holds more than "+connector.Thousands(connector.LongestValue)+
			" characters here, of which this is the beginning. Leave it so to keep them; what you write instead takes the place of all.")
	}
	return strings.TrimSpace(strings.Join(hints, " "))
}

// changes are what the form as it stands would change.
func (m Edit) changes() []connector.FieldChange {
	return connector.Edit{Shown: m.Connector, Wanted: m.Wanted}.Changed()
}

func (m Edit) changed(name string) bool {
	for _, field := range m.changes() {
		if field.Name == name {
			return true
		}
	}
	return false
}

// fieldError is what is wrong with a field; empty for nothing.
func (m Edit) fieldError(name string) string { return forms.ErrorOf(m.Problem, name) }

// grouped are the properties under a heading, in the form's order.
func grouped(group connector.Group) []connector.Property {
	var properties []connector.Property
	for _, property := range connector.Editable() {
		if property.Group == group {
			properties = append(properties, property)
		}
	}
	return properties
}

// option is one choice of a select.
type option struct {
	value, label string
	selected     bool
}

// options are the choices of a property for a connector that holds the value. A text that Graph holds and that no form
// may offer, or null, is one more choice: to keep it.
func options(property connector.Property, held connector.Value, typed string) []option {
	var list []option
	if !property.Offers(held.Text()) {
		list = append(list, option{held.FormText(), keepLabel(held), !property.Offers(typed)})
	}
	for _, choice := range property.Choices {
		selected := choice == typed || !property.Offers(typed) && choice == held.Text()
		list = append(list, option{choice, choice, selected})
	}
	return list
}

func keepLabel(held connector.Value) string {
	if held.IsNull() {
		return "Not set (keep)"
	} else if held.IsEmpty() {
		return "Empty text (keep)"
	}
	return components.Shown(held.Text()) + " (keep)"
}

func dropURL(id string) string { return links.ConnectorURL(id) + "/edit/drop" }
