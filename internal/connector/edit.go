package connector

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Edit is what a person wants of one connector: what their form had shown, and what they sent back.
type Edit struct {
	// ID is the connector's.
	ID string
	// Shown is what the form showed; a property counts as changed only if what was sent differs from it.
	Shown Connector
	// Wanted is the text sent back, by property; a property left out is untouched. An empty text asks for null.
	Wanted map[string]string
	// Choices settle a conflict that was shown for a property.
	Choices map[string]Side
	// Seen is what the conflict page showed as theirs, by property; "yours" is a decision against that value only.
	Seen map[string]Value
	// Reason is why; the audit log keeps it.
	Reason string
	// IdempotencyKey is the form's one-time id; it is spent when an intent is committed.
	IdempotencyKey string
	// Reverts is the id of the change that this edit takes back, else empty.
	Reverts string
}

// Side is one of the two that a person chooses between in a conflict.
type Side string

// The sides of a conflict that may be chosen.
const (
	Theirs Side = "theirs"
	Yours  Side = "yours"
)

// FieldChange is what one change asks and gets of one property.
type FieldChange struct {
	Name      string `json:"name"`
	Before    Value  `json:"before"`
	Requested Value  `json:"requested"`
	// Stored is what Graph holds afterwards; nil while it is not known.
	Stored *Value `json:"stored"`
}

// AsAsked says whether Graph is known to hold what was requested; dates are compared as instants.
func (f FieldChange) AsAsked() bool { return f.Stored != nil && Same(f.Name, *f.Stored, f.Requested) }

// Gives says whether the property holds that value after the change: what was requested, or what Graph made of it.
func (f FieldChange) Gives(is Value) bool {
	return Same(f.Name, is, f.Requested) || f.Stored != nil && Same(f.Name, is, *f.Stored)
}

// Bytes is about how long the values of the fields are together.
func Bytes(fields []FieldChange) (bytes int) {
	for _, field := range fields {
		bytes += len(field.Before.Text()) + len(field.Requested.Text())
		if field.Stored != nil {
			bytes += len(field.Stored.Text())
		}
	}
	return bytes
}

// FieldError is what keeps an edit from being sent.
type FieldError struct {
	// Field is a property's name, or "reason".
	Field string
	// Message says what is wrong and how to mend it.
	Message string
}

// Reason is the form field that says why; it is no property of Graph's.
const Reason = "reason"

// Changed are the properties that the person changed against what the form showed, in the form's order.
// Before is what the form showed.
func (e Edit) Changed() []FieldChange {
	var fields []FieldChange
	for _, property := range Editable() {
		text, sent := e.Wanted[property.Name]
		shown := e.Shown.Value(property.Name)
		if text = shown.FromForm(text); !sent || text == shown.Text() {
			continue
		}
		wanted := Of(text)
		if text == "" && property.Nullable {
			wanted = Null()
		}
		fields = append(fields, FieldChange{Name: property.Name, Before: shown, Requested: wanted})
	}
	return fields
}

// FieldErrors are what is wrong with the changed properties, in the form's order. Whether Graph likes the values is Graph's to
// say; this refuses only what Graph's metadata rules out and what no person can have meant.
func (e Edit) FieldErrors() []FieldError {
	var found []FieldError
	for _, field := range e.Changed() {
		property, _ := Lookup(field.Name)
		if message := property.Fault(field.Requested.Text()); message != "" {
			found = append(found, FieldError{field.Name, message})
		}
	}
	message := tooLong(e.Reason, LongestReason)
	if message == "" {
		message = invisible(e.Reason)
	}
	if message != "" {
		found = append(found, FieldError{Reason, message})
	}
	return found
}

// LacksReason says whether no reason was given: none that anybody could see.
func (e Edit) LacksReason() bool {
	seen := func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }
	return !strings.ContainsFunc(e.Reason, seen)
}

// tooLong says of a typed text that it has more characters than it may.
func tooLong(text string, most int) string {
	if count := Characters(text); count > most {
		return "Use at most " + Thousands(most) + " characters. This has " + Thousands(count) + "."
	}
	return ""
}

// Fault says what is wrong with a text that was typed for the property, and how to mend it; empty where nothing is.
func (p Property) Fault(text string) string {
	if message := tooLong(text, LongestValue); message != "" {
		return message
	}
	if message := invisible(text); message != "" {
		return message
	}
	switch {
	case text == "" && !p.Nullable:
		return p.Label + " cannot be empty: Graph does not allow null here. Put the value back, or enter another."
	case p.Kind == Date:
		return dateError(text)
	case p.Kind == Choice && !p.Offers(text):
		return "Choose one of " + strings.Join(p.Choices, ", ") + "."
	}
	return ""
}

func dateError(text string) string {
	if _, ok := ParseDate(text); !ok {
		return "Enter a date that exists, with seconds and an offset, such as 2026-11-24T10:12:31.4020000Z or 2026-11-24T10:12:31-08:00."
	}
	return ""
}

// directionMarks are Unicode's bidirectional embeddings, overrides and isolates: they make a text look like another
// (CVE-2021-42574).
var directionMarks = []rune{'\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'}

// ChangesDirection says whether the character is one of those.
func ChangesDirection(r rune) bool { return slices.Contains(directionMarks, r) }

// invisible names the first thing in a typed text that its readers could not see.
func invisible(text string) string {
	if !utf8.ValidString(text) {
		return "This is not valid text (UTF-8). Type it again."
	}
	for _, r := range text {
		if ChangesDirection(r) {
			return "Remove the invisible mark that changes the direction of writing: it makes the text look like another."
		}
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return "Remove the invisible control character."
		}
	}
	return ""
}
