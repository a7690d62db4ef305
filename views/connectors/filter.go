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
	// Layout is what the address says of it, Kept what the person has chosen before; the address goes first.
	Layout, Kept Layout
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

	ByAddress         Sort = connector.PrimarySMTPAddress
	ByVersion         Sort = connector.Version
	ByConnectorServer Sort = connector.ConnectorServerName
	ByAlias           Sort = connector.ExchangeAlias
	ByOrganization    Sort = connector.ExchangeOrganization
	ByID              Sort = connector.ID
)

var sorts = []Sort{ByName, BySync, ByStatus, ByType, ByServer, ByAddress, ByVersion, ByConnectorServer, ByAlias, ByOrganization, ByID}

// Parameters are all that an address of the list may have.
var Parameters = []string{"q", "health", "status", "type", "sort", "page", ColumnsField, SizeField}

// ReadField asks for a list that is read anew; it is no parameter of a view.
const ReadField = "read"

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
	if slices.Contains(sorts, Sort(column)) || column == "health" && down {
		filter.Sort, filter.Down = Sort(strings.TrimPrefix(column, "health")), down
	}
	filter.Page, _ = strconv.Atoi(query.Get("page"))
	if layout, err := ReadLayout(query); err == nil {
		filter.Layout = layout
	}
	return filter
}

func firstRunes(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(most, len(runes))])
}

// Values are the parameters of its address.
func (f Filter) Values() url.Values {
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
	add(ColumnsField, f.Layout.Columns)
	if f.Layout.Size > 0 {
		query.Set(SizeField, strconv.Itoa(f.Layout.Size))
	}
	return query
}

// URL is the address of the list so filtered and sorted.
func (f Filter) URL() string { return address("/connectors", f.Values()) }

// anewURL is the address of the same page of a list that is read anew.
func (f Filter) anewURL() string {
	query := f.Values()
	query.Set(ReadField, "anew")
	return address("/connectors", query)
}

// CSVURL and JSONURL are the addresses of what it finds as files, all pages in one.
func (f Filter) CSVURL() string  { return address("/connectors.csv", f.everyPage().Values()) }
func (f Filter) JSONURL() string { return address("/connectors.json", f.everyPage().Values()) }

// idsURL is the address of the ids of all that it finds.
func (f Filter) idsURL() string {
	query := f.everyPage().Values()
	query.Set(PartField, IDsPart)
	return address("/connectors", query)
}

// PartField asks for a part of the page, IDsPart is the one with the ids of all that match.
const (
	PartField = "part"
	IDsPart   = "ids"
)

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// everyPage is the filter without what only the page of the list has.
func (f Filter) everyPage() Filter { f.Page, f.Layout = 0, Layout{}; return f }

// layout is what holds for the page.
func (f Filter) layout() Layout { return f.Layout.Over(f.Kept) }

// chosen says whether somebody has chosen the columns.
func (f Filter) chosen() bool { return f.layout().Columns != "" }

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
func (f Filter) onlyQuery() Filter { f.Health, f.Status, f.Type, f.Page = "", "", "", 0; return f }

// cleared drops every filter and keeps the order.
func (f Filter) cleared() Filter { f.Query = ""; return f.onlyQuery() }

// active says whether the filter hides anything.
func (f Filter) active() bool { return len(f.chips()) > 0 }

func (f Filter) chips() []forms.Chip {
	var chips []forms.Chip
	add := func(name, value string, drop func(*Filter)) {
		if value != "" {
			without := f
			drop(&without)
			without.Page = 0
			chips = append(chips, forms.Chip{Name: name, Value: value, Without: without.URL()})
		}
	}
	add("Search", f.Query, func(f *Filter) { f.Query = "" })
	if f.Health != "" {
		add("Health", f.Health.Label(), func(f *Filter) { f.Health = "" })
	}
	add("Graph status", f.Status, func(f *Filter) { f.Status = "" })
	add("Type", f.Type, func(f *Filter) { f.Type = "" })
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
