package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// list answers one page. The token names the last id of the page before, in the form that Intune's readable tokens have.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := 0
	if token := r.URL.Query().Get("$skiptoken"); token != "" {
		last, ok := strings.CutPrefix(token, "LastId='")
		i := slices.IndexFunc(s.connectors, func(c *stored) bool { return c.ID+"'" == last })
		if !ok || i < 0 {
			Problem{Status: http.StatusBadRequest, Code: "BadRequest", Text: "Skiptoken is malformed."}.ServeHTTP(w, r)
			return
		}
		from = i + 1
	}
	to := min(from+s.options.PageSize, len(s.connectors))
	page := object{{"@odata.context", s.options.Base.String() + "/$metadata#deviceManagement/exchangeConnectors"}}
	if to < len(s.connectors) {
		page = append(page, field{"@odata.nextLink", s.nextLink(s.connectors[to-1].ID)})
	}
	items := make([]object, 0, to-from)
	for _, connector := range s.connectors[from:to] {
		connector.settle(s.options.Now())
		items = append(items, connector.wire())
	}
	s.write(w, r, append(page, field{"value", items}))
}

// nextLink escapes in lower-case hex, as Intune does: whoever sends it must not re-encode it.
func (s *Server) nextLink(last string) string {
	return s.options.Base.String() + Collection + "?$skiptoken=LastId%3d%27" + url.QueryEscape(last) + "%27"
}

func (s *Server) writeEntity(w http.ResponseWriter, r *http.Request, connector *stored) {
	context := field{"@odata.context", s.options.Base.String() + "/$metadata#deviceManagement/exchangeConnectors/$entity"}
	s.write(w, r, append(object{context}, connector.wire()...))
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, body object) {
	mark(w, r)
	encoded, err := body.MarshalJSON() // json.Marshal would escape markup again
	if err != nil {
		Internal.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("OData-Version", "4.0")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(encoded) // a caller that has gone is no concern of Graph's
}

// wire is the entity under minimal metadata: all ten properties, nulls included, no @odata.type.
func (c Connector) wire() object {
	body := object{{"id", c.ID}}
	for _, property := range properties {
		body = append(body, field{property.name, c.Values[property.name]})
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
