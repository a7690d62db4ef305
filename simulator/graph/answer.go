package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// list answers one page. What is left for the next one begins behind the connector that the token names, in the form that
// Intune's readable tokens have.
func (s *Server) list(w http.ResponseWriter, r *http.Request) *Problem {
	q, problem := parseQuery(r.URL.RawQuery)
	if problem != nil {
		return problem
	}
	found := q.find(s.connectors)
	rest := found[min(q.skip, len(found)):]
	if q.token != "" {
		last := s.byToken(q.token)
		if last == nil {
			return badQuery("Skiptoken is malformed.")
		}
		rest = slices.DeleteFunc(slices.Clone(found), func(c *stored) bool { return q.compare(c, last) <= 0 })
	}
	size := min(s.pageSize(w, r, q), len(rest))
	page := object{{"@odata.context", s.context(r, q.selected)}}
	if q.count {
		page = append(page, field{"@odata.count", len(found)})
	}
	if size > 0 && size < len(rest) {
		page = append(page, field{"@odata.nextLink", s.nextLink(r, rest[size-1].ID, q.kept)})
	}
	items := make([]object, 0, size)
	for _, connector := range rest[:size] {
		items = append(items, connector.wire(q.selected))
	}
	s.write(w, r, http.StatusOK, append(page, field{"value", items}))
	return nil
}

// pageSize is what $top asks for, which in Graph is the size of a page and not the end of the list, else what is preferred.
func (s *Server) pageSize(w http.ResponseWriter, r *http.Request, q query) int {
	if q.top >= 0 {
		return min(q.top, largestPage)
	}
	asked, _ := preferred(r, "odata.maxpagesize")
	if size, err := strconv.Atoi(asked); err == nil && size > 0 {
		applyPreference(w, "odata.maxpagesize="+asked)
		return min(size, largestPage)
	}
	return s.options.PageSize
}

// byToken is the connector that a page ended with, even if it has been deleted since; nil for a token that is not ours.
func (s *Server) byToken(token string) *stored {
	for _, connectors := range [][]*stored{s.connectors, s.removed} {
		for _, connector := range connectors {
			if token == "LastId='"+connector.ID+"'" {
				return connector
			}
		}
	}
	return nil
}

// count answers the bare number of connectors that the filter leaves.
func (s *Server) count(w http.ResponseWriter, r *http.Request) *Problem {
	q, problem := parseQuery(r.URL.RawQuery)
	if problem != nil {
		return problem
	}
	mark(w, r)
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("OData-Version", "4.0")
	_, _ = fmt.Fprint(w, len(q.find(s.connectors)))
	return nil
}

// get answers one connector, to which the options of a list do not apply.
func (s *Server) get(w http.ResponseWriter, r *http.Request, found *stored) *Problem {
	q, problem := parseQuery(r.URL.RawQuery)
	if problem != nil {
		return problem
	}
	if q.matches != nil || q.order != nil || q.top >= 0 || q.skip > 0 || q.count {
		return badQuery("The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections.")
	}
	s.writeEntity(w, r, http.StatusOK, found, q.selected)
	return nil
}

// nextLink escapes in lower-case hex, as Intune does: whoever sends it must not re-encode it. The options that made the
// page come behind, as they were sent.
func (s *Server) nextLink(r *http.Request, last string, kept []string) string {
	token := "$skiptoken=LastId%3d%27" + url.QueryEscape(last) + "%27"
	return s.base(r) + Collection + "?" + strings.Join(append([]string{token}, kept...), "&")
}

// context says what an answer holds.
func (s *Server) context(r *http.Request, selected []string) string {
	context := s.base(r) + "/$metadata#deviceManagement/exchangeConnectors"
	if selected != nil {
		context += "(" + strings.Join(selected, ",") + ")"
	}
	return context
}

func (s *Server) writeEntity(w http.ResponseWriter, r *http.Request, status int, connector *stored, selected []string) {
	context := field{"@odata.context", s.context(r, selected) + "/$entity"}
	s.write(w, r, status, append(object{context}, connector.wire(selected)...))
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body object) {
	mark(w, r)
	encoded, err := body.MarshalJSON() // json.Marshal would escape markup again
	if err != nil {
		Internal.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("OData-Version", "4.0")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(encoded) // a caller that has gone is no concern of Graph's
}

// noContent answers that it is done, and nothing else.
func noContent(w http.ResponseWriter, r *http.Request) {
	mark(w, r)
	w.WriteHeader(http.StatusNoContent)
}

// wire is the entity under minimal metadata: the properties that were selected, all ten for nil, in metadata's order, nulls
// included, no @odata.type.
func (c Connector) wire(selected []string) object {
	body := object{}
	wanted := func(name string) bool { return selected == nil || slices.Contains(selected, name) }
	if wanted("id") {
		body = append(body, field{"id", c.ID})
	}
	for _, property := range properties {
		if wanted(property.name) {
			body = append(body, field{property.name, c.Values[property.name]})
		}
	}
	return body
}

// object is JSON whose members keep their order.
type object []field

type field struct {
	name  string
	value any
}

// MarshalJSON writes text as Graph does, without escaping markup.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, member := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		value, err := encode(member.value)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", member.name, err)
		}
		fmt.Fprintf(&out, "%q:%s", member.name, value) // names are our own and plain
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}
