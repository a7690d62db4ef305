package components

import (
	"strings"

	"switchboard/internal/connector"
)

// Number is the number of a line or an entry of the audit log as people read it.
func Number(seq int64) string { return connector.Thousands(int(seq)) }

// SentenceList joins words as a sentence does: "a, b and c".
func SentenceList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
