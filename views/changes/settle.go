package changes

import (
	"net/url"
	"strconv"
	"strings"

	"switchboard/views/forms"
)

// Settle is what can be done about a change made elsewhere.
type Settle struct {
	// Seq is the number of its line, Change that line's id.
	Seq    int64
	Change string
	Hidden forms.HiddenFields
	// MayRevert offers to put it back.
	MayRevert bool
	// Reason is what was typed, and Error what is wrong with it; both are empty for a form that is fresh.
	Reason, Error string
	// Open shows the form at once.
	Open bool
}

func (s Settle) fieldID() string { return "settle-" + strconv.FormatInt(s.Seq, 10) }

func (s Settle) field() forms.TextArea {
	return forms.TextArea{
		ID: s.fieldID(), Label: "Why is it expected?", Aside: "(required)", Typed: s.Reason, Error: s.Error,
		Hint: "It goes into the audit log under your name: nobody can change or delete it, and everybody who sees the connector reads it.",
	}
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// settledWords say who settled a change made elsewhere, and how.
func (e Event) settledWords() string {
	switch {
	case e.By == "":
		return ""
	case e.PutBack:
		return "Put back by "
	}
	return "Expected, says "
}

// ticketHost is the host of a ticket's address; empty where it is not one of https.
func ticketHost(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || !strings.EqualFold(parsed.Scheme, "https") || parsed.User != nil {
		return ""
	}
	return parsed.Host
}
