package views

import (
	"net/url"
	"strconv"
	"strings"

	"switchboard/access"
)

// AuditLine is one line of the record on a page of its own.
type AuditLine struct {
	Row AuditRow
	// ID is what the lines of one change share.
	ID    string
	Actor access.Actor
	// Graph is the answer that the outcome rests on; nil for none.
	Graph *GraphAnswer
	// Kept is what the record keeps beside the line without exporting it.
	Kept []Beside
	// Hash is the line's own hash as recorded, Text the line as it is exported.
	Hash, Text string
	// Path are the hashes that lead from the line to the root, in base64.
	Path []string
	// Related are all lines of the change, this one included, the oldest first; nil for what is no change.
	Related []AuditRow
	Chain   Chain
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
func (m AuditLine) Title() string {
	return "Line " + number(m.Row.Line) + " · Audit log"
}

// intact says whether the line leads to the root.
func (m AuditLine) intact() bool { return m.Chain.intact() }

// roles are the claim's values as they arrived.
func (m AuditLine) roles() string { return or(strings.Join(m.Actor.Claims, ", "), "none") }

func (m AuditLine) status() string {
	if m.Graph.Status == 0 {
		return "no answer"
	}
	return strconv.Itoa(m.Graph.Status)
}

// kind says what a line is within its change.
func (r AuditRow) kind() string {
	switch {
	case r.Event.Action == "resolved":
		return "Found out"
	case r.Event.Outcome == pending:
		return "Intent"
	case r.Event.Outcome != "":
		return "Outcome"
	}
	return "Entry"
}

// lineURL is the address of a line's page.
func lineURL(seq int64) string { return "/audit/" + strconv.FormatInt(seq, 10) }

// evidenceURL is the address of the evidence pack about a connector.
func evidenceURL(connectorID string) string {
	return "/audit/evidence.zip?connector=" + url.QueryEscape(connectorID)
}

func exportID(name string) string { return "export-" + strings.ToLower(name) }
