package audit

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// sought is one word that is looked for, by the beginnings of words that it finds: itself, and where it was cut from the beginning of a
// guid also that beginning.
type sought struct{ word, guid string }

var (
	// runs are words with the hyphens between them.
	runs = regexp.MustCompile(`[\pL\pN\pM-]+`)
	// guidBeginning is what may be the beginning of a guid, of more than its first group, and as well words of their own.
	guidBeginning = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f-]*$`)
)

// soughtWords are the words of a text that is looked for; each is the beginning of a word of the lines that it finds.
func soughtWords(text string) []sought {
	found := map[sought]bool{}
	rest := runs.ReplaceAllStringFunc(text, func(run string) string {
		if !guidBeginning.MatchString(run) || guids.MatchString(run) {
			return run
		}
		for _, word := range wordsOf(run) {
			found[sought{word, strings.ToLower(run)}] = true
		}
		return " "
	})
	for _, word := range wordsOf(rest) {
		found[sought{word: word}] = true
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b sought) int { return cmp.Or(strings.Compare(a.word, b.word), strings.Compare(a.guid, b.guid)) })
}

// beginnings are one or two: what a guid's first group begins its whole beginning does not find besides.
func (s sought) beginnings() []string {
	if s.guid == "" || strings.HasPrefix(s.guid, s.word) {
		return []string{s.word}
	}
	return []string{s.word, s.guid}
}

// begins says whether a word begins so.
func (s sought) begins(whole string) bool {
	return slices.ContainsFunc(s.beginnings(), func(beginning string) bool { return strings.HasPrefix(whole, beginning) })
}
