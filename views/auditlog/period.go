package auditlog

import "time"

// Period is the time that is asked for.
type Period struct {
	// Range is a word for it, Zone the time zone by whose days it is counted; empty means UTC.
	Range, Zone string
	// From and To are how it was understood, in that zone; zero for no bound.
	From, To time.Time
}

// rangeWords are the ranges as people read them, in the order in which they are offered.
var rangeWords = []option{{"", "Any time"}, {"today", "Today"}, {"7d", "Last 7 days"}, {"week", "Last week"}, {"month", "This month"}}

// kindWords are the kinds of lines.
var kindWords = []option{{"", "Everything"}, {"changes", "Changes"}, {"people", "Sign-ins and exports"}}

// option is a choice with its words.
type option struct{ value, words string }

func wordsOf(options []option, value string) string {
	for _, one := range options {
		if one.value == value {
			return one.words
		}
	}
	return value
}

// days are those of a range, the first and the last, and their zone.
func (p Period) days() string {
	if p.From.IsZero() || p.To.IsZero() {
		return wordsOf(rangeWords, p.Range)
	}
	first, last := p.From, p.To.Add(-1)
	words := last.Format("2 Jan 2006")
	switch {
	case first.Format(time.DateOnly) == last.Format(time.DateOnly):
	case first.Year() != last.Year():
		words = first.Format("2 Jan 2006") + " to " + words
	case first.Month() != last.Month():
		words = first.Format("2 Jan") + " to " + words
	default:
		words = first.Format("2") + " to " + words
	}
	return wordsOf(rangeWords, p.Range) + ", " + words + " (" + or(p.Zone, "UTC") + ")"
}

// understood is a bound as it was typed, and what was meant by it where that is written otherwise.
func understood(typed string, at time.Time) string {
	if at.IsZero() || len(typed) > 4 && typed[4] == '-' {
		return typed
	}
	return typed + " (" + at.UTC().Format("2 Jan 2006, 15:04") + ")"
}

// Files are what the exports of a page are called, as its commands name them.
type Files struct{ NDJSON, Pack, Checkpoint string }
