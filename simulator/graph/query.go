package graph

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// largestPage is what a page holds at most, as Intune's own do, whatever $top or Prefer ask for.
const largestPage = 1_000

// query is a request's system query options.
type query struct {
	selected []string // nil for every property
	matches  *operand // nil for every connector
	order    []ordering
	top      int // the size of a page, -1 when it was not asked for
	skip     int
	count    bool
	token    string
	kept     []string // as they were sent; a nextLink repeats them
}

type ordering struct {
	property operand
	down     bool
}

// options reads each system query option into a query. Whatever the entity has not is refused: it can neither be expanded
// nor searched.
var options = map[string]func(*query, string) *Problem{
	"select":    (*query).readSelect,
	"filter":    (*query).readFilter,
	"orderby":   (*query).readOrder,
	"top":       (*query).readTop,
	"skip":      (*query).readSkip,
	"count":     (*query).readCount,
	"skiptoken": func(q *query, value string) *Problem { q.token = value; return nil },
	"format": func(_ *query, value string) *Problem {
		if kind, _, _ := strings.Cut(value, ";"); kind != "json" && kind != "application/json" {
			return badQuery("The value '%s' of the query option '$format' is not supported.", value)
		}
		return nil
	},
	"expand": func(_ *query, value string) *Problem {
		return badQuery("Parsing OData Select and Expand failed: %s", noSuchProperty(value))
	},
	"search": func(*query, string) *Problem {
		return badQuery("The query option '$search' is not supported on this resource.")
	},
}

// parseQuery reads what follows the question mark. net/url would drop a pair with a semicolon, which is a plain character
// in a filter's text. Graph's beta takes the options without their dollar as well, and here v1.0 does too.
func parseQuery(raw string) (query, *Problem) {
	q := query{top: -1}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(raw, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return q, badQuery("The query option '%s' is malformed.", rawName)
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return q, badQuery("The value of the query option '%s' is malformed.", name)
		}
		option, marked := strings.CutPrefix(strings.ToLower(name), "$")
		read, known := options[option]
		switch {
		case !known && marked:
			return q, badQuery("The query option '%s' is not supported.", name)
		case known && seen[option]:
			return q, badQuery("Query option '$%s' was specified more than once, but it must be specified at most once.", option)
		case known:
			seen[option] = true
			if problem := read(&q, value); problem != nil {
				return q, problem
			}
		}
		if pair != "" && option != "skip" && option != "skiptoken" {
			q.kept = append(q.kept, pair)
		}
	}
	return q, nil
}

func (q *query) readSelect(value string) *Problem {
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if name == "*" {
			q.selected = append([]string{"id"}, names()...)
			return nil
		}
		if _, ok := propertyOperand(name); !ok {
			return badQuery("Parsing OData Select and Expand failed: %s", noSuchProperty(name))
		}
		q.selected = append(q.selected, name)
	}
	return nil
}

func (q *query) readFilter(value string) *Problem {
	matches, problem := parseFilter(value)
	q.matches = &matches
	return problem
}

func (q *query) readOrder(value string) *Problem {
	for clause := range strings.SplitSeq(value, ",") {
		words := strings.Fields(clause)
		if len(words) == 0 || len(words) > 2 || len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
			return badQuery("Invalid orderby clause: syntax error in '%s'.", value)
		}
		property, ok := propertyOperand(words[0])
		if !ok {
			return badQuery("Invalid orderby clause: %s", noSuchProperty(words[0]))
		}
		q.order = append(q.order, ordering{property, len(words) == 2 && words[1] == "desc"})
	}
	return nil
}

func (q *query) readTop(value string) (problem *Problem) {
	q.top, problem = number("$top", value)
	return problem
}

func (q *query) readSkip(value string) (problem *Problem) {
	q.skip, problem = number("$skip", value)
	return problem
}

func (q *query) readCount(value string) *Problem {
	if value != "true" && value != "false" {
		return badQuery("Invalid value '%s' for $count query option found. Valid values are 'true' and 'false'.", value)
	}
	q.count = value == "true"
	return nil
}

func number(option, value string) (int, *Problem) {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || n < 0 {
		return 0, badQuery("Invalid value '%s' for %s query option found. The %s query option requires a non-negative integer value.", value, option, option)
	}
	return int(n), nil
}

// find is what the filter leaves, in the order asked for.
func (q query) find(connectors []*stored) []*stored {
	var found []*stored
	for _, connector := range connectors {
		if q.matches == nil || q.matches.value(connector.Connector).yes {
			found = append(found, connector)
		}
	}
	slices.SortFunc(found, q.compare)
	return found
}

// compare is a total order: connectors that are equal otherwise stand as they do in the plain list.
func (q query) compare(a, b *stored) int {
	for _, by := range q.order {
		order := by.property.compareNullFirst(a.Connector, b.Connector)
		if by.down {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(a.place, b.place)
}

func badQuery(format string, values ...any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: "BadRequest", Text: fmt.Sprintf(format, values...)}
}

func badFilter(format string, values ...any) *Problem {
	return badQuery("Invalid filter clause: "+format, values...)
}

func noSuchProperty(name string) string {
	return "Could not find a property named '" + name + "' on type 'microsoft.graph.deviceManagementExchangeConnector'."
}

// noSuchSegment names the last part of a path that leads nowhere.
func noSuchSegment(path string) *Problem {
	return badQuery("Resource not found for the segment '%s'.", path[strings.LastIndexByte(path, '/')+1:])
}
