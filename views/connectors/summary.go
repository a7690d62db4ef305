package connectors

import (
	"strings"
	"unicode/utf8"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// longestSummary bounds the text for a ticket, in characters.
const longestSummary = 600

// Summary is what to tell a caller and to write into a ticket: plain text, without a time that grows old.
func (m Card) Summary() string {
	var lines []string
	for _, room := range summaryRooms {
		if lines = m.summary(room); length(lines) <= longestSummary {
			return strings.Join(lines, "\n")
		}
	}
	for len(lines) > 2 && length(lines) > longestSummary { // the least of them goes: who to ask, then what was under way
		lines = append(lines[:len(lines)-2], lines[len(lines)-1])
	}
	if length(lines) > longestSummary { // an address that nobody could type
		lines = lines[:1]
	}
	return strings.Join(lines, "\n")
}

// summaryRoom is how many characters the parts may have whose length others decide.
type summaryRoom struct{ name, since, doing, ask int }

// summaryRooms make room for what to tell and whom to ask: a colleague's long sentence gives way first, then what comes second.
var summaryRooms = []summaryRoom{{80, 150, 130, 110}, {80, 150, 80, 110}, {80, 150, 80, 70}, {80, 90, 80, 70}, {30, 90, 50, 30}}

func (m Card) summary(room summaryRoom) []string {
	return []string{
		bounded(components.ShownName(m.Connector.Name()), room.name) + ": " + m.Health.Label() + " (Intune Exchange connector).",
		bounded(m.facts(), 120),
		m.since().within(room.since),
		"Under way: " + bounded(m.doing(), room.doing),
		m.tell(),
		"Ask: " + m.ask().within(room.ask),
		m.Caller.Page,
	}
}

// facts are what Graph says, and when it did.
func (m Card) facts() string {
	last := "It has never synced"
	if said, at := m.Connector.SyncSaid(); said == connector.SyncDated {
		last = "Last sync " + stamp(at)
		if connector.Ahead(at, m.Now) {
			last += ", a date in the future"
		}
	} else if said == connector.SyncUnreadable {
		last = "Last sync not known"
	}
	status := shown(m.Connector.Value(connector.Status), nil)
	return last + "; Graph status " + status + ", read " + stamp(m.Read) + "."
}

// doing is what is under way as one line.
func (m Card) doing() string {
	all := m.underway()
	if len(all) == 0 {
		return "nothing."
	}
	return plain(all[0].said)
}

func bounded(text string, most int) string {
	first, more := connector.First(text, most)
	if more {
		return first + "…"
	}
	return first
}

func length(lines []string) int { return utf8.RuneCountInString(strings.Join(lines, "\n")) }
