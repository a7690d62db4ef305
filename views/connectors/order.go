package connectors

import (
	"cmp"
	"slices"
	"time"

	"switchboard/internal/connector"
)

// sortable is a row with what it is sorted by, worked out once and not at each comparison: the list may be long.
type sortable struct {
	row                      Row
	name, organization, text collated
	said                     connector.SyncText
	at                       time.Time
}

// order sorts rows by the filter's column, then by name, then by id, so that the order never wavers.
func (f Filter) order(rows []Row) {
	keyed := make([]*sortable, len(rows))
	for i, row := range rows {
		keyed[i] = f.sortable(row)
	}
	texts := newCollation()
	slices.SortFunc(keyed, func(a, b *sortable) int { return f.compare(texts, a, b) })
	for i, one := range keyed {
		rows[i] = one.row
	}
}

func (f Filter) sortable(row Row) *sortable {
	name := row.Connector.Name()
	key := &sortable{row: row, name: collated{text: name.Short}, organization: collated{text: name.Organization}}
	key.said, key.at = row.Connector.SyncSaid()
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
	return cmp.Or(cmp.Compare(a.said, b.said), a.at.Compare(b.at))
}
