package changes

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
)

// TestPlainEventIsWhole: what is drawn once for an event holds all of it but when it was and which line tells it, whatever is added.
func TestPlainEventIsWhole(t *testing.T) {
	t.Parallel()
	stored := connector.Of("c")
	event := Event{
		Who: "Tom", You: true, Action: "edit", Of: "edit", About: About{Connector: "id", Name: connector.Name{Short: "s", Organization: "o"}, Ticket: "t", Run: Together{ID: "r", Rows: 2, Counted: "w"}},
		SyncType: "fullSync", End: SyncEnd{Known: true, Seen: true, Took: time.Second, AtMost: true}, Outcome: "applied", Reason: "why", Quote: "no",
		Fields: []connector.FieldChange{
			{Name: "version", Before: connector.Of("a"), Requested: connector.Of("b"), Stored: &stored}, {Name: "status", Before: connector.Null(), Requested: connector.Of("d")},
		},
	}
	for field, value := range reflect.ValueOf(event).Fields() {
		switch field.Name {
		case "At", "Change", "Seq", "Window": // drawn anew
		default:
			if value.IsZero() {
				t.Errorf("%s is not tried", field.Name)
			}
		}
	}
	plain, is := event.plain()
	if back := plain.event(); !is || !reflect.DeepEqual(back, event) {
		t.Errorf("%+v, %v\nis not %+v", back, is, event)
	}
	for what, change := range map[string]func(*Event){
		"a window": func(e *Event) { e.To = time.Now() }, "a form": func(e *Event) { e.Settle = &Settle{} },
		"many fields": func(e *Event) { e.Fields = append(e.Fields, e.Fields[0]) }, "a long reason": func(e *Event) { e.Reason = strings.Repeat("x", longestPlain) },
	} {
		other := event
		change(&other)
		if _, is := other.plain(); is {
			t.Errorf("an event with %s is drawn once", what)
		}
	}
}
