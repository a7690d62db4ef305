package inventory

import (
	"container/list"
	"sync"
)

// memory is what sessions read last, the least recently used session forgotten first.
type memory struct {
	mu      sync.Mutex
	shelves map[string]*list.Element
	order   *list.List // of *shelf, the most recently used in front
	held    int
}

// shelf is what one session read.
type shelf struct {
	session  string
	listing  *Listing
	readings map[string]Reading // by connector id; newer than the listing
}

func (s *shelf) size() int {
	size := len(s.readings)
	if s.listing != nil {
		size += len(s.listing.Connectors)
	}
	return size
}

// maxHeld bounds the connectors held for all sessions together: about 1 KB each.
const maxHeld = 200_000

func newMemory() *memory {
	return &memory{shelves: map[string]*list.Element{}, order: list.New()}
}

// shelf returns the session's, made if need be, and counts as use. The lock is held.
func (m *memory) shelf(session string) *shelf {
	if element, there := m.shelves[session]; there {
		m.order.MoveToFront(element)
		return element.Value.(*shelf)
	}
	made := &shelf{session: session, readings: map[string]Reading{}}
	m.shelves[session] = m.order.PushFront(made)
	return made
}

// change alters a session's shelf and makes room for what was added. The lock is not held.
func (m *memory) change(session string, alter func(*shelf)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.shelf(session)
	m.held -= own.size()
	alter(own)
	m.held += own.size()
	for m.held > maxHeld && m.order.Len() > 1 {
		m.remove(m.order.Back())
	}
}

func (m *memory) remove(element *list.Element) {
	own := m.order.Remove(element).(*shelf)
	delete(m.shelves, own.session)
	m.held -= own.size()
}

func (m *memory) keepListing(session string, listing Listing) {
	m.change(session, func(own *shelf) {
		own.listing = &listing
		clear(own.readings)
	})
}

func (m *memory) keep(session string, reading Reading) {
	m.change(session, func(own *shelf) { own.readings[reading.Connector.ID()] = reading })
}

func (m *memory) forget(session string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if element, there := m.shelves[session]; there {
		m.remove(element)
	}
}

// listing is what the session read as a list, with the connectors that it read one by one since in their place.
func (m *memory) listing(session string) (Listing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, there := m.shelves[session]
	if !there || element.Value.(*shelf).listing == nil {
		return Listing{}, false
	}
	m.order.MoveToFront(element)
	own := element.Value.(*shelf)
	merged := *own.listing
	if len(own.readings) == 0 {
		return merged, true
	}
	merged.Connectors = append(merged.Connectors[:0:0], merged.Connectors...)
	for at, one := range merged.Connectors {
		if newer, there := own.readings[one.ID()]; there {
			merged.Connectors[at] = newer.Connector
		}
	}
	return merged, true
}

// reading is what the session read last of one connector.
func (m *memory) reading(session, id string) (Reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, there := m.shelves[session]
	if !there {
		return Reading{}, false
	}
	m.order.MoveToFront(element)
	own := element.Value.(*shelf)
	if reading, there := own.readings[id]; there {
		return reading, true
	}
	if own.listing == nil {
		return Reading{}, false
	}
	for _, one := range own.listing.Connectors {
		if one.ID() == id {
			return Reading{Connector: one, At: own.listing.At}, true
		}
	}
	return Reading{}, false
}
