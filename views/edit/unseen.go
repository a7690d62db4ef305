package edit

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

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
