// Package forms draws what several forms share: hidden fields, the reason, the ids of fields, and the filters in use.
package forms

import (
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/components"
)

// HiddenFields are those of a form; both are the handlers' own and opaque here.
type HiddenFields struct {
	// Token proves that the form came from a page of this session.
	Token string
	// State says what the form showed, and its one-time id.
	State string
}

// Gaps are the hidden fields of a form that is drawn once: the first two gaps of what With fills in.
var Gaps = HiddenFields{Token: components.Gap(0), State: components.Gap(1)}

// FieldID is the id of a field, HintID of what helps to fill it in, and ErrorID of what is wrong with it.
func FieldID(name string) string { return "field-" + name }
func HintID(name string) string  { return "hint-" + name }
func ErrorID(name string) string { return "fault-" + name }

// ControlID is the id of the control that holds a field.
func ControlID(name string) string {
	if name == connector.Reason {
		return connector.Reason
	}
	return FieldID(name)
}

// DescribedBy names the elements that explain a control: its error, then its hint.
func DescribedBy(name, message, hint string) string {
	switch {
	case message != "" && hint != "":
		return ErrorID(name) + " " + HintID(name)
	case message != "":
		return ErrorID(name)
	case hint != "":
		return HintID(name)
	}
	return ""
}

// LabelOf is what the summary calls a field.
func LabelOf(name string) string {
	if name == connector.Reason {
		return "Reason"
	}
	property, _ := connector.Lookup(name)
	return property.Label
}

// ErrorOf is what a problem says of a field; empty for nothing.
func ErrorOf(p problem.Problem, name string) string {
	for _, field := range p.Fields() {
		if field.Name == name {
			return field.Message
		}
	}
	return ""
}

// Clipped is a typed text that is too long to be sent, as far as a page can hold it. Who typed it sees that it is too long and can
// shorten it.
func Clipped(text string, most int) string {
	first, _ := connector.First(text, 2*most)
	return first
}

// TextArea is a field for what somebody writes.
type TextArea struct {
	ID    string
	Label string
	// Aside stands small behind the label, Hint below the field.
	Aside, Hint string
	Typed       string
	// Error is what is wrong with it; empty for nothing.
	Error string
}

func reasonArea(id, typed, message string, wanted bool) TextArea {
	aside := "(kept in the audit log)"
	if wanted {
		aside = "(required, kept in the audit log)"
	}
	return TextArea{
		ID: id, Label: "Reason", Aside: aside, Typed: typed, Error: message,
		Hint: "Say why, so that the next person understands. A ticket number helps. At most " + connector.Thousands(connector.LongestReason) + " characters.",
	}
}

// described names the element that explains a field.
func described(id, message string) string {
	if message == "" {
		return id + "-hint"
	}
	return id + "-fault"
}
