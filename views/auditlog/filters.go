package auditlog

import (
	"strings"
	"unicode"

	"switchboard/views/components"
)

// suggestionsKept are drawn once: hundreds of names are offered on every page, with their look-alikes and what nobody sees marked.
var suggestionsKept = components.Keep(suggestion)

// suggested is a name as it completes a field, without what changes the direction of writing: names are found without it.
func suggested(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
}
