package connectors

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/forms"
)

// Filter is what of the list is shown and in which order: the query of the list's address. The zero Filter is the whole
// list, sorted by health.
type Filter struct {
	// Query is what is searched for; empty where it has nothing that could be.
	Query string
	// Health, Status and Type keep those of one kind; empty keeps all.
	Health connector.Health
	Status string
	Type   string
	// Sort is the column; the zero Sort is by health.
	Sort Sort
	// Down turns the order round.
	Down bool
	// Page is counted from 1; 0 is the first too.
	Page int
}

// Sort is a column of the list by which it can be sorted.
type Sort string

// The columns.
const (
	ByHealth Sort = ""
	ByName   Sort = "name"
	BySync   Sort = "sync"
	ByStatus Sort = "status"
	ByType   Sort = "type"
	ByServer Sort = "server"
)

const longestQuery = 200

// ReadFilter reads the query of the list's address. What it does not know, it takes as not said.
func ReadFilter(query url.Values) Filter {
	filter := Filter{
		Query:  firstRunes(strings.TrimSpace(query.Get("q")), longestQuery),
		Status: query.Get("status"),
		Type:   query.Get("type"),
	}
	if len(connector.Words(filter.Query)) == 0 {
		filter.Query = ""
	}
	if health := connector.Health(query.Get("health")); health.Rank() >= 0 {
		filter.Health = health
	}
	column, down := strings.CutPrefix(query.Get("sort"), "-")
	if slices.Contains([]Sort{ByName, BySync, ByStatus, ByType, ByServer}, Sort(column)) || column == "health" && down {
		filter.Sort, filter.Down = Sort(strings.TrimPrefix(column, "health")), down
	}
	filter.Page, _ = strconv.Atoi(query.Get("page"))
	return filter
}

func firstRunes(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(most, len(runes))])
}

// URL is the address of the list so filtered and sorted.
func (f Filter) URL() string {
	query := url.Values{}
	add := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	add("q", f.Query)
	add("health", string(f.Health))
	add("status", f.Status)
	add("type", f.Type)
	add("sort", f.sortValue())
	if f.Page > 1 {
		query.Set("page", strconv.Itoa(f.Page))
	}
	if len(query) == 0 {
		return "/connectors"
	}
	return "/connectors?" + query.Encode()
}

func (f Filter) sortValue() string {
	switch {
	case f.Sort == ByHealth && f.Down:
		return "-health"
	case f.Down:
		return "-" + string(f.Sort)
	}
	return string(f.Sort)
}

func (f Filter) withHealth(health connector.Health) Filter { f.Health, f.Page = health, 0; return f }
func (f Filter) withPage(page int) Filter                  { f.Page = page; return f }

// sortedBy is the list sorted by a column, the other way round if it is already.
func (f Filter) sortedBy(column Sort) Filter {
	f.Down = f.Sort == column && !f.Down
	f.Sort, f.Page = column, 0
	return f
}

// onlyQuery keeps the search and drops the other filters.
func (f Filter) onlyQuery() Filter { return Filter{Query: f.Query, Sort: f.Sort, Down: f.Down} }

// cleared drops every filter and keeps the order.
func (f Filter) cleared() Filter { return Filter{Sort: f.Sort, Down: f.Down} }

// active says whether the filter hides anything.
func (f Filter) active() bool { return len(f.chips()) > 0 }

func (f Filter) chips() []forms.Chip {
	var chips []forms.Chip
	add := func(name, value string, without Filter) {
		if value != "" {
			without.Page = 0
			chips = append(chips, forms.Chip{Name: name, Value: value, Without: without.URL()})
		}
	}
	add("Search", f.Query, Filter{Health: f.Health, Status: f.Status, Type: f.Type, Sort: f.Sort, Down: f.Down})
	if f.Health != "" {
		add("Health", f.Health.Label(), Filter{Query: f.Query, Status: f.Status, Type: f.Type, Sort: f.Sort, Down: f.Down})
	}
	add("Graph status", f.Status, Filter{Query: f.Query, Health: f.Health, Type: f.Type, Sort: f.Sort, Down: f.Down})
	add("Type", f.Type, Filter{Query: f.Query, Health: f.Health, Status: f.Status, Sort: f.Sort, Down: f.Down})
	return chips
}

// keeps says whether a row passes the filters of status and type: the tabs count those of each health.
func (f Filter) keeps(row Row) bool {
	c := row.Connector
	if row.Unreadable() && (f.Status != "" || f.Type != "") {
		return false
	}
	return (f.Status == "" || c.Value(connector.Status).Text() == f.Status) &&
		(f.Type == "" || c.Value(connector.Type).Text() == f.Type)
}
