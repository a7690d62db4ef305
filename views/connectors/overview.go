package connectors

import (
	"slices"
	"strconv"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
)

// Overview is the first page: what needs somebody, and what happened last.
type Overview struct {
	Counts Counts
	// Attention are the connectors that need somebody, the worst first; see Attention.
	Attention []Row
	// Recent are the latest changes, the newest first.
	Recent []changes.Event
	// Outside are the changes made outside Switchboard that wait to be settled, the newest first, as far as the page shows them.
	Outside []changes.Event
	// Waiting is how many of those nobody has settled.
	Waiting int
	// Claims are everybody who is on something, the newest first.
	Claims []Claim
	// InDoubt are the changes whose outcome is not known yet.
	InDoubt []changes.Receipt
	// Gaps are what the list behind the numbers does not tell.
	Gaps Gaps
	// MayAudit says that the whole audit log may be linked to.
	MayAudit bool
	// Read is when Graph gave the list, Now the time that ages are told from.
	Read, Now time.Time
	// Stale says that Graph does not answer and that the values are old; nil for values of now.
	Stale *Stale
}

// Attention picks the rows that need somebody: broken, late, pending, and in each the longest silent first.
func Attention(rows []Row) []Row {
	var picked []Row
	for _, row := range rows {
		if slices.Contains([]connector.Health{connector.Broken, connector.Late, connector.Pending}, row.Health) {
			picked = append(picked, row)
		}
	}
	Filter{}.order(picked) // by health, what has been silent for longest first
	return picked
}

const mostAttention = 12

// first are the rows of the card; the rest is in the list.
func (m Overview) first() []Row { return m.Attention[:min(mostAttention, len(m.Attention))] }

// Title is the page's title.
func (m Overview) Title() string {
	if n := len(m.Attention); n > 0 {
		return connector.Thousands(n) + " need attention, Overview"
	}
	return "Overview"
}

// healths are those of the card: the five that always stand there, and Unknown where there is one.
func (m Overview) healths() []connector.Health {
	return slices.DeleteFunc(connector.Healths(), func(health connector.Health) bool {
		return health == connector.Unknown && m.Counts[health] == 0
	})
}

// calm is the sentence where nothing needs anybody.
func (m Overview) calm() string {
	nothing := "Nothing needs you. "
	if m.Gaps.any() {
		nothing = "Of what could be read nothing needs you. "
	}
	return nothing + connector.Thousands(m.Counts[connector.Healthy]) + " healthy, " +
		connector.Thousands(m.Counts[connector.Retired]) + " retired as expected."
}

// fact says of a health what its number counts.
func fact(health connector.Health) string {
	switch health {
	case connector.Broken:
		return "disconnected, or silent for 3 days"
	case connector.Late:
		return "no sync for over a day"
	case connector.Pending:
		return "waiting to connect"
	case connector.Healthy:
		return "synced within a day"
	case connector.Retired:
		return "silent, as expected"
	}
	return "a status not known here"
}

// segment is a part of the bar, in its own units.
type segment struct {
	health   connector.Health
	from, to float64
}

const barLength = 1000

// bar divides the length among the healths; even one of thousands stays visible.
func (m Overview) bar() []segment {
	total := m.Counts.Total()
	if total == 0 {
		return nil
	}
	const least, gap = 8.0, 2.0
	widths, sum := map[connector.Health]float64{}, 0.0
	for _, health := range connector.Healths() {
		if n := m.Counts[health]; n > 0 {
			widths[health] = max(least, barLength*float64(n)/float64(total))
			sum += widths[health]
		}
	}
	var segments []segment
	at := 0.0
	for _, health := range connector.Healths() {
		if widths[health] == 0 {
			continue
		}
		length := widths[health] / sum * barLength
		segments = append(segments, segment{health, at, max(at+length-gap, at+1)})
		at += length
	}
	return segments
}

func (s segment) x() string     { return strconv.FormatFloat(s.from, 'f', 1, 64) }
func (s segment) width() string { return strconv.FormatFloat(s.to-s.from, 'f', 1, 64) }

// tone is the class of the segment.
func (s segment) tone() string { return "tone-" + string(components.HealthTone(s.health)) }

// doubtSentence says whose change is in doubt.
func doubtSentence(doubt changes.Receipt, now time.Time) string {
	what := "edit"
	if doubt.IsSync() {
		what = "request for " + changes.SyncWord(doubt.SyncType)
	}
	whose := components.Shown(doubt.Who) + "’s"
	if doubt.You {
		whose = "your"
	} else if doubt.Who == "" {
		whose = "somebody’s"
	}
	when := " at " + components.Clock(doubt.At, now) + " UTC of"
	if doubt.Status > 0 { // somebody answered, and it told nothing
		return "No answer says what Graph did with " + whose + " " + what + when
	}
	return "Graph did not answer " + whose + " " + what + when
}
