package components

import (
	"math"
	"unicode/utf8"

	"switchboard/internal/connector"
)

// room is how much of a text a page shows: all up to so many characters, else an excerpt, and of its marks about so many
// bytes. A mark takes far more of a page than what it stands for.
type room struct{ characters, marks int }

var (
	valueRoom    = room{connector.LongestValue, 6_000}
	briefRoom    = room{excerpt, 1_000}
	textRoom     = room{connector.LongestValue, 1_000}
	proseRoom    = room{connector.LongestValue, 10_000}
	excerptRoom  = room{excerpt, 2_000}
	verbatimRoom = room{math.MaxInt, 40_000}
)

// runs splits a text as runsOf does, as far as there is room; more is how many characters are left.
func (r room) runs(text string, form form, twin bool) (shown []run, more int) {
	first, more := cut(text, r.characters)
	shown = runsOf(first, form, twin)
	left := r.marks
	for i, part := range shown {
		if left -= part.markup(); left < 0 {
			for _, beyond := range shown[i:] {
				more += utf8.RuneCountInString(beyond.text) + beyond.times
			}
			return shown[:i], more
		}
	}
	return shown, more
}

// markup is about how many bytes of a page the mark takes.
func (r run) markup() int {
	if r.mark == "" {
		return 0
	}
	return len(`<span class="hidden-mark" role="img" aria-label="" title="" data-code=""></span>`) + 2*len(r.name) + len(r.mark)
}

// moreWords says how much is not shown.
func moreWords(more int) string { return "and " + connector.Thousands(more) + " more characters" }

// excerpt is how many characters of a text a list of many shows.
const excerpt = 500

// cut is a text that is longer than most without what is beyond an excerpt, and how many characters that is.
func cut(text string, most int) (first string, more int) {
	if _, longer := connector.First(text, most); !longer {
		return text, 0
	}
	first, _ = connector.First(text, excerpt)
	return first, utf8.RuneCountInString(text) - excerpt
}
