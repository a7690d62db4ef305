package inventory

import (
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

// hear is called with one line after another, the oldest first.
func (s *shelf) hear(line audit.Entry) {
	values := stored(line)
	place, listed := (*s.listing.table.ids)[connector.Key(line.Connector)]
	if !listed || len(values) == 0 {
		return
	}
	known := Reading{Connector: s.listing.Connectors[place], At: s.listing.At}
	key := known.Connector.Key()
	if newer, there := s.readings[key]; there {
		known = newer
	}
	if line.Time.Add(clocksApart).Before(known.At) {
		return
	}
	s.readings[key] = Reading{Connector: known.Connector.With(values), At: later(known.At, line.Time)}
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
