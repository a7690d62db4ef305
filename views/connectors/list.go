package connectors

import (
	"slices"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// Row is one connector in a list.
type Row struct {
	Connector connector.Connector
	Health    connector.Health
	// Sentence explains the health where somebody is needed; the list leaves it out.
	Sentence connector.Sentence
	// Former are names that the connector had; searches find it by them.
	Former []string
	// Past is what people's earlier reads tell of the health; empty where nobody asked for it.
	Past string
	// InDoubt says that a change of this connector is in doubt.
	InDoubt bool
	// Claim is who is on it; nil for nobody.
	Claim *Claim
	// Faults say why Graph's row is no connector; then Connector holds what could be read, and there is no health. None
	// for a connector.
	Faults []string
}

// Counts says how many connectors are of each health.
type Counts map[connector.Health]int

// Total is how many there are.
func (c Counts) Total() int {
	total := 0
	for _, n := range c {
		total += n
	}
	return total
}

// Count counts rows by health.
func Count(rows []Row) Counts {
	counts := Counts{}
	for _, row := range rows {
		if !row.Unreadable() {
			counts[row.Health]++
		}
	}
	return counts
}

// Listing is one page of the list of connectors.
type Listing struct {
	Filter Filter
	// Rows are those of this page.
	Rows []Row
	// Total is how many the tenant has, Matching how many pass the filter; rows that cannot be read are among both.
	Total, Matching int
	// Counts are for the tabs: those that pass all filters but that of health. odd are the unreadable among those.
	Counts Counts
	odd    int
	// Gaps are what the list does not tell.
	Gaps Gaps
	// Statuses and Types are what can be filtered by.
	Statuses, Types []string
	// Found is the first connector that passes the search alone, and FoundTotal how many do.
	Found      []Row
	FoundTotal int
	// Read is when Graph gave the list, Now the time that ages are told from.
	Read, Now time.Time
	// Stale says that Graph does not answer and that the list is old; nil for a list of now.
	Stale *Stale
	Tools
}

// Tools are what a person can do with the list.
type Tools struct {
	// Token goes into the forms of the page.
	Token string
	// MayEdit and MayAudit say what the rows offer.
	MayEdit, MayAudit bool
	// Views are the person's own.
	Views []View
}

// List is the page of all rows that the filter asks for.
func List(rows []Row, filter Filter) Listing { return Judge(rows).List(filter, nil) }

// Matching are all rows that the filter finds, in its order.
func Matching(rows []Row, filter Filter) []Row { return Judge(rows).Matching(filter, nil) }

// offered are the choices of a property that Graph documents, and those that it sent beside them.
func offered(rows []Row, name string) []string {
	property, _ := connector.Lookup(name)
	choices := slices.Clone(property.Choices)
	for _, row := range rows {
		if row.Unreadable() {
			continue
		}
		if value := row.Connector.Value(name); !value.IsEmpty() && !value.Long() && !slices.Contains(choices, value.Text()) {
			choices = append(choices, value.Text())
		}
	}
	slices.Sort(choices[len(property.Choices):])
	return choices
}

func (m Listing) pageRows() int { return m.Filter.layout().rows() }
func (m Listing) pages() int    { return max(1, (m.Matching+m.pageRows()-1)/m.pageRows()) }

// tickable is how many of those that match can be ticked: a row that cannot be read is nothing to work on.
func (m Listing) tickable() int {
	if m.Filter.Health != "" {
		return m.Matching
	}
	return m.Matching - m.odd
}

// Title is the page's title.
func (m Listing) Title() string {
	switch {
	case m.Stale != nil:
		return "Saved values, Connectors"
	case m.Filter.active():
		return components.Count(m.Matching, "match", "matches") + ", Connectors"
	case m.Counts[connector.Broken] > 0:
		return connector.Thousands(m.Counts[connector.Broken]) + " newly broken, Connectors"
	}
	return "Connectors"
}

// said is read out after the list has changed.
func (m Listing) said() string {
	if m.Matching == 0 {
		return "No connector matches"
	}
	if m.Matching == 1 {
		return "1 connector matches"
	}
	return connector.Thousands(m.Matching) + " connectors match"
}

// span says which rows of how many are shown.
func (m Listing) span() string {
	from := (m.Filter.Page-1)*m.pageRows() + 1
	text := connector.Thousands(from) + " to " + connector.Thousands(from+len(m.Rows)-1) + " of " + connector.Thousands(m.Matching)
	if m.Stale != nil {
		text += ", saved at " + components.Clock(m.Read, m.Now)
	}
	return text
}

// near are the pages that the pager links to: the first, the last and those around this one; 0 stands for a gap.
func (m Listing) near() []int {
	var pages []int
	last := m.pages()
	for page := 1; page <= last; page++ {
		if page == 1 || page == last || page >= m.Filter.Page-1 && page <= m.Filter.Page+1 {
			pages = append(pages, page)
		} else if pages[len(pages)-1] != 0 {
			pages = append(pages, 0)
		}
	}
	return pages
}
