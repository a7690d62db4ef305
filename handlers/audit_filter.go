package handlers

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/audit"
	"switchboard/connector"
	"switchboard/problem"
	"switchboard/signin"
)

// filterNames are the parts of a filter of the record, as the query of the page and of the exports names them.
var filterNames = []string{"connector", "person", "action", "outcome", "from", "to"}

// recordFilter reads which lines of the record are asked for, and what of it cannot be read. A connector may be named by
// what people call it. A parameter that nobody knows is a fault: an export that ignored it would hold more than was meant.
func (h *Handlers) recordFilter(c echo.Context, person *signin.Person, others ...string) (audit.Filter, []problem.Field) {
	query := c.QueryParams()
	faults := strange(query, append(others, filterNames...))
	plain := url.Values{}
	for _, name := range filterNames {
		plain.Set(name, strings.TrimSpace(query.Get(name)))
	}
	for _, bound := range []string{"from", "to"} {
		plain.Set(bound, inUTC(plain.Get(bound)))
	}
	id, fault := h.connectorCalled(person, plain.Get("connector"))
	if fault != "" {
		faults = append(faults, problem.Field{Name: "connector", Message: fault})
	}
	plain.Set("connector", id)
	filter, err := audit.ParseFilter(plain)
	if err != nil {
		faults = append(faults, filterFaults(plain)...)
	}
	if !filter.From.IsZero() && !filter.To.IsZero() && !filter.From.Before(filter.To) {
		faults = append(faults, problem.Field{Name: "to", Message: "Enter a time that is after the one in ‘From’."})
	}
	return filter, faults
}

// strange are the parameters that are not among the known ones, and those given twice.
func strange(query url.Values, known []string) (faults []problem.Field) {
	for name, values := range query {
		switch {
		case !slices.Contains(known, name):
			faults = append(faults, problem.Field{Name: name, Message: "The audit log does not have this filter. Take it out of the address."})
		case len(values) > 1:
			faults = append(faults, problem.Field{Name: name, Message: "The address has this filter more than once. Leave one."})
		}
	}
	slices.SortFunc(faults, func(a, b problem.Field) int { return strings.Compare(a.Name, b.Name) })
	return faults
}

// filterFaults are the parts of a filter that cannot be read, one by one.
func filterFaults(plain url.Values) (faults []problem.Field) {
	for _, name := range filterNames {
		if _, err := audit.ParseFilter(url.Values{name: {plain.Get(name)}}); err != nil {
			faults = append(faults, problem.Field{Name: name, Message: sentence(strings.TrimPrefix(err.Error(), name+"="))})
		}
	}
	return faults
}

// sentence is an error's text as a person reads it.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// inUTC completes a time that a person typed without its zone, which the page says is UTC. Anything else stays as it is.
func inUTC(text string) string {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(time.RFC3339)
		}
	}
	return text
}

// connectorCalled is the id of the connector that a person means: by its id, by its name, or by a part of it that no
// other name has. What is none of these is taken as an id, since the record knows connectors that are gone.
func (h *Handlers) connectorCalled(person *signin.Person, text string) (id, fault string) {
	listing, there := h.Inventory.Recent(person, maxNameAge)
	if text == "" || !there {
		return text, ""
	}
	var called, partly []string
	for _, one := range listing.Connectors {
		id, name := one.ID(), one.Name()
		switch {
		case connector.SameID(id, text):
			return id, ""
		case strings.EqualFold(name.String(), text), strings.EqualFold(name.Short, text):
			called = append(called, id)
		case strings.Contains(strings.ToLower(name.String()), strings.ToLower(text)):
			partly = append(partly, id)
		}
	}
	if len(called) == 0 {
		called = partly
	}
	switch len(called) {
	case 0:
		return text, ""
	case 1:
		return called[0], ""
	}
	return text, "More than one connector has this name. Enter the id of the one that you mean."
}
