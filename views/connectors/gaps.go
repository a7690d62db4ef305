package connectors

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// Gaps are what keeps a list from being the whole truth: rows that cannot be read, and connectors that it lacks.
type Gaps struct {
	Unreadable []Row
	// Sent is how many rows Graph sent, Said how many connectors it said that there are; 0 where it did not say.
	Sent, Said int
	// Unlisted are connectors that this session read in an earlier list and that this one lacks.
	Unlisted []connector.Connector
	// Partial says that the rest of the list is on its way.
	Partial bool
}

// any says whether there is something that the list does not tell.
func (g Gaps) any() bool { return len(g.Unreadable) > 0 || g.short() || g.Partial }

// short says whether the list lacks something that Graph did not send.
func (g Gaps) short() bool { return !g.Partial && (g.Said > g.Sent || len(g.Unlisted) > 0) }

// partTitle says how far the list was read.
func (g Gaps) partTitle() string {
	if g.Said > g.Sent {
		return "The list is long: " + connector.Thousands(g.Sent) + " of " + connector.Thousands(g.Said) + " connectors so far."
	}
	return "The list is long: " + components.Count(g.Sent, "connector", "connectors") + " so far."
}

// counted says how many connectors a list has, and how many rows beside them.
func counted(connectors, unreadable int) string {
	text := components.Count(connectors, "Intune Exchange connector", "Intune Exchange connectors")
	if unreadable > 0 {
		text += " and " + components.Count(unreadable, "row", "rows") + " that cannot be read"
	}
	return text
}

// mostNamed bounds the connectors and rows that a note names.
const mostNamed = 10

// shortTitle says how it is known that the list lacks something.
func (g Gaps) shortTitle() string {
	sent := connector.Thousands(g.Sent)
	switch {
	case g.Said > g.Sent:
		return "The list is short: Graph said " + connector.Thousands(g.Said) + " and sent " + sent + "."
	case g.Said == 0:
		return "The list is short: this session read " + connector.Thousands(g.Sent+len(g.Unlisted)) + " and Graph sent " + sent + " now."
	}
	return "The list lacks " + components.Count(len(g.Unlisted), "connector", "connectors") + " that this session read before."
}

// unknown is how many connectors the list lacks and nobody here can name.
func (g Gaps) unknown() int { return max(0, g.Said-g.Sent-len(g.Unlisted)) }

// after is what follows the name of that place in the sentence.
func (g Gaps) after(place int) string {
	switch more := len(g.Unlisted) - mostNamed; {
	case place < min(mostNamed, len(g.Unlisted))-1:
		return ", "
	case more > 0:
		return " and " + connector.Thousands(more) + " more."
	}
	return "."
}

// Unreadable says whether Graph's row is no connector, so that nothing is judged by it.
func (r Row) Unreadable() bool { return len(r.Faults) > 0 }

// why says what is wrong with a row that cannot be read.
func (r Row) why() string { return strings.Join(r.Faults, ", ") }

const longestName = 100

// called is what can be shown of an unreadable row's name; empty where nothing can.
func (r Row) called() string { return firstRunes(r.Connector.Name().String(), longestName) }
