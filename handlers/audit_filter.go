package handlers

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// filterNames are the parts of a filter of the audit log, as the query of the page and of the exports names them.
var filterNames = []string{"q", "kind", "range", "tz", "connector", "person", "action", "outcome", "from", "to"}

// auditFilter reads which lines of the audit log are asked for, and what of it cannot be read. A connector may be named by
// what people call it. A parameter that nobody knows is a fault: an export that ignored it would hold more than was meant.
// The error says that it cannot be found out who is meant.
func (h *auditPages) auditFilter(c echo.Context, person *session.Person, others ...string) (audit.Filter, []problem.Field, error) {
	query := c.QueryParams()
	faults := strange(query, append(others, filterNames...))
	plain := url.Values{}
	for _, name := range filterNames {
		plain.Set(name, strings.TrimSpace(query.Get(name)))
	}
	faults = append(faults, readBounds(plain, h.now())...)
	filter, err := audit.ParseFilter(plain)
	if err != nil {
		faults = append(faults, filterFaults(plain)...)
	}
	if filter.Text != "" && len(faults) == 0 {
		if err := h.auditLog.Searchable(c.Request().Context()); err != nil {
			return filter, nil, unreadableLog(err)
		}
		h.keepNames(c)
	}
	if !filter.From.IsZero() && !filter.To.IsZero() && !filter.From.Before(filter.To) {
		faults = append(faults, problem.Field{Name: "to", Message: "Enter a time that is after the one in ‘From’."})
	}
	filter.Connectors, err = h.connectorsCalled(c, person, filter.Connector)
	switch {
	case errors.Is(err, errUnheardOf):
		faults = append(faults, problem.Field{Name: "connector", Message: unheardOf})
	case err != nil && len(faults) == 0:
		return filter, nil, err
	}
	return filter, faults, nil
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
