package inventory

import (
	"fmt"
	"testing"
	"time"

	"switchboard/internal/connector"
)

func object(id, version string) connector.Connector {
	return connector.New(map[string]connector.Value{connector.ID: connector.Of(id), connector.Version: connector.Of(version)})
}

// TestMemoryIsBounded by the connectors that it holds, the session that was used least recently forgotten first, and by
// age.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	m := newMemory(func() time.Time { return now })
	m.most = 30
	for i := range 10 {
		m.keepListing(fmt.Sprint("session ", i), Listing{At: now, Connectors: make([]connector.Connector, 9)})
		m.reading("session 7", "any") // counts as use
	}
	for i := range 10 {
		_, kept := m.listing(fmt.Sprint("session ", i))
		if want := i == 7 || i == 8 || i == 9; kept != want {
			t.Errorf("session %d is kept: %v, want %v", i, kept, want)
		}
	}
	m.keepListing("huge", Listing{At: now, Connectors: make([]connector.Connector, 100)})
	if _, kept := m.listing("huge"); !kept || m.order.Len() != 1 || m.held != 100 {
		t.Errorf("one session's own list: kept %v, %d sessions, %d connectors", kept, m.order.Len(), m.held)
	}
	m.forget("huge")
	m.keep("old", Reading{Connector: object("a", "1"), At: now})
	now = now.Add(13 * time.Hour)
	m.keep("new", Reading{Connector: object("a", "1"), At: now})
	if _, kept := m.reading("old", "a"); kept || m.held != 1 {
		t.Errorf("what no session can ask for any more is kept: %v, %d connectors", kept, m.held)
	}
}

// TestLaterReadingsStay: answers may come in another order than their requests were sent.
func TestLaterReadingsStay(t *testing.T) {
	t.Parallel()
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	list := func(second int64, version string) Listing {
		return Listing{At: at(second), Connectors: []connector.Connector{object("a", version)}}
	}
	reading := func(second int64, version string) Reading {
		return Reading{At: at(second), Connector: object("a", version)}
	}
	for name, test := range map[string]struct {
		steps func(*memory)
		want  string
	}{
		"a list after a reading":          {func(m *memory) { m.keep("s", reading(1, "1")); m.keepListing("s", list(2, "2")) }, "2"},
		"a list from before a reading":    {func(m *memory) { m.keep("s", reading(2, "2")); m.keepListing("s", list(1, "1")) }, "2"},
		"a reading from before a list":    {func(m *memory) { m.keepListing("s", list(2, "2")); m.keep("s", reading(1, "1")) }, "2"},
		"a reading from before a reading": {func(m *memory) { m.keep("s", reading(2, "2")); m.keep("s", reading(1, "1")) }, "2"},
		"a list from before a list":       {func(m *memory) { m.keepListing("s", list(2, "2")); m.keepListing("s", list(1, "1")) }, "2"},
	} {
		m := newMemory(func() time.Time { return at(3) })
		test.steps(m)
		if got, _ := m.reading("s", "a"); got.Connector.Value(connector.Version).Text() != test.want {
			t.Errorf("%s: the reading is %q, want %q", name, got.Connector.Value(connector.Version).Text(), test.want)
		}
		if got, there := m.listing("s"); there && got.Connectors[0].Value(connector.Version).Text() != test.want {
			t.Errorf("%s: the listing is %q, want %q", name, got.Connectors[0].Value(connector.Version).Text(), test.want)
		}
	}
}

// TestBetween reads what it writes, and nothing else.
func TestBetween(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 24, 10, 0, 0, 999, time.FixedZone("", 3600))
	if got, want := between(from, from.Add(time.Minute)), "Changed outside Switchboard between 2026-11-24T09:00:00Z and 2026-11-24T09:01:01Z."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
