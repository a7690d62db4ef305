package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
)

// line is an entry as the export writes it, member by member in this order. The hash follows, outside of what it hashes.
type line struct {
	Seq       int64       `json:"seq"`
	ID        string      `json:"id"`
	Time      string      `json:"time"`
	Action    Action      `json:"action"`
	Actor     lineActor   `json:"actor"`
	Connector *string     `json:"connector"`
	Fields    []lineField `json:"fields"`
	Reason    string      `json:"reason"`
	Outcome   *Outcome    `json:"outcome"`
	Graph     *lineGraph  `json:"graph"`
	// Members from here on stand only in lines that have something to say, so that older lines keep their hashes. A raw
	// null stands there as null.
	SyncType string          `json:"sync_type,omitempty"`
	SyncedAt json.RawMessage `json:"synced_at,omitempty"`
	Run      string          `json:"run,omitempty"`
	Observed int64           `json:"observed,omitempty"`
	Ticket   string          `json:"ticket,omitempty"`
}

type lineActor struct {
	OID   string   `json:"oid"`
	TID   string   `json:"tid"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// lineField holds texts rather than connector.Values, which escape < and > for HTML when they write themselves.
type lineField struct {
	Name      string  `json:"name"`
	Before    *string `json:"before"`
	Requested *string `json:"requested"`
	Stored    *string `json:"stored"`
}

// lineGraph has null for what a lost answer would have told: 0 is no status, and an empty text no id. The message stands
// only where Graph refused with one.
type lineGraph struct {
	Status          *int    `json:"status"`
	RequestID       *string `json:"request_id"`
	ClientRequestID string  `json:"client_request_id"`
	Message         *string `json:"message,omitempty"`
}

// timeLayout is RFC 3339 with exactly the precision that is stored.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// text is the entry's line without its hash: what is hashed, stored and exported, to the byte.
func (e Entry) text() ([]byte, error) {
	written, err := e.line()
	if err != nil {
		return nil, err
	}
	return written.text()
}

func (e Entry) line() (line, error) {
	written := line{
		Seq: e.Seq, ID: e.ID, Time: e.Time.UTC().Format(timeLayout), Action: e.Action,
		Actor:     lineActor{e.Actor.OID, e.Actor.TID, e.Actor.Name, append([]string{}, e.Actor.Claims...)},
		Connector: orNull(e.Connector), Fields: make([]lineField, 0, len(e.Fields)),
		Reason: e.Reason, Outcome: orNull(e.Outcome), Graph: newLineGraph(e.Graph),
		SyncType: e.SyncType, Run: e.Run, Observed: e.Observed, Ticket: e.Ticket,
	}
	if e.SyncedAt != nil {
		synced, err := e.SyncedAt.MarshalJSON()
		if err != nil {
			return line{}, fmt.Errorf("write a line of the record: %w", err)
		}
		written.SyncedAt = synced
	}
	for _, field := range e.Fields {
		written.Fields = append(written.Fields, newLineField(field))
	}
	return written, nil
}

func (l line) text() ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer) // puts U+FFFD for what is no UTF-8, and keeps every line break out of the line
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(l); err != nil {
		return nil, fmt.Errorf("write a line of the record: %w", err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// read is the entry that a stored line holds. settled says whether its fields' stored values were known: null then
// means Graph's null.
func read(text string, settled bool) (Entry, error) {
	if entry, ok := asWritten(text, settled); ok {
		return entry, nil
	}
	return readJSON([]byte(text), settled)
}

// readJSON is the entry that a line holds whose members may stand in any order.
func readJSON(text []byte, settled bool) (Entry, error) {
	var written line
	if err := json.Unmarshal(text, &written); err != nil {
		return Entry{}, fmt.Errorf("read a line of the record: %w", err)
	}
	at, err := time.Parse(timeLayout, written.Time)
	if err != nil {
		return Entry{}, fmt.Errorf("read line %d of the record: %w", written.Seq, err)
	}
	entry := Entry{
		Seq: written.Seq, ID: written.ID, Time: at.UTC(), Action: written.Action,
		Actor:     access.Actor{OID: written.Actor.OID, TID: written.Actor.TID, Name: written.Actor.Name, Claims: written.Actor.Roles},
		Connector: orEmpty(written.Connector), Reason: written.Reason, Outcome: orEmpty(written.Outcome), Graph: written.Graph.graph(),
		SyncType: written.SyncType, Further: Further{written.Run, written.Observed, written.Ticket},
	}
	if len(written.SyncedAt) > 0 {
		entry.SyncedAt = new(connector.Value)
		if err := entry.SyncedAt.UnmarshalJSON(written.SyncedAt); err != nil {
			return Entry{}, fmt.Errorf("read line %d of the record: %w", written.Seq, err)
		}
	}
	for _, field := range written.Fields {
		entry.Fields = append(entry.Fields, field.field(settled))
	}
	return entry, nil
}

func newLineField(f connector.FieldChange) lineField {
	field := lineField{Name: f.Name, Before: pointer(f.Before), Requested: pointer(f.Requested)}
	if f.Stored != nil {
		field.Stored = pointer(*f.Stored)
	}
	return field
}

func (f lineField) field(settled bool) connector.FieldChange {
	field := connector.FieldChange{Name: f.Name, Before: value(f.Before), Requested: value(f.Requested)}
	if settled {
		stored := value(f.Stored)
		field.Stored = &stored
	}
	return field
}

func newLineGraph(g *Graph) *lineGraph {
	if g == nil {
		return nil
	}
	return &lineGraph{orNull(g.Status), orNull(g.RequestID), g.ClientRequestID, orNull(g.Message)}
}

func (l *lineGraph) graph() *Graph {
	if l == nil {
		return nil
	}
	return &Graph{orEmpty(l.Status), orEmpty(l.RequestID), l.ClientRequestID, orEmpty(l.Message)}
}

// pointer is nil for Graph's null.
func pointer(v connector.Value) *string {
	if v.IsNull() {
		return nil
	}
	text := v.Text()
	return &text
}

func value(text *string) connector.Value {
	if text == nil {
		return connector.Null()
	}
	return connector.Of(*text)
}

func orNull[T comparable](given T) *T {
	var empty T
	if given == empty {
		return nil
	}
	return &given
}

func orEmpty[T any](given *T) (empty T) {
	if given == nil {
		return empty
	}
	return *given
}
