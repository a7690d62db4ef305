package bulk

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/links"
)

// Run is a run as it stands.
type Run struct {
	RunHead
	RunCounts
	// Rows are those of this page; Filter keeps those of one group, empty all.
	Rows   []RunRow
	Filter string
	// Page is the one that is shown, from 1, of Pages.
	Page, Pages int
	// MayEdit says that this person can steer it. PutBack is how many rows have something that can be put back.
	MayEdit bool
	PutBack int
	Token   string
	// Again is what was not applied and can be tried once more; nil for nothing.
	Again *Again
	// Seen is the stage that the page showed which asks again; empty for a page of its own.
	Seen string
	Now  time.Time
}

// Again asks the same once more, of the connectors to which it was not applied.
type Again struct {
	Wish
	IDs    []string
	Reason string
}

// RunHead is what a run is about and how it stands.
type RunHead struct {
	ID string
	// State is one of the four below.
	State    string
	SyncType string
	Reason   string
	// Reverts is the run that it puts back; empty for none.
	Reverts string
	// Starter is who started it, Holder by whose token it goes on.
	Starter, Holder Person
	Pause           Pause
	// Started is when it began, Changed when anything of it changed last, Ended when it was done or stopped.
	Started, Changed, Ended time.Time
	// WaitsUntil is until when Graph has asked to wait; zero for not.
	WaitsUntil time.Time
	// Fields are the properties that it changes, by Graph's names.
	Fields []string
	// Unproven is what can have brought it about that nothing proves that what the page shows is what a person asked for; empty where
	// it is proven.
	Unproven string
}

// Person is somebody's name, and whether that is the reader.
type Person struct {
	Name string
	You  bool
}

func (p Person) shown() string {
	if p.You {
		return "you"
	}
	return components.Shown(p.Name)
}

// The states of a run.
const (
	Running = "running"
	Paused  = "paused"
	Stopped = "stopped"
	Done    = "done"
)

// Pause is why a run is paused.
type Pause struct {
	// Why is one of the reasons below; By is who paused it by hand.
	Why string
	By  Person
	// Title and Advice are what Graph, the provider or Switchboard said; they may be empty.
	Title, Advice string
	// Change is the one that brought it about; empty where none did.
	Change string
}

// The reasons.
const (
	ByHand    = "person"
	NoSession = "session"
	NoRole    = "role"
	NoAccess  = "access"
	ByGraph   = "refused"
	Trouble   = "trouble"
	BrokenLog = "chain"
)

// RunCounts say how many rows stand where; all but Total sum to it.
type RunCounts struct {
	Total, Applied, Conflict, Rejected, InDoubt, NotApplied, Superseded, Skipped, Left int
}

// sent is how many rows are through.
func (c RunCounts) sent() int { return c.Total - c.Left }

// RunRow is one connector of a run.
type RunRow struct {
	Position int
	ID       string
	Name     connector.Name
	Outcome  string
	// Change is the one that was begun for it last; empty for none.
	Change string
	// Tries counts how often Graph asked to wait.
	Tries  int
	Fields []connector.FieldChange
	Note   RowNote
}

// RowNote says why nothing was sent for a row.
type RowNote struct {
	// Skipped is why it was passed over; Conflicts are properties that held another value by then.
	Skipped   string
	Conflicts []connector.Conflict
	// Behind is the change that it would have had to wait for, Said what went wrong; each may be empty.
	Behind, Said string
}

// The reasons for which a row is skipped.
const (
	IsGone      = "gone"
	BehindDoubt = "behind"
	SameByNow   = "same"
	NotRead     = "unreadable"
)

// Over says whether the run never goes on.
func (m RunHead) Over() bool { return m.State == Stopped || m.State == Done }

// Title is the page's title.
func (m Run) Title() string {
	return m.stateWord() + ", " + connector.Thousands(m.sent()) + " of " + connector.Thousands(m.Total) + " · " + m.Kind()
}

// Kind is what sort of run it is.
func (m RunHead) Kind() string {
	switch {
	case m.Reverts != "":
		return "Put back together"
	case m.SyncType != "":
		return "Bulk sync"
	}
	return "Bulk edit"
}

func (m RunHead) stateWord() string {
	switch m.State {
	case Running:
		return "Running"
	case Paused:
		return "Paused"
	case Stopped:
		return "Stopped"
	}
	return "Done"
}

func (m RunHead) stateLook() (components.Tone, string) {
	switch m.State {
	case Running:
		return components.Info, "player-play"
	case Paused:
		return components.Caution, "player-pause"
	case Stopped:
		return components.Retired, "player-stop"
	}
	return components.Good, "circle-check"
}

// lasted says how long the run has taken.
func (m Run) lasted() string {
	if m.Over() && !m.Ended.IsZero() {
		return "took " + span(m.Ended.Sub(m.Started))
	}
	return span(m.Now.Sub(m.Started)) + " so far"
}

func span(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	return connector.Span(d)
}

// soon is how long a wait may be that is told by its length: a longer one needs its hour, and its day.
const soon = time.Hour

// waits says until when Graph has asked to wait; empty for not.
func (m Run) waits() string {
	left := m.WaitsUntil.Sub(m.Now)
	if m.State != Running || left <= 0 {
		return ""
	}
	if left >= soon {
		return "Graph asked to wait. It goes on " + components.Again(m.WaitsUntil, m.Now) + "."
	}
	return "Graph asked to wait. It goes on in " + connector.Span(max(left, time.Second)) + "."
}

// counted are the counts in words: "3 applied, 1 in doubt, 3 to go".
func (m Run) counted() string {
	text := ""
	add := func(count int, words string) {
		if count > 0 {
			if text != "" {
				text += ", "
			}
			text += connector.Thousands(count) + " " + words
		}
	}
	add(m.Applied, "applied")
	add(m.Conflict, conflicts(m.Conflict))
	add(m.Rejected, "refused")
	add(m.InDoubt, "in doubt")
	add(m.NotApplied, "not stored")
	add(m.Superseded, "with another value")
	add(m.Skipped, "skipped")
	if m.State == Stopped {
		add(m.Left, "not sent")
	} else {
		add(m.Left, "to go")
	}
	return text
}

func conflicts(count int) string {
	if count == 1 {
		return "conflict"
	}
	return "conflicts"
}

// announced is read out at each step: not at each row.
func (m Run) announced() string {
	return m.Kind() + ": " + m.stateWord() + ", " + connector.Thousands(m.step()) + " %"
}

// step is how far the run has come, in tenths.
func (m Run) step() int {
	if m.Total == 0 {
		return 0
	}
	return 10 * (10 * m.sent() / m.Total)
}

// one says whether all rows change the same single property, so that before and asked for can stand in columns.
func (m Run) one() bool {
	for _, row := range m.Rows {
		if len(row.Fields) != 1 {
			return false
		}
	}
	return len(m.Fields) == 1
}

// about says what the run does, to how many.
func (m Run) about() string {
	count := components.Count(m.Total, "connector", "connectors")
	switch {
	case m.SyncType != "":
		return syncWords(m.SyncType) + ", for " + count
	case len(m.Fields) > 0:
		labels := make([]string, len(m.Fields))
		for i, name := range m.Fields {
			property, _ := connector.Lookup(name)
			labels[i] = property.Label
		}
		return components.SentenceList(labels) + " of " + count
	}
	return count
}

// url is the address of another page of the rows, or of another filter.
func (m Run) url(filter string, page int) string {
	query := url.Values{}
	if filter != "" {
		query.Set(ShowField, filter)
	}
	if page > 1 {
		query.Set(PageField, strconv.Itoa(page))
	}
	if len(query) == 0 {
		return links.RunURL(m.ID)
	}
	return links.RunURL(m.ID) + "?" + query.Encode()
}

// watchURL is what the page asks for by itself: the part that changes.
func (m Run) watchURL() string {
	to := m.url(m.Filter, m.Page)
	sign := "?"
	if strings.Contains(to, sign) {
		sign = "&"
	}
	return to + sign + SeenField + "=" + m.stage()
}

// stage is how far the run has come, as far as it is read out.
func (m Run) stage() string { return m.State + "-" + strconv.Itoa(m.step()) }

// ShowField is the parameter that keeps the rows of one group, SeenField the one that says which stage the page has shown.
const (
	ShowField = "show"
	SeenField = "seen"
)

// Group is a filter of the rows.
type Group struct {
	Name, Label string
	// Outcomes are those that it keeps.
	Outcomes []string
	Count    int
}

// Groups are the filters, with how many rows each keeps.
func Groups(c RunCounts) []Group {
	return []Group{
		{"left", "To go", []string{"waiting", "sending"}, c.Left},
		{"applied", "Applied", []string{"applied", "applied_observed"}, c.Applied},
		{"conflict", "Conflict", []string{"conflict"}, c.Conflict},
		{"rejected", "Refused", []string{"rejected"}, c.Rejected},
		{"in_doubt", "In doubt", []string{"in_doubt"}, c.InDoubt},
		{"not_applied", "Not stored", []string{"not_applied"}, c.NotApplied},
		{"superseded", "Another value", []string{"superseded"}, c.Superseded},
		{"skipped", "Skipped", []string{"skipped"}, c.Skipped},
	}
}

// groups are the filters that keep something, and the one that is chosen.
func (m Run) groups() []Group {
	var kept []Group
	for _, group := range Groups(m.RunCounts) {
		if group.Count > 0 || group.Name == m.Filter {
			if group.Name == "left" && m.State == Stopped {
				group.Label = "Not sent"
			}
			kept = append(kept, group)
		}
	}
	return kept
}
