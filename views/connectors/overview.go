package connectors

import (
	"slices"
	"strconv"
	"time"

	"switchboard/internal/access"
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
	// Trend is how they were in the last 30 days.
	Trend Trend
	// Log is how the audit log stands.
	Log Log
	// Actor looks at the page: what they can do nothing about is absent from it.
	Actor access.Actor
	// Read is when Graph gave the list, Now the time that ages are told from.
	Read, Now time.Time
	// Stale says that Graph does not answer and that the values are old; nil for values of now.
	Stale *Stale
}

// NeedsSomebody says whether a connector of that health needs somebody.
func NeedsSomebody(health connector.Health) bool {
	return slices.Contains(troubles(), health)
}

// Attention picks the rows that need somebody: broken, late, pending, and in each the longest silent first.
func Attention(rows []Row) []Row {
	places := []int32{}
	for at, row := range rows {
		if NeedsSomebody(row.Health) {
			places = append(places, int32(at))
		}
	}
	Filter{}.order(rows, places) // by health, what has been silent for longest first
	picked := make([]Row, len(places))
	for i, at := range places {
		picked[i] = rows[at]
	}
	return picked
}

// Log is how the audit log stands, as the overview says it.
type Log struct {
	// Broken says that it is not what was signed: nothing new is begun. First is the lowest line known to differ.
	Broken bool
	First  int64
	// Lines is how many were found to be what was signed, Checked when that was last; zero before the first check.
	Lines   int64
	Checked time.Time
}

// MostAttention is how many of the connectors that need somebody the overview shows; the rest is in the list.
const MostAttention = 12

func (m Overview) first() []Row { return m.Attention[:min(MostAttention, len(m.Attention))] }

// acts says whether this person can do something about a connector that needs somebody.
func (m Overview) acts() bool { return m.Actor.May(access.Propose) }

// audits says whether the whole audit log may be linked to.
func (m Overview) audits() bool { return m.Actor.May(access.Audit) }

// step is the next one for a row, by what this person may do; the connector's page is where it is taken.
func (m Overview) step(row Row) string {
	switch {
	case m.Stale.off():
		return "Open"
	case row.InDoubt:
		return "Check the change"
	case !m.Actor.May(access.Edit):
		return "What to tell callers"
	case row.Health == connector.Broken:
		return "Find out why"
	case row.Health == connector.Late:
		return "Ask for a sync"
	}
	return "Finish the set-up"
}

// attentionHealths are the healths of the rows that need somebody, for links to each in the list.
func (m Overview) attentionHealths() []connector.Health {
	return slices.DeleteFunc(troubles(), func(health connector.Health) bool {
		return m.Counts[health] == 0
	})
}

const mostDoubts = 4

// firstDoubts are the changes in doubt that the overview tells of; the rest is on the page of changes.
func (m Overview) firstDoubts() []changes.Receipt { return m.InDoubt[:min(mostDoubts, len(m.InDoubt))] }

// Title is the page's title.
func (m Overview) Title() string {
	if n := len(m.Attention); n > 0 && m.acts() {
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

// fact says of a health how many more or fewer there are than yesterday, or what its number counts.
func (m Overview) fact(health connector.Health) string {
	day, looked := m.Trend.yesterday()
	if more := m.Counts[health] - day.Counts[health]; looked && more != 0 && slices.Contains(troubles(), health) {
		if more > 0 {
			return connector.Thousands(more) + " more than yesterday"
		}
		return connector.Thousands(-more) + " fewer than yesterday"
	}
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
