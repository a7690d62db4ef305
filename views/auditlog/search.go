package auditlog

import (
	"net/url"
	"slices"
	"strconv"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// Cursor is a place in the log: before or after a line.
type Cursor struct {
	// There says that there is something to show.
	There         bool
	Before, After int64
}

// Search is what of the log is asked for, as it was typed: the query of the page's address.
type Search struct {
	Text, Kind, Connector, Person, Action, Outcome, From, To string
	// Period is the time that is asked for.
	Period Period
	// ConnectorName and PersonName are what the filter is called where an id was given.
	ConnectorName, PersonName string
	// Meant are the connectors that are or were called as typed, where those are several or the name is not today's; MeantToo
	// counts those that are not listed.
	Meant    []Bearer
	MeantToo int
	// Errors are the fields that cannot be read.
	Errors []problem.Field
}

// meantWords begin the list of the connectors that are meant.
func (s Search) meantWords() string {
	if count := len(s.Meant) + s.MeantToo; count > 1 {
		return components.Count(count, "connector", "connectors") + " with this name, now or formerly:"
	}
	return "The connector that had this name is now"
}

// URL is the address of the log so filtered, at that place.
func (s Search) URL(at Cursor) string {
	query := url.Values{}
	for _, part := range s.parts() {
		if part.value != "" {
			query.Set(part.name, part.value)
		}
	}
	if s.Period.Range != "" && s.Period.Zone != "" {
		query.Set("tz", s.Period.Zone)
	}
	if at.Before > 0 {
		query.Set("before", strconv.FormatInt(at.Before, 10))
	}
	if at.After > 0 {
		query.Set("after", strconv.FormatInt(at.After, 10))
	}
	if len(query) == 0 {
		return "/audit"
	}
	return "/audit?" + query.Encode()
}

func (s Search) parts() []searchPart {
	return []searchPart{
		{"q", "Text", s.Text, s.Text},
		{"kind", "Show", s.Kind, wordsOf(kindWords, s.Kind)},
		{"range", "Period", s.Period.Range, s.Period.days()},
		{"person", "Person", s.Person, or(s.PersonName, s.Person)},
		{"connector", "Connector", s.Connector, or(s.ConnectorName, s.Connector)},
		{"action", "Action", s.Action, actionWord(s.Action)},
		{"outcome", "Outcome", s.Outcome, outcomeChoice(s.Outcome)},
		{"from", "From", s.From, understood(s.From, s.Period.From)},
		{"to", "Until", s.To, understood(s.To, s.Period.To)},
	}
}

// without drops one part of the filter.
func (s Search) without(name string) Search {
	parts := map[string]*string{
		"q": &s.Text, "kind": &s.Kind, "range": &s.Period.Range,
		"person": &s.Person, "connector": &s.Connector, "action": &s.Action, "outcome": &s.Outcome, "from": &s.From, "to": &s.To,
	}
	*parts[name] = ""
	return s
}

func (s Search) chips() (chips []forms.Chip) {
	for _, part := range s.parts() {
		if part.value != "" {
			chips = append(chips, forms.Chip{Name: part.label, Value: part.shown, Without: s.without(part.name).URL(Cursor{})})
		}
	}
	return chips
}

// fieldError is what is wrong with a field; empty where nothing is.
func (s Search) fieldError(name string) string {
	for _, one := range s.Errors {
		if one.Name == name {
			return one.Message
		}
	}
	return ""
}

// strange are the errors of what no field of the form sent.
func (s Search) strange() (unknown []problem.Field) {
	for _, one := range s.Errors {
		if !slices.ContainsFunc(s.parts(), func(part searchPart) bool { return part.name == one.Name }) {
			unknown = append(unknown, one)
		}
	}
	return unknown
}

// Bearer is a connector that a filter's name means, with its name of today.
type Bearer struct {
	ID   string
	Name connector.Name
}

type searchPart struct{ name, label, value, shown string }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
