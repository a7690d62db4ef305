package inventory

import (
	"sync"

	"switchboard/internal/connector"
)

// table is a list as it was read, kept once for all sessions that have read the same.
type table struct {
	connectors []connector.Connector
	unreadable []connector.Unreadable
	places     map[string]int // of the connectors, by the keys of their ids
	users      int            // shelves on which it stands
	once       sync.Map       // what was worked out of it
}

func (t *table) size() int { return len(t.connectors) }

// same says whether the table holds just these, in this order. Equal connectors are kept once, so that it takes a glance.
func (t *table) same(listing Listing) bool {
	if len(t.connectors) != len(listing.Connectors) || len(t.unreadable)+len(listing.Unreadable) > 0 {
		return false
	}
	for at, one := range listing.Connectors {
		if !t.connectors[at].Shares(one) {
			return false
		}
	}
	return true
}

// lists says whether the table's connectors have just these ids, in this order.
func (t *table) lists(all []connector.Connector) bool {
	if len(t.connectors) != len(all) {
		return false
	}
	for at, one := range all {
		if t.connectors[at].Key() != one.Key() {
			return false
		}
	}
	return true
}

// latestTables is how many tables are looked at for one that is the same: people of different roles in Intune see different
// connectors.
const latestTables = 8

// tables are the tables that stand on shelves, the latest first. The memory's lock is held.
type tables struct {
	latest []*table
	held   int // connectors, each table's once
}

// of is the table of the listing, made if need be.
func (t *tables) of(listing Listing) *table {
	made := &table{connectors: listing.Connectors, unreadable: listing.Unreadable}
	for _, known := range t.latest {
		if known.same(listing) {
			return known
		}
		if made.places == nil && known.lists(listing.Connectors) {
			made.places = known.places
		}
	}
	if made.places == nil {
		made.places = make(map[string]int, len(listing.Connectors))
		for at, one := range listing.Connectors {
			made.places[one.Key()] = at
		}
	}
	t.latest = append([]*table{made}, t.latest[:min(latestTables-1, len(t.latest))]...)
	return made
}

// use counts a shelf on which the table stands, part one from which it was taken.
func (t *tables) use(one *table) {
	if one.users++; one.users == 1 {
		t.held += one.size()
	}
}

func (t *tables) part(one *table) {
	if one == nil {
		return
	}
	if one.users--; one.users == 0 {
		t.held -= one.size()
	}
}

// Once is what make makes of the listing's connectors and rows, which it is asked for once for everybody who has read the same; key
// tells several such things apart. What depends on the time is not worked out so.
func (l Listing) Once(key any, make func() any) any {
	if l.table == nil {
		return make()
	}
	if known, there := l.table.once.Load(key); there {
		return known
	}
	made, _ := l.table.once.LoadOrStore(key, make())
	return made
}
