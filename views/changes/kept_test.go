package changes

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
)

// TestKeptEventsSayAll: what an event's text is drawn from holds each member of the event that the text may tell, so that two events
// which differ are never told alike.
func TestKeptEventsSayAll(t *testing.T) {
	t.Parallel()
	stored := connector.Of("ex05")
	told := Event{
		Who: "Maya", You: true, Action: "edit", Of: "edit", About: About{"c1", connector.Name{Short: "a", Organization: "b"}, "https://t.example", Together{"r1", 2, "all"}},
		SyncType: FullSync, End: SyncEnd{true, true, time.Second, true}, Outcome: Applied, Reason: "why", Quote: "no",
		Fields: []connector.FieldChange{
			{Name: connector.Version, Before: connector.Null(), Requested: connector.Of("")},
			{Name: connector.ServerName, Before: connector.Of("ex03"), Requested: connector.Of("ex04"), Stored: &stored},
		},
	}
	of := reflect.ValueOf(told)
	for i := range of.NumField() {
		switch name := of.Type().Field(i).Name; name {
		case "At", "Change", "Seq", "Window": // stand beside the text, or the event is not kept
		default:
			if of.Field(i).IsZero() {
				t.Errorf("%s is not tried", name)
			}
		}
	}
	kept, ok := keptOf(told)
	if again := kept.event(); !ok || !reflect.DeepEqual(again, told) {
		t.Errorf("kept is %+v, told %+v", again, told)
	}
	var drawn, shown strings.Builder
	if err := eventText(told, time.Now()).Render(t.Context(), &drawn); err != nil {
		t.Fatal(err)
	}
	if err := eventsKept.Of(kept).Render(t.Context(), &shown); err != nil || drawn.String() != shown.String() {
		t.Errorf("%v: shown is %s, not %s", err, shown.String(), drawn.String())
	}
	for name, other := range map[string]Event{
		"made elsewhere":    {Window: Window{To: time.Now()}},
		"of too many parts": {Fields: make([]connector.FieldChange, mostFieldsKept+1)},
	} {
		if _, ok := keptOf(other); ok {
			t.Errorf("an event %s is kept", name)
		}
	}
}
