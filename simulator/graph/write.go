package graph

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"switchboard/simulator/journal"
)

const entityType = "#microsoft.graph.deviceManagementExchangeConnector"

// patch stores what the body names, all of it or nothing, and answers the whole object, or nothing to whoever prefers that.
func (s *Server) patch(w http.ResponseWriter, r *http.Request, found *stored) *Problem {
	body, problem := readObject(r)
	if problem != nil {
		return problem
	}
	values, problem := readValues(body, func(id string) bool { return strings.EqualFold(id, found.ID) })
	if problem != nil {
		return problem
	}
	found.set(values)
	journal.Applied(r.Context())
	s.writeChanged(w, r, http.StatusOK, found)
	return nil
}

// create stores a new connector under an id of the service's. What the body leaves out and cannot be null is the type's
// first value.
func (s *Server) create(w http.ResponseWriter, r *http.Request) *Problem {
	body, problem := readObject(r)
	if problem != nil {
		return problem
	}
	given, problem := readValues(body, func(string) bool { return true })
	if problem != nil {
		return problem
	}
	never, none, onPremises := "0001-01-01T00:00:00Z", "none", "onPremises"
	values := map[string]*string{lastSync: &never, status: &none, connectorType: &onPremises}
	maps.Copy(values, given)
	added := s.add(Connector{ID: uuid.NewString(), Values: values, Deaf: *values[connectorType] == onPremises})
	journal.Applied(r.Context())
	location := s.base(r) + Collection + "('" + added.ID + "')"
	w.Header().Set("Location", location)
	w.Header().Set("OData-EntityId", location)
	s.writeChanged(w, r, http.StatusCreated, added)
	return nil
}

// writeChanged answers what was changed, as the caller prefers.
func (s *Server) writeChanged(w http.ResponseWriter, r *http.Request, status int, changed *stored) {
	preference, ok := preferred(r, "return")
	if ok && (preference == "minimal" || preference == "representation") {
		applyPreference(w, "return="+preference)
	}
	if preference == "minimal" {
		noContent(w, r)
		return
	}
	s.writeEntity(w, r, status, changed, nil)
}

// readValues takes the properties out of a body. Annotations change nothing, but a type must be the connector's; an id must
// be one that the caller may name.
func readValues(body []member, mayName func(id string) bool) (map[string]*string, *Problem) {
	values := map[string]*string{}
	for _, member := range body {
		var id string
		switch {
		case member.name == "@odata.type" && string(member.value) != `"`+entityType+`"`:
			return nil, unsettable(member.name)
		case strings.Contains(member.name, "@"):
			continue
		case member.name == "id" && json.Unmarshal(member.value, &id) == nil && mayName(id):
			continue
		}
		i := slices.IndexFunc(properties, func(p property) bool { return p.name == member.name })
		if i < 0 {
			return nil, unsettable(member.name)
		}
		value, problem := properties[i].accept(member.value)
		if problem != nil {
			return nil, problem
		}
		values[member.name] = value
	}
	return values, nil
}

// sync accepts; the date moves later, on a connector whose agent still lives.
func (s *Server) sync(w http.ResponseWriter, r *http.Request, found *stored) *Problem {
	body, problem := readObject(r)
	if problem != nil {
		return problem
	}
	var kind string
	for _, member := range body {
		if member.name != "syncType" || json.Unmarshal(member.value, &kind) != nil {
			return invalid("The parameter '" + member.name + "' in the request payload is not a valid parameter for the operation 'sync'.")
		}
	}
	if kind != "fullSync" && kind != "deltaSync" {
		return invalid("Requested value '" + kind + "' was not found.")
	}
	if !found.Deaf {
		found.due = s.options.Now().Add(s.options.SyncDelay)
	}
	journal.Applied(r.Context())
	noContent(w, r)
	return nil
}
