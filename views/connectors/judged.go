package connectors

import (
	"maps"
	"slices"
	"sync"

	"switchboard/internal/connector"
)

// Judged are the rows of a whole list, with what pages of it need that does not depend on who looks: counts, choices, and each order
// that was asked for. It is worked out once, is never changed, and serves any number of pages at once.
type Judged struct {
	rows            []Row
	counts          Counts
	odd             int
	statuses, types []string

	mu     sync.Mutex
	orders map[ordering][]int32
	urgent []Row

	// base is what these rows were but for the places in changed; nil where they were judged by themselves.
	base    *Judged
	changed []int32
}

// ordering is one order of the list, or of its connectors of one health.
type ordering struct {
	sort   Sort
	down   bool
	health connector.Health
}

// Judge works out what pages of these rows need.
func Judge(rows []Row) *Judged {
	j := &Judged{rows: rows, counts: Count(rows), orders: map[ordering][]int32{}}
	for _, row := range rows {
		if row.Unreadable() {
			j.odd++
		}
	}
	j.statuses, j.types = offered(rows, connector.Status), offered(rows, connector.Type)
	return j
}

// With are the rows with others at some places, without working out again what they have in common.
func (j *Judged) With(changed map[int]Row) *Judged {
	with := &Judged{rows: slices.Clone(j.rows), odd: j.odd, statuses: j.statuses, types: j.types, orders: map[ordering][]int32{}, base: j}
	for at, row := range changed {
		with.rows[at] = row
		with.changed = append(with.changed, int32(at))
		if !slices.Contains(j.statuses, row.Connector.Value(connector.Status).Text()) || !slices.Contains(j.types, row.Connector.Value(connector.Type).Text()) {
			with.statuses, with.types = nil, nil
		}
	}
	if with.statuses == nil {
		with.statuses, with.types = offered(with.rows, connector.Status), offered(with.rows, connector.Type)
	}
	with.counts = Count(with.rows)
	return with
}

// Rows are all of them, in Graph's order; they are to be read only.
func (j *Judged) Rows() []Row { return j.rows }

// Counts says how many connectors are of each health.
func (j *Judged) Counts() Counts { return maps.Clone(j.counts) }

// Attention are the rows that need somebody, as Attention picks them; they are to be read only.
func (j *Judged) Attention() []Row {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.urgent == nil {
		j.urgent = Attention(j.rows)
	}
	return j.urgent
}

// order are the places of the rows in an order; they are to be read only.
func (j *Judged) order(by ordering) []int32 {
	j.mu.Lock()
	defer j.mu.Unlock()
	whole, there := j.orders[ordering{by.sort, by.down, ""}]
	if !there {
		whole = j.whole(Filter{Sort: by.sort, Down: by.down})
		j.orders[ordering{by.sort, by.down, ""}] = whole
	}
	places, there := j.orders[by]
	if !there {
		places = j.ofHealth(whole, by.health)
		j.orders[by] = places
	}
	return places
}

// whole are the places of all rows in an order.
func (j *Judged) whole(by Filter) []int32 {
	if j.base != nil {
		return by.reorder(j.rows, j.base.order(ordering{by.Sort, by.Down, ""}), j.changed)
	}
	places := make([]int32, len(j.rows))
	for at := range places {
		places[at] = int32(at)
	}
	by.order(j.rows, places)
	return places
}

// List is the page that the filter asks for. former are names that connectors had, by the keys of their ids; searches find them by
// those too.
func (j *Judged) List(filter Filter, former map[string][]string) Listing {
	filter.Page = max(1, filter.Page)
	m := Listing{Filter: filter, Total: len(j.rows), Counts: Counts{}, Statuses: j.statuses, Types: j.types}
	matching := m.sift(j, former)
	m.Matching = len(matching)
	m.Filter.Page = min(m.Filter.Page, m.pages())
	from := (m.Filter.Page - 1) * m.pageRows()
	for _, at := range matching[from:min(from+m.pageRows(), len(matching))] {
		m.Rows = append(m.Rows, j.rows[at].Formerly(former))
	}
	return m
}

// Matching are all rows that the filter finds, in its order.
func (j *Judged) Matching(filter Filter, former map[string][]string) []Row {
	m := Listing{Filter: filter, Counts: Counts{}}
	places := m.sift(j, former)
	matching := make([]Row, len(places))
	for i, at := range places {
		matching[i] = j.rows[at].Formerly(former)
	}
	return matching
}

// Formerly is the row with the names that its connector had.
func (r Row) Formerly(former map[string][]string) Row {
	if len(former) == 0 {
		return r
	}
	for _, was := range former[r.Connector.Key()] {
		if was != r.Connector.Name().Short && !slices.Contains(r.Former, was) {
			r.Former = append(slices.Clone(r.Former), was)
		}
	}
	return r
}

// sift finds the places of the rows that match, in the filter's order, and counts.
func (m *Listing) sift(j *Judged, former map[string][]string) (matching []int32) {
	filter := m.Filter
	if filter.Query == "" && filter.Status == "" && filter.Type == "" {
		m.Counts, m.odd = j.Counts(), j.odd
		return j.order(ordering{filter.Sort, filter.Down, filter.Health})
	}
	search := searchFor(filter.Query, j.rows)
	for _, at := range j.order(ordering{filter.Sort, filter.Down, ""}) {
		row := &j.rows[at]
		if filter.Query != "" && !search.finds(row.Formerly(former)) {
			continue
		}
		m.noteFound(row)
		if !filter.keeps(*row) {
			continue
		}
		m.count(row)
		if filter.Health == "" || row.Health == filter.Health {
			matching = append(matching, at)
		}
	}
	return matching
}

// ofHealth are the places of the rows of that health, in that order.
func (j *Judged) ofHealth(order []int32, health connector.Health) []int32 {
	matching := make([]int32, 0, j.counts[health])
	for _, at := range order {
		if j.rows[at].Health == health {
			matching = append(matching, at)
		}
	}
	return matching
}

// noteFound counts a connector that passes the search, and keeps the first.
func (m *Listing) noteFound(row *Row) {
	if m.Filter.Query == "" || row.Unreadable() {
		return
	}
	if m.FoundTotal++; m.FoundTotal == 1 {
		m.Found = append(m.Found, *row)
	}
}

func (m *Listing) count(row *Row) {
	if row.Unreadable() {
		m.odd++
	} else {
		m.Counts[row.Health]++
	}
}
