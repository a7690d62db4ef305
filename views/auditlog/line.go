package auditlog

import (
	"strconv"
	"strings"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/gates"
	"switchboard/views/links"
)

// Line is an entry on a page of its own, with the line of the audit log that it goes by.
type Line struct {
	Row Row
	// ID is what the lines of one change share.
	ID    string
	Actor access.Actor
	// Reason and Outcome are the line's own.
	Reason, Outcome string
	// Further are members that few lines have.
	Further Further
	// Graph is the answer that the outcome rests on; nil for none.
	Graph *GraphAnswer
	// Kept is what the audit log keeps beside the line without exporting it.
	Kept []Beside
	// Hash is the line's own hash as recorded, Text the line as it is exported.
	Hash, Text string
	// Path are the hashes that lead from the line to the root, in base64.
	Path []string
	// Related are all lines of the change, this one included, the oldest first; nil for what is no change.
	Related []Row
	Chain   Chain
	// Answered is the answer of Graph to the change as a whole, where another of its lines has it; nil for none.
	Answered *GraphAnswer
}

// Further are the line's type of sync and what it has shown, its run, ticket, and the number of the change made elsewhere that it is
// about; empty, nil and 0 for none.
type Further struct {
	SyncType    string
	SyncedAt    *connector.Value
	Run, Ticket string
	Observed    int64
}

// GraphAnswer is an answer of Microsoft Graph; Status is 0 where none came.
type GraphAnswer struct {
	Status                     int
	RequestID, ClientRequestID string
	// Message is Graph's own text about its refusal; it may be empty.
	Message string
}

// Beside is a value that is kept beside a line.
type Beside struct{ Label, Value string }

// Title is the page's title.
func (m Line) Title() string { return m.Name() + " · Audit log" }

// Name is what the page is about: an entry, which goes by the number of its first line, or a further line of a change.
func (m Line) Name() string {
	if m.Row.follows() && m.Row.Event.Action != "resolved" {
		return "Line " + components.Number(m.Row.Line)
	}
	return links.Entry(m.Row.Line)
}

// head is the row as the page opens with it: an entry with what is known of it today, whatever its first line said.
func (m Line) head() Row {
	head := m.Row
	if !head.follows() {
		head.Said, head.Today = "", ""
	}
	return head
}

// intact says whether the line leads to the root.
func (m Line) intact() bool { return !m.Chain.Failed && len(m.Chain.Altered) == 0 }

// roles are the claim's values as they arrived, the first of them where they are many: the line itself has all.
func (m Line) roles() string {
	first, more := gates.FirstFew(m.Actor.Claims)
	text := or(strings.Join(first, ", "), "none")
	if more > 0 {
		text += ", and " + connector.Thousands(more) + " more"
	}
	return text
}

// ended is the outcome that the line tells, to stand after its time.
func (r Row) ended() string {
	if r.Said == changes.Pending || r.Event.Outcome == "" {
		return ""
	}
	return "· " + strings.ToLower(r.Event.Result())
}

// from is where somebody acted from, as far as it is kept.
func (m Line) from() (kept []Beside) {
	for _, one := range m.Kept {
		if one.Label == "session" || one.Label == "client" {
			kept = append(kept, one)
		}
	}
	return kept
}

// answer is the one that the line rests on, or of an intent the one that came.
func (m Line) answer() *GraphAnswer {
	if m.Graph != nil {
		return m.Graph
	}
	return m.Answered
}

func (m Line) answered(answer GraphAnswer) string {
	if answer.Status == 0 {
		return "no answer"
	}
	return "status " + strconv.Itoa(answer.Status)
}

func (m Line) status() string {
	if m.Graph.Status == 0 {
		return "no answer"
	}
	return strconv.Itoa(m.Graph.Status)
}

// kind says what a line is within its change.
func (r Row) kind() string {
	switch {
	case r.Event.Action == "resolved":
		return "Found out"
	case r.Said == changes.Pending:
		return "Intent, before sending"
	case r.Event.Outcome != "":
		return "Outcome"
	}
	return "Entry"
}

// longestLine is as much of a line's text, in characters, as its page shows: what a form of ours can bring about and more.
const longestLine = 50_000

func (m Line) beginning() string {
	first, _ := connector.First(m.Text, longestLine)
	return first
}

func (m Line) cut() bool          { return len(m.beginning()) < len(m.Text) }
func exportID(name string) string { return "export-" + strings.ToLower(name) }
