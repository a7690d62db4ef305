package inventory

import (
	"maps"
	"slices"

	"switchboard/internal/connector"
)

// follow makes room for the next listing: readings that are no newer than it go, values of connectors that it lacks stay,
// for the day when one of them cannot be read. It returns what the next listing lacks, the latest known first.
func (s *shelf) follow(next Listing) []connector.Connector {
	readable, listed := idsOf(next)
	maps.DeleteFunc(s.readings, func(id string, one Reading) bool {
		return !one.At.After(next.At) && readable[id]
	})
	maps.DeleteFunc(s.gone, func(id string, _ bool) bool { return listed[id] })
	if s.listing == nil {
		return nil
	}
	var lacking []connector.Connector
	note := func(one connector.Connector) {
		if id := one.Key(); id != "" && !listed[id] && !s.gone[id] {
			lacking = append(lacking, one)
			listed[id] = true // once is enough
		}
	}
	for _, one := range s.listing.Connectors {
		if _, newer := s.readings[one.Key()]; !newer && !readable[one.Key()] {
			s.readings[one.Key()] = Reading{Connector: one, At: s.listing.At}
		}
		note(one)
	}
	for _, row := range s.listing.Unreadable {
		note(row.Part)
	}
	for _, one := range s.listing.Unlisted {
		note(one)
	}
	return lacking
}

// idsOf are the keys of the ids of a listing: those of connectors, and those of all rows.
func idsOf(l Listing) (readable, listed map[string]bool) {
	readable = make(map[string]bool, len(l.Connectors))
	for _, one := range l.Connectors {
		readable[one.Key()] = true
	}
	listed = maps.Clone(readable)
	for _, row := range l.Unreadable {
		listed[connector.Key(row.ID())] = true
	}
	return readable, listed
}

// gone notes that Graph does not know a connector of which this session read: a list that lacks it has no gap.
func (m *memory) gone(session, id string) {
	m.change(session, func(own *shelf) {
		delete(own.readings, connector.Key(id))
		delete(own.told, connector.Key(id))
		if own.listing == nil {
			return
		}
		known := *own.listing
		known.Unlisted = slices.DeleteFunc(slices.Clone(known.Unlisted), func(one connector.Connector) bool {
			return connector.SameID(one.ID(), id)
		})
		if _, listed := idsOf(known); listed[connector.Key(id)] || len(known.Unlisted) < len(own.listing.Unlisted) {
			own.gone[connector.Key(id)] = true
		}
		own.listing = &known
	})
}
