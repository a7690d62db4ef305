package inventory

import (
	"maps"
	"time"
)

const (
	// sharedFor is how old another person's read may be that is shown to somebody.
	sharedFor = time.Minute
	// ownWithin is how long ago a session must have read the list itself for that: whoever sees the same connectors.
	ownWithin = 15 * time.Minute
	// mostBarred bounds the people of whom it is kept that Graph refused them a read.
	mostBarred = 10_000
)

// Shared is the list as another person has read it, at most a minute ago and after this session did, if that session's own read, at
// most 15 minutes ago, brought the same ids; ok is false where there is none. Graph is not asked: 1,000 people may look at one
// tenant's list without a request each. While Graph does not answer nothing is shared: everybody learns of that.
func (i *Inventory) Shared(p Person) (Listing, bool) {
	if !i.Graph.Well() {
		return Listing{}, false
	}
	return i.memory.share(p.SessionHash(), p.Whose())
}

// Bar has a person's lists be read by themselves again: Graph has refused them a read with 401 or 403, so that they may no longer see
// what others do.
func (i *Inventory) Bar(whose string) { i.memory.bar(whose) }

func (m *memory) bar(whose string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if len(m.barred) >= mostBarred {
		maps.DeleteFunc(m.barred, func(_ string, at time.Time) bool { return now.Sub(at) > ownWithin })
	}
	m.barred[whose] = now
}

func (m *memory) share(session, whose string) (Listing, bool) {
	there := false
	m.change(session, func(own *shelf) {
		var shared Listing
		if shared, there = m.sharable(own, whose); there {
			m.put(own, shared)
		}
	})
	if !there {
		return Listing{}, false
	}
	return m.listing(session)
}

// sharable is the latest list that may be shown to the session, newer than its own. The lock is held.
func (m *memory) sharable(own *shelf, whose string) (list Listing, there bool) {
	now := m.now()
	barred, ever := m.barred[whose]
	if own.listing == nil || now.Sub(own.ownAt) > ownWithin || ever && !own.ownAt.After(barred) {
		return Listing{}, false
	}
	var found *table
	for _, one := range m.tables.latest {
		if len(one.unreadable)+len(own.listing.Unreadable) > 0 {
			continue
		}
		fresh := now.Sub(one.read.At) <= sharedFor && one.read.At.After(own.listing.At)
		if fresh && one.ids == own.listing.table.ids && (found == nil || one.read.At.After(found.read.At)) {
			found = one
		}
	}
	if found == nil {
		return Listing{}, false
	}
	list = found.read
	list.Connectors = found.connectors
	return list, true
}
