package connectors

import (
	"slices"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

const (
	mostSuggested = 7
	mostFilters   = 3
)

// Suggestions are what the top bar offers while somebody types into it: connectors, the best match first, then what the list
// can be filtered by, then the list itself.
type Suggestions struct {
	Filter Filter
	// Connectors are the first few that match, Matching how many do.
	Connectors []Suggestion
	Matching   int
	Filters    []SuggestedFilter
	// Listed is when the session read the list last, zero where it read none; Opened says that it read some connectors even so.
	Listed time.Time
	Opened bool
	Now    time.Time
}

// Suggestion is a connector that matches, and why where its name does not tell.
type Suggestion struct {
	Row Row
	Why Why
	// rank is how well it matches, 0 the best.
	rank int
	name collated
}

// Why is what of a connector matches that its name does not show: a property, a name that it had, or neither.
type Why struct {
	Property connector.Property
	Value    connector.Value
	Former   string
}

// SuggestedFilter is a filter of the list that the text names.
type SuggestedFilter struct {
	Kind, Label, Icon string
	Tone              components.Tone
	Count             int
	filter            Filter
}

// Suggest finds what the text may mean among the rows.
func Suggest(rows []Row, text string) Suggestions {
	m := Suggestions{Filter: ReadFilter(map[string][]string{"q": {text}})}
	if m.Filter.Query == "" {
		return m
	}
	search, texts := searchFor(m.Filter.Query, rows), newCollation()
	for _, row := range rows {
		if !search.finds(row) {
			continue
		}
		if m.Matching++; row.Unreadable() {
			continue
		}
		one := Suggestion{Row: row, rank: search.rank(row), name: collated{text: row.Connector.Name().String()}}
		m.offer(texts, &one)
	}
	for i := range m.Connectors {
		m.Connectors[i].Why = search.why(m.Connectors[i].Row)
	}
	m.Filters = suggestFilters(rows, search)
	return m
}

// retired connectors come after those that are as good a match: nobody calls about them.
func (s *Suggestion) retired() bool { return s.Row.Health == connector.Retired }

// offer puts one in its place among the best, where it has one.
func (m *Suggestions) offer(texts *collation, one *Suggestion) {
	better := func(other *Suggestion) bool {
		if one.rank != other.rank {
			return one.rank < other.rank
		}
		if retired := one.retired(); retired != other.retired() {
			return !retired
		}
		order := texts.compare(&one.name, &other.name)
		return order < 0 || order == 0 && one.Row.Connector.ID() < other.Row.Connector.ID()
	}
	at := len(m.Connectors)
	for at > 0 && better(&m.Connectors[at-1]) {
		at--
	}
	if at < mostSuggested {
		m.Connectors = slices.Insert(m.Connectors, at, *one)
		m.Connectors = m.Connectors[:min(mostSuggested, len(m.Connectors))]
	}
}

// suggestFilters are the health, the status and the type that the search names; those that would show no connector are left out.
func suggestFilters(rows []Row, s search) (found []SuggestedFilter) {
	phrase := strings.Join(s.words, " ")
	counts := Count(rows)
	for _, health := range connector.Healths() {
		if counts[health] > 0 && beginsWord(strings.Join(healthWords[health], " "), phrase) {
			found = append(found, SuggestedFilter{
				Kind: "Health", Label: components.HealthShort(health), Icon: components.HealthIcon(health), Tone: components.HealthTone(health),
				Count: counts[health], filter: Filter{Health: health},
			})
		}
	}
	for _, property := range []string{connector.Status, connector.Type} {
		for _, value := range offered(rows, property) {
			if strings.HasPrefix(connector.Called(value), phrase) {
				found = append(found, filterOf(rows, property, value))
			}
		}
	}
	found = slices.DeleteFunc(found, func(one SuggestedFilter) bool { return one.Count == 0 })
	return found[:min(mostFilters, len(found))]
}

func filterOf(rows []Row, property, value string) SuggestedFilter {
	one := SuggestedFilter{Kind: "Graph status", Label: value, Icon: "filter", Tone: components.Plain, filter: Filter{Status: value}}
	if property == connector.Type {
		one.Kind, one.filter = "Type", Filter{Type: value}
	}
	for _, row := range rows {
		if one.filter.keeps(row) {
			one.Count++
		}
	}
	return one
}

// URL is the address of the list so filtered.
func (f SuggestedFilter) URL() string { return f.filter.URL() }

// said is read out once the suggestions are there.
func (m Suggestions) said() string {
	switch {
	case m.Matching == 0 && !m.Listed.IsZero():
		return "No connector matches. Enter reads the list again."
	case m.Listed.IsZero():
		return "The list was not read yet. Enter reads and searches it."
	case m.Matching == 1:
		return "1 connector matches."
	}
	return connector.Thousands(m.Matching) + " connectors match."
}

// all is the last suggestion: the list, searched.
func (m Suggestions) all() string {
	switch {
	case m.Listed.IsZero():
		return "Read the list from Graph and search it"
	case m.Matching == 0:
		return "Read the list again and search it"
	case m.Matching == 1:
		return "Show it in the list"
	}
	return "Show all " + connector.Thousands(m.Matching) + " in the list"
}
