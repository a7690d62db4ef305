package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"

	"switchboard/simulator/journal"
)

const entityType = "#microsoft.graph.deviceManagementExchangeConnector"

// patch stores what the body names, all of it or nothing, and answers the whole object.
func (s *Server) patch(w http.ResponseWriter, r *http.Request, found *stored) {
	body, problem := readObject(r)
	if problem != nil {
		problem.ServeHTTP(w, r)
		return
	}
	values := map[string]*string{}
	for _, member := range body {
		if member.name == "@odata.type" && string(member.value) == `"`+entityType+`"` {
			continue
		}
		i := slices.IndexFunc(properties, func(p property) bool { return p.name == member.name })
		if i < 0 {
			unsettable(member.name).ServeHTTP(w, r)
			return
		}
		if values[member.name], problem = properties[i].accept(member.value); problem != nil {
			problem.ServeHTTP(w, r)
			return
		}
	}
	found.set(values)
	journal.Applied(r.Context())
	s.writeEntity(w, r, found)
}

// sync accepts; the date moves later, on a connector whose agent still lives.
func (s *Server) sync(w http.ResponseWriter, r *http.Request, found *stored) {
	body, problem := readObject(r)
	if problem != nil {
		problem.ServeHTTP(w, r)
		return
	}
	var kind string
	for _, member := range body {
		if member.name != "syncType" || json.Unmarshal(member.value, &kind) != nil {
			invalid("The parameter '"+member.name+"' in the request payload is not a valid parameter for the operation 'sync'.").ServeHTTP(w, r)
			return
		}
	}
	if kind != "fullSync" && kind != "deltaSync" {
		invalid("Requested value '"+kind+"' was not found.").ServeHTTP(w, r)
		return
	}
	if !found.Deaf {
		found.due = s.options.Now().Add(s.options.SyncDelay)
	}
	journal.Applied(r.Context())
	mark(w, r)
	w.WriteHeader(http.StatusNoContent)
}

type member struct {
	name  string
	value json.RawMessage
}

// readObject reads a JSON object member by member, because a map would hide a property that is named twice.
func readObject(r *http.Request) ([]member, *Problem) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, &Unreadable
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &Unreadable
	}
	members, err := parseObject(raw)
	if err != nil {
		return nil, &Unreadable
	}
	return members, nil
}

func parseObject(raw []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	var members []member
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if slices.ContainsFunc(members, func(m member) bool { return m.name == name }) {
			return nil, errors.New("named twice")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return members, nil
}
