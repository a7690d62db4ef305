package components

import (
	"strings"

	"switchboard/internal/connector"
)

func Number(seq int64) string { return connector.Thousands(int(seq)) }

func SentenceList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
