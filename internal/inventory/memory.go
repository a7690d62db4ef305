package inventory

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"switchboard/internal/connector"
)

// memory is what sessions read last, the least recently used session forgotten first.
type memory struct {
	now  func() time.Time
	most int // connectors held

	mu      sync.Mutex
	shelves map[string]*list.Element
	order   *list.List // of *shelf, the most recently used in front
	held    int        // of readings and what a list lacks; tables count what is held in lists
	tables  tables
	barred  map[string]time.Time           // when Graph last refused a person a read
	copies  map[string]connector.Connector // by the key of the id: the one copy that equal readings of all sessions share
}

// shelf is what one session read.
type shelf struct {
	session  string
	used     time.Time
	listing  *Listing           // the list that the session itself read last
	lent     *loan              // a newer list of another's; nil for none
	readings map[string]Reading // by the key of the connector's id; newer than the listing, or of what it lacks
	told     map[string]told    // by the key of the connector's id
	heard    time.Time          // until when the audit log was asked for what is newer than the listing
	gone     map[string]bool    // by the key of the id: Graph said that it does not know them
}

func (s *shelf) size() int {
	size := len(s.readings) + len(s.told)
	if s.listing != nil {
		size += len(s.listing.Unlisted)
	}
	return size
}

const (
	// maxHeld bounds the connectors held for all sessions together. Where sessions read the same they share it; one that
	// is not shared takes about 1 KB.
	maxHeld = 200_000
	// keptFor is longer than a session lasts that nobody ends.
	keptFor = 12 * time.Hour
)

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, most: maxHeld, shelves: map[string]*list.Element{}, order: list.New(), copies: map[string]connector.Connector{}, barred: map[string]time.Time{}, tables: tables{copies: map[connector.Connector]int{}}}
}

// shared is the same connectors, those that were read before in one common copy.
func (m *memory) shared(all []connector.Connector) []connector.Connector {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.copies) > m.most {
		clear(m.copies)
	}
	for i, one := range all {
		if known, there := m.copies[one.Key()]; there && known.Equal(one) {
			all[i] = known
			continue
		}
		m.copies[one.Key()] = one
	}
	return all
}

// found returns the session's shelf, nil where it has read nothing, and counts as use. The lock is held.
func (m *memory) found(session string) *shelf {
	element, there := m.shelves[session]
	if !there {
		return nil
	}
	m.order.MoveToFront(element)
	return element.Value.(*shelf)
}

// shelf is found, made if need be.
func (m *memory) shelf(session string) *shelf {
	if own := m.found(session); own != nil {
		return own
	}
	made := &shelf{session: session, readings: map[string]Reading{}, told: map[string]told{}, gone: map[string]bool{}}
	m.shelves[session] = m.order.PushFront(made)
	return made
}

// change alters a session's shelf and makes room for what was added. The lock is not held.
func (m *memory) change(session string, alter func(*shelf)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.shelf(session)
	own.used = m.now()
	m.held -= own.size()
	alter(own)
	m.held += own.size()
	for m.order.Len() > 1 && (m.held+m.tables.held > m.most || own.used.Sub(m.order.Back().Value.(*shelf).used) > keptFor) {
		m.remove(m.order.Back())
	}
}

func (m *memory) remove(element *list.Element) {
	own := m.order.Remove(element).(*shelf)
	delete(m.shelves, own.session)
	m.held -= own.size()
	m.giveBack(own)
	if own.listing != nil {
		m.tables.part(own.listing.table)
	}
}

// keepListing keeps a listing that the session read, unless a later one came in before it, and returns it with what it lacks. What was
// read of one connector since the listing was begun is newer than it.
func (m *memory) keepListing(session string, listing Listing) Listing {
	m.change(session, func(own *shelf) {
		if own.listing == nil || !listing.At.Before(own.listing.At) {
			listing = m.put(own, listing)
		}
	})
	return listing
}

// put has the listing stand on the shelf.
func (m *memory) put(own *shelf, listing Listing) Listing {
	listing.Unlisted = own.follow(listing)
	listing.table = m.tables.of(listing)
	listing.Connectors = listing.table.connectors
	if listing.At.After(listing.table.read.At) {
		listing.table.read = Listing{Said: listing.Said, At: listing.At, Took: listing.Took}
	}
	m.tables.use(listing.table)
	if own.listing != nil {
		m.tables.part(own.listing.table)
	}
	own.listing = &listing
	own.unheard(listing.At)
	return listing
}

// keep keeps a reading, unless a later one came in before it.
func (m *memory) keep(session string, reading Reading) {
	m.change(session, func(own *shelf) {
		id := reading.Connector.Key()
		if own.listing != nil && reading.At.Before(own.listing.At) {
			return
		}
		if known, there := own.readings[id]; !there || !reading.At.Before(known.At) {
			own.readings[id] = reading
			delete(own.gone, id)
		}
	})
}

func (m *memory) forget(session string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if element, there := m.shelves[session]; there {
		m.remove(element)
	}
}

// listing is the list that may be shown to the session, with what it knows of connectors since in their place.
func (m *memory) listing(session string) (Listing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.found(session)
	if own == nil || own.listing == nil {
		return Listing{}, false
	}
	return own.merged(m.shown(own)), true
}

// merged is the list with what the session knows since in the place of connectors that are otherwise by that.
func (s *shelf) merged(list Listing) Listing {
	read := list.Connectors
	hold := func(key string) {
		at, listed := (*list.table.ids)[key]
		if !listed {
			return
		}
		known := s.latest(Reading{Connector: read[at], At: list.At}).Connector
		if known.Shares(read[at]) {
			return
		}
		if list.newer == nil {
			list.Connectors = slices.Clone(read)
		}
		list.Connectors[at], list.newer = known, append(list.newer, at)
	}
	for key := range s.readings {
		hold(key)
	}
	for key := range s.told {
		if _, there := s.readings[key]; !there {
			hold(key)
		}
	}
	slices.Sort(list.newer)
	return list
}

// latest is what the session knows last of a connector that a list showed so.
func (s *shelf) latest(known Reading) Reading {
	key := known.Connector.Key()
	if newer, there := s.readings[key]; there && !newer.At.Before(known.At) {
		known = newer
	}
	return s.told[key].after(known)
}

// reading is what the session knows last of one connector.
func (m *memory) reading(session, id string) (Reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.found(session)
	if own == nil {
		return Reading{}, false
	}
	key := connector.Key(id)
	if own.listing != nil {
		list := m.shown(own)
		if at, there := (*list.table.ids)[key]; there {
			return own.latest(Reading{Connector: list.Connectors[at], At: list.At}), true
		}
	}
	reading, there := own.readings[key]
	return own.told[key].after(reading), there
}
