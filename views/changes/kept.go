package changes

import (
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// eventsKept are what most lines of history say, drawn once: a page has up to twenty, and a save adds one to those that its connector
// had before.
var eventsKept = components.Keep(func(m keptEvent) templ.Component { return eventText(m.event(), time.Time{}) }).UpTo(2 << 20)

// mostFieldsKept is how many fields such an event has at most.
const mostFieldsKept = 3

// keptEvent is an event but for when it was, which line it has and what became of it, of which the text says nothing.
type keptEvent struct {
	who           string
	you           bool
	action, of    string
	about         About
	syncType      string
	end           SyncEnd
	fields        [mostFieldsKept]keptField
	count         int
	outcome       string
	reason, quote string
}

type keptField struct {
	name                      string
	before, requested, stored connector.Value
	known                     bool // what is stored
}

// keptOf is the event; ok is false for one with more fields, and for one made elsewhere, of which more is said.
func keptOf(e Event) (m keptEvent, ok bool) {
	if e.Window != (Window{}) || len(e.Fields) > mostFieldsKept {
		return keptEvent{}, false
	}
	m = keptEvent{
		who: e.Who, you: e.You, action: e.Action, of: e.Of, about: e.About, syncType: e.SyncType, end: e.End, count: len(e.Fields),
		outcome: e.Outcome, reason: e.Reason, quote: e.Quote,
	}
	for at, field := range e.Fields {
		m.fields[at] = keptField{name: field.Name, before: field.Before, requested: field.Requested, known: field.Stored != nil}
		if field.Stored != nil {
			m.fields[at].stored = *field.Stored
		}
	}
	return m, true
}

func (m keptEvent) event() Event {
	e := Event{
		Who: m.who, You: m.you, Action: m.action, Of: m.of, About: m.about, SyncType: m.syncType, End: m.end,
		Outcome: m.outcome, Reason: m.reason, Quote: m.quote,
	}
	for _, field := range m.fields[:m.count] {
		shown := connector.FieldChange{Name: field.name, Before: field.before, Requested: field.requested}
		if field.known {
			shown.Stored = &field.stored
		}
		e.Fields = append(e.Fields, shown)
	}
	return e
}
