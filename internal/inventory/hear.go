package inventory

import (
	"maps"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// clocksApart is how far the clocks of two instances may be from each other, as docs/operators.md asks.
const clocksApart = 5 * time.Second

// HeardUntil is since when the audit log may tell something that this session does not know of the connectors it has read as a
// list; false where it has read none.
func (i *Inventory) HeardUntil(p Person) (time.Time, bool) {
	return i.memory.heardUntil(p.SessionHash())
}

// Hear keeps, of connectors that this session has read, what the audit log says of them since: lines of it, the newest first, as of
// that time. A page of many connectors is up to date by it without a read of Graph. What the session read later stands.
func (i *Inventory) Hear(p Person, at time.Time, lines []audit.Entry) {
	i.memory.change(p.SessionHash(), func(own *shelf) {
		if own.listing == nil {
			return
		}
		for n := len(lines) - 1; n >= 0; n-- {
			own.hear(lines[n])
		}
		own.heard = later(own.heard, at)
	})
}

func (m *memory) heardUntil(session string) (time.Time, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.found(session)
	if own == nil || own.listing == nil {
		return time.Time{}, false
	}
	return later(own.heard, own.listing.At).Add(-clocksApart), true
}

// told is what lines of the audit log say that Graph holds of a connector, by the names of its properties, with the lines' times.
type told map[string]toldValue

type toldValue struct {
	connector.Value
	at time.Time
}

// hear is called with one line after another, the oldest first.
func (s *shelf) hear(line audit.Entry) {
	key := connector.Key(line.Connector)
	if _, listed := (*s.listing.table.ids)[key]; !listed {
		return
	}
	for name, value := range stored(line) {
		if s.told[key] == nil {
			s.told[key] = told{}
		}
		s.told[key][name] = toldValue{value, line.Time}
	}
}

// after is the reading with what was told later in its place.
func (t told) after(reading Reading) Reading {
	values, latest := map[string]connector.Value{}, reading.At
	for name, one := range t {
		if one.at.Add(clocksApart).Before(reading.At) || one.Value == reading.Connector.Value(name) {
			continue
		}
		values[name], latest = one.Value, later(latest, one.at)
	}
	if len(values) == 0 {
		return reading
	}
	return Reading{Connector: reading.Connector.With(values), At: latest}
}

// unheard forgets what was told before a list was read that has it.
func (s *shelf) unheard(read time.Time) {
	for key, values := range s.told {
		maps.DeleteFunc(values, func(_ string, one toldValue) bool { return one.at.Add(clocksApart).Before(read) })
		if len(values) == 0 {
			delete(s.told, key)
		}
	}
}

// stored are the values that Graph holds by a line.
func stored(line audit.Entry) map[string]connector.Value {
	values := map[string]connector.Value{}
	if line.SyncedAt != nil && !line.SyncedAt.IsEmpty() {
		values[connector.LastSyncDateTime] = *line.SyncedAt
	}
	if line.Outcome != audit.Applied && line.Outcome != audit.AppliedObserved && line.Action != audit.Observed {
		return values
	}
	for _, field := range line.Fields {
		if field.Stored != nil {
			values[field.Name] = *field.Stored
		}
	}
	return values
}
