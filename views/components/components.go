// Package components holds what several pages show alike: badges, times, values, notes and the icons in them.
package components

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"switchboard/internal/connector"
)

// Tone is a colour of the style sheet with its ground. A tone never stands alone: an icon and a word go with it.
type Tone string

// The tones.
const (
	Plain    Tone = "plain"    // no judgement; outlined
	Info     Tone = "info"     // the accent
	Good     Tone = "ok"       // as it should be
	Bad      Tone = "bad"      // broken, refused or failed
	Caution  Tone = "late"     // late, in doubt or stale
	Waiting  Tone = "wait"     // something is still to come
	Retired  Tone = "ret"      // retired, calm
	Proposal Tone = "proposal" // waits for somebody's approval
)

// HealthTone is the colour of a health word.
func HealthTone(health connector.Health) Tone {
	switch health {
	case connector.Broken:
		return Bad
	case connector.Late:
		return Caution
	case connector.Pending:
		return Waiting
	case connector.Healthy:
		return Good
	case connector.Retired:
		return Retired
	}
	return Plain
}

// HealthIcon is the icon of a health word.
func HealthIcon(health connector.Health) string {
	switch health {
	case connector.Broken:
		return "plug-x"
	case connector.Late:
		return "clock-exclamation"
	case connector.Pending:
		return "hourglass"
	case connector.Healthy:
		return "circle-check"
	case connector.Retired:
		return "archive"
	}
	return "help-circle"
}

// HealthShort is the word of a health where little room is left, for instance in a tab.
func HealthShort(health connector.Health) string {
	if health == connector.Retired {
		return "Retired"
	}
	return health.Label()
}

// Absolute writes a time in UTC with the day, and the year only where it is not this one: "21 Nov, 07:02".
func Absolute(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	if at.Year() == now.Year() {
		return at.Format("2 Jan, 15:04")
	}
	return at.Format("2 Jan 2006, 15:04")
}

// Clock writes a time in UTC as short as it stays clear: "10:02" today, "Mon 16:30" within six days, else the day.
func Clock(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	switch age := now.Sub(at); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format("15:04")
	case age > 0 && age < 6*24*time.Hour:
		return at.Format("Mon 15:04")
	case at.Year() == now.Year():
		return at.Format("2 Jan")
	}
	return at.Format("2 Jan 2006")
}

// Until writes a time to come in UTC so that it cannot be missed by a day: "10:23" today, "tomorrow, Sunday at 10:23", else
// "Tuesday, 1 December at 10:23", with the year only where it is not this one. A started minute counts as whole.
func Until(at, now time.Time) string { return upcoming(at, now, "", "") }

// Again is Until as it ends 'Try again': "at 10:23 UTC", "tomorrow, Sunday at 10:23 UTC", "on Tuesday, 1 December at 10:23 UTC".
func Again(at, now time.Time) string { return upcoming(at, now, "at ", "on ") + " UTC" }

func upcoming(at, now time.Time, today, later string) string {
	at, now = at.Add(time.Minute-1).UTC(), now.UTC()
	switch {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return today + at.Format("15:04")
	case at.Format(time.DateOnly) == now.AddDate(0, 0, 1).Format(time.DateOnly):
		return "tomorrow, " + at.Format("Monday at 15:04")
	case at.Year() == now.Year():
		return later + at.Format("Monday, 2 January at 15:04")
	}
	return later + at.Format("Monday, 2 January 2006 at 15:04")
}

// Before says how long before another time a time was, for values that were kept: "3 days before".
func Before(at, kept time.Time) string {
	return strings.TrimSuffix(strings.Replace(connector.Ago(at, kept), "just now", "just before", 1), " ago") + beforeWord(at, kept)
}

func beforeWord(at, kept time.Time) string {
	if strings.HasSuffix(connector.Ago(at, kept), " ago") {
		return " before"
	}
	return ""
}

// Seconds is a length of time as the script reads it.
func Seconds(d time.Duration) string { return strconv.Itoa(int(max(d, 0) / time.Second)) }

// Count writes a number with its noun: "1 change", "38 changes".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return connector.Thousands(n) + " " + many
}

// Initials are the first letters of a person's first and last name.
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	initials := firstLetter(words[0])
	if len(words) > 1 {
		initials += firstLetter(words[len(words)-1])
	}
	return strings.ToUpper(initials)
}

// firstLetter passes over what nobody sees.
func firstLetter(word string) string {
	for _, letter := range word {
		if !hides(letter) {
			return string(letter)
		}
	}
	return ""
}

// personTone gives each person the same calm colour on every page; it means nothing.
func personTone(name string) string {
	tones := []Tone{Info, Proposal, Waiting, Caution, Retired}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // never fails
	return "tone-" + string(tones[sum.Sum32()%uint32(len(tones))])
}

// NeverSynced is said of a connector that never did.
const NeverSynced = "Never synced"

// SentNever says what Graph sends in place of a date.
func SentNever(c connector.Connector) string {
	sent := c.Value(connector.LastSyncDateTime).Text()
	switch {
	case sent == "":
		return "Graph sends no date"
	case strings.HasPrefix(sent, "0001-"), strings.HasPrefix(sent, "0000-"):
		return "Graph says year 0001"
	}
	day, _, _ := strings.Cut(sent, "T")
	return "Graph says " + day
}

// Absent is what stands in the place of a value that has no text; empty for one that has.
func Absent(value connector.Value) string {
	switch {
	case value.IsNull():
		return "Not set"
	case value.IsEmpty():
		return "Empty text"
	}
	return ""
}

// plain says whether a value is a short text of ASCII alone that has nothing to mark: it has one direction and shows all that it is.
func plain(value connector.Value) bool {
	text := value.Text()
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return text != "" && len(text) <= excerpt && plainly(text, line)
}
