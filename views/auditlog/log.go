// Package auditlog draws the audit log: its filters, lines, proofs, and a line by itself.
package auditlog

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// Log is a page of the audit log, the newest entry first.
type Log struct {
	Chain  Chain
	Search Search
	Rows   []Row
	// Newest, Newer and Older lead to other parts of the log; empty for none.
	Newest, Newer, Older Cursor
	// Actions and Outcomes are the record's words to choose from; People and Connectors are names to complete what is typed.
	Actions, Outcomes  []string
	People, Connectors []string
	Now                time.Time
}

// Chain is the tree over the record, as it stands.
type Chain struct {
	Size      int64
	Root, Key string
	// Checked counts the lines that this page shows and that were proven to be in the tree; Altered are the numbers of
	// those that are not. Failed says that they could not be checked.
	Checked int
	Altered []int64
	Failed  bool
	// Witnesses cosign it, in the configuration's order.
	Witnesses []Witness
	// Broken says that the record is not what was signed: First is the lowest line known to differ, Why says how, and
	// Unsigned that the root itself differs.
	Broken   bool
	First    int64
	Why      string
	Unsigned bool
	// Kept is since when a checkpoint is kept outside the database; zero where none is.
	Kept time.Time
}

// intact says whether all that was checked is as it was recorded.
func (c Chain) intact() bool { return !c.Failed && !c.differs() }

// differs says that something was found that is not as it was recorded.
func (c Chain) differs() bool { return c.Broken || c.refused() || len(c.Altered) > 0 }

// state is the chain's in a word.
func (c Chain) state() string {
	switch {
	case c.differs():
		return "broken"
	case c.Failed:
		return "unchecked"
	}
	return "verified"
}

// first is the lowest line that is known to differ, or may.
func (c Chain) first() int64 {
	all := slices.Clone(c.Altered)
	if c.Broken {
		all = append(all, c.First)
	}
	for _, witness := range c.Witnesses {
		if witness.broken() {
			all = append(all, witness.First)
		}
	}
	return slices.Min(all)
}

// broken names the first line that is not as it was recorded.
func (c Chain) broken() string {
	return "The log does not match its checkpoint at line " + components.Number(c.first()) + "."
}

// kept says since when a checkpoint is kept outside the database.
func (c Chain) kept() string {
	if c.Kept.IsZero() {
		return "Not yet"
	}
	return "Since " + c.Kept.UTC().Format("2 Jan 2006, 15:04 UTC")
}

// keyName is the part of the public key that people compare: its name and its hash.
func (c Chain) keyName() string {
	parts := strings.SplitN(c.Key, "+", 3)
	return strings.Join(parts[:min(2, len(parts))], "+")
}

// root is enough of the root to compare at a glance.
func (c Chain) root() string { return short(c.Root) }

// short keeps the beginning and the end of a hash.
func short(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:4] + "…" + hash[len(hash)-4:]
}

// Cursor is a place in the log: before or after a line.
type Cursor struct {
	// There says that there is something to show.
	There         bool
	Before, After int64
}

// Search is what of the log is asked for, as it was typed: the query of the page's address.
type Search struct {
	Connector, Person, Action, Outcome, From, To string
	// ConnectorName and PersonName are what the filter is called where an id was given.
	ConnectorName, PersonName string
	// Meant are the connectors that are or were called as typed, where those are several or the name is not today's; MeantToo
	// counts those that are not listed.
	Meant    []Bearer
	MeantToo int
	// Errors are the fields that cannot be read.
	Errors []problem.Field
}

// Bearer is a connector that a filter's name means, with its name of today.
type Bearer struct {
	ID   string
	Name connector.Name
}

// meantWords begin the list of the connectors that are meant.
func (s Search) meantWords() string {
	if count := len(s.Meant) + s.MeantToo; count > 1 {
		return components.Count(count, "connector", "connectors") + " with this name, now or formerly:"
	}
	return "The connector that had this name is now"
}

// URL is the address of the log so filtered, at that place.
func (s Search) URL(at Cursor) string {
	query := url.Values{}
	for _, part := range s.parts() {
		if part.value != "" {
			query.Set(part.name, part.value)
		}
	}
	if at.Before > 0 {
		query.Set("before", strconv.FormatInt(at.Before, 10))
	}
	if at.After > 0 {
		query.Set("after", strconv.FormatInt(at.After, 10))
	}
	if len(query) == 0 {
		return "/audit"
	}
	return "/audit?" + query.Encode()
}

type searchPart struct{ name, label, value, shown string }

func (s Search) parts() []searchPart {
	return []searchPart{
		{"person", "Person", s.Person, or(s.PersonName, s.Person)},
		{"connector", "Connector", s.Connector, or(s.ConnectorName, s.Connector)},
		{"action", "Action", s.Action, actionWord(s.Action)},
		{"outcome", "Outcome", s.Outcome, outcomeChoice(s.Outcome)},
		{"from", "From", s.From, s.From},
		{"to", "Until", s.To, s.To},
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// without drops one part of the filter.
func (s Search) without(name string) Search {
	parts := map[string]*string{"person": &s.Person, "connector": &s.Connector, "action": &s.Action, "outcome": &s.Outcome, "from": &s.From, "to": &s.To}
	*parts[name] = ""
	return s
}

func (s Search) chips() (chips []forms.Chip) {
	for _, part := range s.parts() {
		if part.value != "" {
			chips = append(chips, forms.Chip{Name: part.label, Value: part.shown, Without: s.without(part.name).URL(Cursor{})})
		}
	}
	return chips
}

// fieldError is what is wrong with a field; empty where nothing is.
func (s Search) fieldError(name string) string {
	for _, one := range s.Errors {
		if one.Name == name {
			return one.Message
		}
	}
	return ""
}

// strange are the errors of what no field of the form sent.
func (s Search) strange() (unknown []problem.Field) {
	for _, one := range s.Errors {
		if !slices.ContainsFunc(s.parts(), func(part searchPart) bool { return part.name == one.Name }) {
			unknown = append(unknown, one)
		}
	}
	return unknown
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
