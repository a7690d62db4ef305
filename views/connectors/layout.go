package connectors

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Layout is how the list is laid out: which columns stand beside name and health, and how many rows are on a page. What the zero
// Layout does not say is as Switchboard has it.
type Layout struct {
	// Columns are Graph's names with commas between them, in the order of the columns.
	Columns string
	Size    int
}

// RowsAPage is how many connectors a page of the list shows unless somebody has chosen otherwise.
const RowsAPage = 50

// Sizes are the numbers of rows a page that can be chosen.
func Sizes() []int { return []int{25, RowsAPage, 100, 200} }

// Column is a property as a column of the list.
type Column struct {
	Name, Label string
	sort        Sort
}

// columns are all that can be chosen, in the order in which they are offered.
var columns = []Column{
	{Name: connector.LastSyncDateTime, Label: "Last sync", sort: BySync},
	{Name: connector.Status, Label: "Graph status", sort: ByStatus},
	{Name: connector.Type, Label: "Type", sort: ByType},
	{Name: connector.ServerName, Label: "Server", sort: ByServer},
	{Name: connector.PrimarySMTPAddress, Label: "Address", sort: ByAddress},
	{Name: connector.Version, Label: "Agent version", sort: ByVersion},
	{Name: connector.ConnectorServerName, Label: "Connector server", sort: ByConnectorServer},
	{Name: connector.ExchangeAlias, Label: "Alias", sort: ByAlias},
	{Name: connector.ExchangeOrganization, Label: "Organization", sort: ByOrganization},
	{Name: connector.ID, Label: "Id", sort: ByID},
}

// usual is how many of them, the first, the list shows unless somebody has chosen others.
const usual = 6

// The parameters of a layout, in an address and in a form.
const (
	ColumnsField = "columns"
	SizeField    = "size"
)

// ReadLayout reads what an address or a form says of the layout. A column or a number of rows that the list does not have is a
// problem.
func ReadLayout(query url.Values) (Layout, error) {
	var layout Layout
	var names []string
	for _, name := range strings.FieldsFunc(strings.Join(query[ColumnsField], ","), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.ContainsFunc(columns, func(one Column) bool { return one.Name == name }) {
			return Layout{}, noLayout(ColumnsField, "A column has one of Graph’s names, such as serverName.")
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	layout.Columns = strings.Join(names, ",")
	if text := query.Get(SizeField); text != "" {
		size, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(Sizes(), size) {
			return Layout{}, noLayout(SizeField, "A page has 25, 50, 100 or 200 rows.")
		}
		layout.Size = size
	}
	return layout, nil
}

func noLayout(name, message string) error {
	return problem.New(problem.BadRequest, "The list has no such layout.").Saying(message).
		Advising("Open the list and choose the columns and the rows there.").At(problem.Field{Name: name, Message: message})
}

// Over is the layout, and where it says nothing, what the other one says.
func (l Layout) Over(other Layout) Layout {
	return Layout{Columns: cmp.Or(l.Columns, other.Columns), Size: cmp.Or(l.Size, other.Size)}
}

// shown are the columns of the list.
func (l Layout) shown() []Column {
	if l.Columns == "" {
		return columns[:usual]
	}
	var all []Column
	for name := range strings.SplitSeq(l.Columns, ",") {
		if at := slices.IndexFunc(columns, func(one Column) bool { return one.Name == name }); at >= 0 {
			all = append(all, columns[at])
		}
	}
	return all
}

func (l Layout) has(name string) bool {
	return slices.ContainsFunc(l.shown(), func(one Column) bool { return one.Name == name })
}

func (l Layout) rows() int { return cmp.Or(l.Size, RowsAPage) }

// Ticked is the layout with the columns that are ticked.
func (l Layout) Ticked(ticked func(name string) bool) Layout {
	var names []string
	for _, one := range columns {
		if ticked(one.Name) {
			names = append(names, one.Name)
		}
	}
	l.Columns = strings.Join(names, ",")
	return l
}

// TickOf is the name of a column's tick in a form.
func TickOf(column string) string { return "column." + column }
