package changes

import (
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// A connector's history is drawn on each of its pages and after each change, the same but for the latest: what an event tells is drawn
// once.
var plainEvents = components.Keep(func(m plainEvent) templ.Component { return eventTold(m.event(), time.Time{}) })

// plainEvent is what is told of an event alike whenever somebody looks.
type plainEvent struct {
	who, action, of string
	you             bool
	about           About
	syncType        string
	end             SyncEnd
	outcome         string
	reason, quote   string
	fields          [mostPlain]plainField
	count           int // of the fields
}

// plainField is a field that holds what it stores itself.
type plainField struct {
	name                      string
	before, requested, stored connector.Value
	known                     bool // is what is stored
}

// mostPlain and longestPlain bound the fields and the texts of what is drawn once; beyond them hardly any two are alike.
const mostPlain, longestPlain = 2, 1000

// plain is what such an event tells; ok is false for one that tells of now, that has a form, or that is large.
func (e Event) plain() (m plainEvent, ok bool) {
	length := len(e.Reason) + len(e.Quote) + len(e.About.Ticket)
	for _, field := range e.Fields {
		length += len(field.Before.Text()) + len(field.Requested.Text())
		if field.Stored != nil {
			length += len(field.Stored.Text())
		}
	}
	if e.Window != (Window{}) || len(e.Fields) > mostPlain || length > longestPlain {
		return plainEvent{}, false
	}
	m = plainEvent{
		who: e.Who, you: e.You, action: e.Action, of: e.Of, about: e.About, syncType: e.SyncType, end: e.End, outcome: e.Outcome,
		reason: e.Reason, quote: e.Quote, count: len(e.Fields),
	}
	for i, field := range e.Fields {
		m.fields[i] = plainField{name: field.Name, before: field.Before, requested: field.Requested}
		if field.Stored != nil {
			m.fields[i].stored, m.fields[i].known = *field.Stored, true
		}
	}
	return m, true
}

func (m plainEvent) event() Event {
	e := Event{
		Who: m.who, You: m.you, Action: m.action, Of: m.of, About: m.about, SyncType: m.syncType, End: m.end, Outcome: m.outcome,
		Reason: m.reason, Quote: m.quote,
	}
	for i := range m.fields[:m.count] {
		one := &m.fields[i]
		field := connector.FieldChange{Name: one.name, Before: one.before, Requested: one.requested}
		if one.known {
			field.Stored = &one.stored
		}
		e.Fields = append(e.Fields, field)
	}
	return e
}
