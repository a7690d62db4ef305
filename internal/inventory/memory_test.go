package inventory

import (
	"fmt"
	"sync"
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
	objects := func(version string, most int) (all []connector.Connector) {
		for i := range most {
			all = append(all, object(fmt.Sprint("c", i), version))
		}
		return m.shared(all)
	}
	for i := range 10 {
		m.keepListing(fmt.Sprint("session ", i), Listing{At: now, Connectors: objects(fmt.Sprint(i), 9)})
		m.reading("session 7", "any") // counts as use
	}
	for i := range 10 {
		_, kept := m.listing(fmt.Sprint("session ", i))
		if want := i == 7 || i == 8 || i == 9; kept != want {
			t.Errorf("session %d is kept: %v, want %v", i, kept, want)
		}
	}
	m.keepListing("huge", Listing{At: now, Connectors: objects("huge", 100)})
	if _, kept := m.listing("huge"); !kept || m.order.Len() != 1 || m.tables.held != 101 {
		t.Errorf("one session's own list: kept %v, %d sessions, %d connectors", kept, m.order.Len(), m.tables.held)
	}
	m.forget("huge")
	m.keep("old", Reading{Connector: object("a", "1"), At: now})
	now = now.Add(13 * time.Hour)
	m.keep("new", Reading{Connector: object("a", "1"), At: now})
	if _, kept := m.reading("old", "a"); kept || m.held != 1 {
		t.Errorf("what no session can ask for any more is kept: %v, %d connectors", kept, m.held)
	}
}

// TestEqualListsAreKeptOnce, with what was worked out of them, for as many sessions as like to read them.
func TestEqualListsAreKeptOnce(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	m := newMemory(func() time.Time { return now })
	m.most = 30
	worked := 0
	read := func(session, version string) Listing {
		all := m.shared([]connector.Connector{object("a", "1"), object("b", version)})
		m.keepListing(session, Listing{At: now, Connectors: all})
		listing, _ := m.listing(session)
		listing.Once("what", func() any { worked++; return worked })
		return listing
	}
	for i := range 100 {
		read(fmt.Sprint("session ", i), "1")
	}
	if m.order.Len() != 100 || m.tables.held != 2 || worked != 1 {
		t.Errorf("%d sessions, %d connectors, worked out %d times", m.order.Len(), m.tables.held, worked)
	}
	m.keep("session 1", Reading{At: now.Add(1), Connector: m.shared([]connector.Connector{object("a", "1")})[0]})
	if same, _ := m.listing("session 1"); same.Once("what", func() any { return 0 }) != 1 {
		t.Error("a reading that shows the same makes another list")
	}
	if read("session 0", "2"); m.tables.held != 3 || worked != 2 {
		t.Errorf("after another answer to one: %d connectors, worked out %d times", m.tables.held, worked)
	}
	for i := range 100 {
		m.forget(fmt.Sprint("session ", i))
	}
	if m.tables.held != 0 || m.held != 0 {
		t.Errorf("of sessions that have ended %d and %d connectors are held", m.tables.held, m.held)
	}
}

// TestListsThatDifferInOneTakeLittle: what many lists have in common is held once.
func TestListsThatDifferInOneTakeLittle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	m := newMemory(func() time.Time { return now })
	for n := range 30 {
		all := make([]connector.Connector, 1000)
		for i := range all {
			all[i] = object(fmt.Sprint("c", i), "1")
		}
		all[n] = object(fmt.Sprint("c", n), "2")
		m.keepListing(fmt.Sprint("session ", n), Listing{At: now, Connectors: m.shared(all)})
	}
	if want := 1000 + 2*30 + 30*1000/aConnector; m.tables.held > want {
		t.Errorf("%d connectors are held, want %d at most", m.tables.held, want)
	}
	for n := range 30 {
		m.forget(fmt.Sprint("session ", n))
	}
	if m.tables.held != 0 || len(m.tables.copies) != 0 {
		t.Errorf("of sessions that have ended %d connectors are held, %d copies counted", m.tables.held, len(m.tables.copies))
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

// TestAListIsSharedWhole: whoever is given another's list gets one that was read at one time, also while a later one comes in. The race
// detector would tell.
func TestAListIsSharedWhole(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	m := newMemory(func() time.Time { return now })
	list := func(ago time.Duration) Listing {
		return Listing{Connectors: m.shared([]connector.Connector{object("one", "1")}), At: now.Add(-ago)}
	}
	var reading sync.WaitGroup
	defer reading.Wait()
	reading.Go(func() {
		for n := range 1000 {
			m.keepListing("maya", list(time.Minute-time.Duration(n)*time.Millisecond))
		}
	})
	for n := range 1000 {
		tom := fmt.Sprint("tom ", n)
		m.keepListing(tom, list(10*time.Minute))
		if shared, there := m.share(tom, tom); there && len(shared.Connectors) != 1 {
			t.Errorf("shared %+v", shared)
		}
	}
}
