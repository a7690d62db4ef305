package inventory

import (
	"sync"

	"switchboard/internal/connector"
)

// table is a list as it was read, kept once for all sessions that have read the same.
type table struct {
	connectors []connector.Connector
	unreadable []connector.Unreadable
	ids        *places
	users      int      // shelves on which it stands
	once       sync.Map // what was worked out of it
	read       Listing  // the latest that was read so, without its connectors
}

// places are those of a list's connectors, by the keys of their ids. Tables that list the same ids in the same order share them.
type places map[string]int

// aConnector is how many places of tables take as much memory as a connector.
const aConnector = 100

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
	held   int                         // what tables on shelves take, in connectors
	copies map[connector.Connector]int // how many of them hold it
}

// of is the table of the listing, made if need be.
func (t *tables) of(listing Listing) *table {
	made := &table{connectors: listing.Connectors, unreadable: listing.Unreadable}
	for _, known := range t.latest {
		if known.same(listing) {
			return known
		}
		if made.ids == nil && known.lists(listing.Connectors) {
			made.ids = known.ids
		}
	}
	if made.ids == nil {
		made.ids = &places{}
		for at, one := range listing.Connectors {
			(*made.ids)[one.Key()] = at
		}
	}
	t.latest = append([]*table{made}, t.latest[:min(latestTables-1, len(t.latest))]...)
	return made
}

// use counts a shelf on which the table stands, part one from which it was taken.
func (t *tables) use(one *table) {
	if one.users++; one.users > 1 {
		return
	}
	t.held += len(one.connectors) / aConnector
	for _, each := range one.connectors {
		if t.copies[each]++; t.copies[each] == 1 {
			t.held++
		}
	}
}

func (t *tables) part(one *table) {
	if one == nil {
		return
	}
	if one.users--; one.users > 0 {
		return
	}
	t.held -= len(one.connectors) / aConnector
	for _, each := range one.connectors {
		if t.copies[each]--; t.copies[each] == 0 {
			delete(t.copies, each)
			t.held--
		}
	}
}

// Base is the listing as it was read, and the places of the connectors that this session knows to be otherwise since.
func (l Listing) Base() (read Listing, newer []int) {
	if len(l.newer) == 0 {
		return l, nil
	}
	newer, l.newer, l.Connectors = l.newer, nil, l.table.connectors
	return l, newer
}

// Once is what make makes of the listing's connectors and rows, which it is asked for once for everybody who has read the same; key
// tells several such things apart. What depends on the time is not worked out so, nor what this session alone knows: see Base.
func (l Listing) Once(key any, make func() any) any {
	if l.table == nil || len(l.newer) > 0 {
		return make()
	}
	if known, there := l.table.once.Load(key); there {
		return known
	}
	made, _ := l.table.once.LoadOrStore(key, make())
	return made
}
