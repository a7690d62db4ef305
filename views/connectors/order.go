package connectors

import (
	"cmp"
	"slices"
	"time"

	"switchboard/internal/connector"
)

// sortable is a row with what it is sorted by, worked out once and not at each comparison: the list may be long.
type sortable struct {
	row                      *Row
	at                       int32
	name, organization, text collated
	said                     connector.SyncText
	synced                   time.Time
}

// order sorts the places of rows by the filter's column, then by name, then by id, so that the order never wavers.
func (f Filter) order(rows []Row, places []int32) {
	keyed := make([]*sortable, len(places))
	for i, at := range places {
		keyed[i] = f.sortable(&rows[at], at)
	}
	texts := newCollation()
	slices.SortFunc(keyed, func(a, b *sortable) int { return f.compare(texts, a, b) })
	for i, one := range keyed {
		places[i] = one.at
	}
}

// reorder are places that were in order, with those of rows that have changed since where these belong now.
func (f Filter) reorder(rows []Row, places, changed []int32) []int32 {
	moved := make(map[int32]bool, len(changed))
	for _, at := range changed {
		moved[at] = true
	}
	places = slices.DeleteFunc(slices.Clone(places), func(at int32) bool { return moved[at] })
	texts := newCollation()
	for _, at := range changed {
		place, _ := slices.BinarySearchFunc(places, f.sortable(&rows[at], at), func(other int32, one *sortable) int {
			return f.compare(texts, f.sortable(&rows[other], other), one)
		})
		places = slices.Insert(places, place, at)
	}
	return places
}

func (f Filter) sortable(row *Row, at int32) *sortable {
	name := row.Connector.Name()
	key := &sortable{row: row, at: at, name: collated{text: name.Short}, organization: collated{text: name.Organization}}
	key.said, key.synced = row.Connector.SyncSaid()
	if at := slices.IndexFunc(columns, func(one Column) bool { return one.sort == f.Sort }); at >= 0 {
		key.text.text = row.Connector.Value(columns[at].Name).Text()
	}
	return key
}

func (f Filter) compare(texts *collation, a, b *sortable) int {
	order := f.compareColumn(texts, a, b)
	if f.Down {
		order = -order
	}
	if order != 0 {
		return order
	}
	if order = compareName(texts, a, b); order != 0 {
		return order
	}
	return cmp.Compare(a.row.Connector.ID(), b.row.Connector.ID())
}

func (f Filter) compareColumn(texts *collation, a, b *sortable) int {
	switch f.Sort {
	case ByName:
		return compareName(texts, a, b)
	case BySync:
		return compareSync(a, b)
	case ByHealth:
		return cmp.Or(cmp.Compare(a.row.rank(), b.row.rank()), compareSync(a, b))
	}
	return texts.compare(&a.text, &b.text)
}

// rank is the place of the row's health; a row of which nobody can tell comes after the unknown ones.
func (r Row) rank() int {
	if r.Unreadable() {
		return 2*connector.Unknown.Rank() + 1
	}
	return 2 * r.Health.Rank()
}

func compareName(texts *collation, a, b *sortable) int {
	if order := texts.compare(&a.name, &b.name); order != 0 {
		return order
	}
	return texts.compare(&a.organization, &b.organization)
}

// compareSync puts first what never synced, then what nobody can tell of, then what has been silent for longest.
func compareSync(a, b *sortable) int {
	return cmp.Or(cmp.Compare(a.said, b.said), a.synced.Compare(b.synced))
}
