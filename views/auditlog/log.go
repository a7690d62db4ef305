// Package auditlog draws the audit log: its filters, lines, proofs, and a line by itself.
package auditlog

import (
	"time"

	"switchboard/views/changes"
	"switchboard/views/components"
)

// Log is a page of the audit log, the newest entry first.
type Log struct {
	Chain  Chain
	Search Search
	Rows   []Row
	// Newest, Newer and Older lead to other parts of the log; empty for none.
	Newest, Newer, Older Cursor
	// Actions and Outcomes are the audit log's words to choose from; People and Connectors are names to complete what is typed.
	Actions, Outcomes  []string
	People, Connectors []string
	Files              Files
	Now                time.Time
}

// Row is an entry of the log: a change with what is known of it, or something else that somebody did.
type Row struct {
	Event changes.Event
	// Line is the number of the line that the row stands for; Event.Seq is the number of the entry, its intent's.
	Line int64
	// Role is the person's role then, as people read it; it may be empty.
	Role string
	// Said is the outcome that the line itself tells; empty where the row tells of the change as a whole.
	Said string
	// Today is the change's outcome today, where the line tells another one.
	Today string
	// Altered says that the line is not as it was recorded.
	Altered bool
}

// Day are the rows of one day, in UTC.
type Day struct {
	Date time.Time
	Rows []Row
}

// days are the rows under their days.
func (m Log) days() (days []Day) {
	for _, row := range m.Rows {
		date := row.Event.At.UTC().Truncate(24 * time.Hour)
		if len(days) == 0 || !days[len(days)-1].Date.Equal(date) {
			days = append(days, Day{Date: date})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, row)
	}
	return days
}

// day names a day, today and yesterday by these words too.
func (m Log) day(date time.Time) string {
	words := date.Format("Monday, 2 January 2006")
	switch today := m.Now.UTC().Truncate(24 * time.Hour); {
	case date.Equal(today):
		return "Today, " + date.Format("2 January 2006")
	case date.Equal(today.Add(-24 * time.Hour)):
		return "Yesterday, " + date.Format("2 January 2006")
	}
	return words
}

// Title is the page's title.
func (m Log) Title() string {
	switch {
	case len(m.Search.Errors) > 0:
		return components.Count(len(m.Search.Errors), "error", "errors") + " · Audit log"
	case m.Chain.differs():
		return "Altered · Audit log"
	}
	return "Audit log"
}

// said is what is announced after a filter.
func (m Log) said() string {
	if len(m.Rows) == 0 {
		return "No entry matches"
	}
	return components.Count(len(m.Rows), "entry", "entries") + " shown"
}
