package views

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"switchboard/connector"
)

// sortable is a row with what it is sorted by, worked out once and not at each comparison: the list may be long.
type sortable struct {
	row                      Row
	name, organization, text string // in lower case
	said                     connector.SyncText
	at                       time.Time
}

// order sorts rows by the filter's column, then by name, then by id, so that the order never wavers.
func (f Filter) order(rows []Row) {
	keyed := make([]*sortable, len(rows))
	for i, row := range rows {
		keyed[i] = f.sortable(row)
	}
	slices.SortFunc(keyed, f.compare)
	for i, one := range keyed {
		rows[i] = one.row
	}
}

// sortedText are the columns that are sorted by a property's text.
var sortedText = map[Sort]string{ByStatus: connector.Status, ByType: connector.Type, ByServer: connector.ServerName}

func (f Filter) sortable(row Row) *sortable {
	name := row.Connector.Name()
	key := &sortable{row: row, name: strings.ToLower(name.Short), organization: strings.ToLower(name.Organization)}
	key.said, key.at = row.Connector.SyncSaid()
	if property, sorted := sortedText[f.Sort]; sorted {
		key.text = strings.ToLower(row.Connector.Value(property).Text())
	}
	return key
}

func (f Filter) compare(a, b *sortable) int {
	order := f.compareColumn(a, b)
	if f.Down {
		order = -order
	}
	return cmp.Or(order, compareName(a, b), cmp.Compare(a.row.Connector.ID(), b.row.Connector.ID()))
}

func (f Filter) compareColumn(a, b *sortable) int {
	switch f.Sort {
	case ByName:
		return compareName(a, b)
	case BySync:
		return compareSync(a, b)
	case ByHealth:
		return cmp.Or(cmp.Compare(a.row.rank(), b.row.rank()), compareSync(a, b))
	}
	return strings.Compare(a.text, b.text)
}

// rank is the place of the row's health; a row of which nobody can tell comes after the unknown ones.
func (r Row) rank() int {
	if r.Unreadable() {
		return 2*connector.Unknown.Rank() + 1
	}
	return 2 * r.Health.Rank()
}

func compareName(a, b *sortable) int {
	return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.organization, b.organization))
}

// compareSync puts first what never synced, then what nobody can tell of, then what has been silent for longest.
func compareSync(a, b *sortable) int {
	return cmp.Or(cmp.Compare(a.said, b.said), a.at.Compare(b.at))
}
