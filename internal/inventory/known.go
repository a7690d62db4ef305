package inventory

import (
	"maps"
	"slices"
	"time"

	"switchboard/internal/connector"
)

// Known is what a session has read of connectors so far.
type Known struct {
	// Readings are the latest, each of another connector; Unreadable are the rows of the list that are no connectors.
	Readings   []Reading
	Unreadable []connector.Unreadable
	// Listed is when the session read a list last; zero where it read none, and knows those alone that it opened.
	Listed time.Time
}

// Known is what this session has read, without asking Graph. It may be empty, and it may be hours old.
func (i *Inventory) Known(p Person) Known {
	listing, listed := i.memory.listing(p.SessionHash())
	opened := i.memory.opened(p.SessionHash())
	known := Known{Readings: make([]Reading, 0, len(listing.Connectors)+len(opened)), Unreadable: listing.Unreadable}
	if listed {
		known.Listed = listing.At
	}
	for _, one := range listing.Connectors {
		reading := Reading{Connector: one, At: listing.At}
		if newer, there := opened[one.Key()]; there {
			reading = newer
			delete(opened, one.Key())
		}
		known.Readings = append(known.Readings, reading)
	}
	for _, key := range slices.Sorted(maps.Keys(opened)) {
		known.Readings = append(known.Readings, opened[key])
	}
	return known
}

// opened are the connectors that the session read one by one since its list, by the keys of their ids. What it read before that
// the list has, or lacks for a reason.
func (m *memory) opened(session string) map[string]Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, opened := m.found(session), map[string]Reading{}
	if own == nil {
		return nil
	}
	for key, reading := range own.readings {
		if !own.gone[key] && (own.listing == nil || reading.At.After(own.listing.At)) {
			opened[key] = reading
		}
	}
	return opened
}
