package views

import (
	"strings"
	"unicode"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// besideOf are the values that stand in one row of a change: each is held against the others.
func besideOf(field connector.FieldChange) []connector.Value {
	beside := []connector.Value{field.Before, field.Requested}
	if field.Stored != nil {
		beside = append(beside, *field.Stored)
	}
	return beside
}

// unseen says what of a change nobody would see, before it is sent; empty for most.
func unseen(field connector.FieldChange) string {
	var words []string
	if components.Alike(field.Before, field.Requested) {
		words = append(words, "The two values look alike and differ.")
		if was := components.Peculiar(field.Before.Text()); was != "" {
			words = append(words, "The value before "+was+".")
		}
	}
	if asked := components.Peculiar(field.Requested.Text()); asked != "" {
		words = append(words, "The new value "+asked+".")
	}
	return strings.Join(words, " ")
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

// suggested is a name as it completes a field, without what changes the direction of writing: names are found without it.
func suggested(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
}
