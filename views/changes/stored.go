package changes

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// BesideOf are the values that stand in one row of a change: each is held against the others.
func BesideOf(field connector.FieldChange) []connector.Value {
	beside := []connector.Value{field.Before, field.Requested}
	if field.Stored != nil {
		beside = append(beside, *field.Stored)
	}
	return beside
}

// alike says whether what is stored is what was asked for but for letter case, spaces, or empty text for null.
func alike(field connector.FieldChange) bool {
	form := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	return strings.EqualFold(form(field.Stored.Text()), form(field.Requested.Text()))
}

var oneLine = strings.NewReplacer("\r", "", "\n", "")

// difference names what tells the stored value from the one asked for.
func difference(field connector.FieldChange) string {
	stored, asked := field.Stored.Text(), field.Requested.Text()
	switch {
	case *field.Stored == field.Before:
		return "as before"
	case stored == asked:
		return "empty text and null"
	case oneLine.Replace(stored) == oneLine.Replace(asked):
		return "line breaks"
	case strings.EqualFold(stored, asked):
		return "letter case"
	case strings.TrimSpace(stored) == strings.TrimSpace(asked):
		return "spaces"
	case components.Alike(*field.Stored, field.Requested):
		return "what nobody sees"
	case stored == "":
		return "nothing stored"
	}
	return "another value"
}
