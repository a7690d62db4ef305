package edit

import (
	"fmt"
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// Review shows what a save would send, before it is sent.
type Review struct {
	// Connector is what Graph holds now.
	Connector connector.Connector
	// Merge is the edit held against that; Send is what a save would send. Nothing to send is nothing to review.
	Merge connector.Merge
	// Wanted is what the form sent, by property; the form to save carries all of it on.
	Wanted map[string]string
	// Choices settled a conflict before; they are carried on too.
	Choices map[string]connector.Side
	Reason  string
	// RequireReason says that a save without a reason will be refused.
	RequireReason bool
	// Request is what would go to Graph.
	Request Request
	// Actor is whom Graph will see; WriteScope the permission that it needs.
	Actor      access.Actor
	WriteScope string
	// Read is when Graph was read again.
	Read, Now time.Time
	Hidden    forms.HiddenFields
}

// Request is one request to Graph as it will be sent, without the bearer.
type Request struct {
	// Line is method and path, for instance "PATCH /beta/deviceManagement/exchangeConnectors/7".
	Line string
	// Headers are "Name: value" lines.
	Headers []string
	// Body is the JSON, indented for reading.
	Body string
}

// Title is the page's title.
func (m Review) Title() string {
	return m.heading() + " · " + components.Shown(m.Connector.Name().Short)
}

func (m Review) heading() string {
	if len(m.Merge.Send) == 0 {
		return "Nothing to review"
	}
	return "Review " + changesCounted(len(m.Merge.Send))
}

func changesCounted(count int) string {
	if count == 0 {
		return "No changes"
	}
	return components.Count(count, "change", "changes")
}

// nothing says why there is nothing to review.
func (m Review) nothing() string {
	if len(m.Merge.Already) > 0 {
		return "Graph already holds what you want. Nothing has to be sent."
	}
	return "You changed nothing, so there is nothing to review and nothing to send."
}

// freshness says what the read just before found.
func (m Review) freshness() string {
	read := "Read again from Graph at " + m.Read.UTC().Format("15:04:05") + " UTC: "
	if len(m.Choices) > 0 {
		return read + "nothing has changed since you chose between two edits."
	}
	if len(m.Merge.Others) == 0 && len(m.Merge.Already) == 0 {
		return read + "nobody has changed this connector since you opened the form."
	}
	switch others, sync := connector.Apart(m.Merge.Others); {
	case len(others) > 0 && len(sync) > 0:
		return read + "somebody changed other properties since you opened the form, and a sync has run. What they have set stays."
	case len(sync) > 0:
		return read + "a sync has run since you opened the form. What it has set stays."
	case len(others) == 0:
		return read + "a part of what you want is there already, and nothing else has changed since you opened the form."
	}
	return read + "somebody changed other properties since you opened the form. Their changes stay."
}

// staying counts the properties that a save leaves alone.
func (m Review) staying() string {
	rest := len(connector.Editable()) - len(m.Merge.Send)
	switch rest {
	case 0:
		return ""
	case 1:
		return "1 other field stays as it is."
	}
	return fmt.Sprintf("%d other fields stay as they are.", rest)
}

func (m Review) requestSummary() string {
	return fmt.Sprintf("PATCH, %d of %d properties", len(m.Merge.Send), len(connector.Editable()))
}

// Nothing is the answer to a save that had nothing to send.
type Nothing struct {
	Connector connector.Connector
	// Already are changed properties that Graph already holds as wanted.
	Already []connector.FieldChange
}

// Title is the page's title.
func (m Nothing) Title() string {
	return "Nothing to save · " + components.Shown(m.Connector.Name().Short)
}

func (m Nothing) sentence() string {
	if len(m.Already) > 0 {
		return "Graph already holds what you want, so nothing was sent."
	}
	return "You changed nothing, so nothing was sent."
}

func (m Review) freshIcon() string {
	switch others, sync := connector.Apart(m.Merge.Others); {
	case len(others) > 0:
		return "users"
	case len(sync) > 0:
		return "refresh"
	}
	return "circle-check"
}

// text is the request as it goes over the wire.
func (r Request) text() string {
	return strings.Join(append([]string{r.Line}, r.Headers...), "\n") + "\n\n" + r.Body
}
