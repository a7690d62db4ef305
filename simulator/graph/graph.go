// Package graph plays the part of Microsoft Graph that knows Exchange connectors: list with OData's query options, get,
// create, update, delete and sync, alone or in a batch, with Graph's headers, validation and error bodies. It knows nothing
// of the client that is tried against it.
package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"switchboard/simulator/journal"
)

// Collection is the path of the connectors, relative to the Graph root.
const Collection = "/deviceManagement/exchangeConnectors"

// Options say how a Server behaves. All but Now and Authenticate may be left out.
type Options struct {
	// Base is the Graph root as callers see it, for instance "http://127.0.0.1:8081/graph/beta".
	Base *url.URL
	// Authenticate tells whose bearer a request carries, or the Problem to answer.
	Authenticate func(r *http.Request, bearer string) (Caller, *Problem)
	Connectors   []Connector
	PageSize     int
	// SyncDelay is the time from an accepted sync until lastSyncDateTime moves.
	SyncDelay time.Duration
	Now       func() time.Time
}

// Server is Graph's handler. It is safe for concurrent use.
type Server struct {
	options Options

	root string // the path above the versions, with a slash at its end

	mu         sync.Mutex
	connectors []*stored // in list order
	removed    []*stored // the last ones, so that a page that ended with one can be followed
	next       int       // the place of a new connector in list order
}

// New makes a Server that holds copies of the connectors.
func New(options Options) (*Server, error) {
	s := &Server{options: options, root: parent(options.Base.Path)}
	seen := map[string]bool{}
	for _, connector := range options.Connectors {
		if connector.ID == "" || seen[connector.ID] {
			return nil, fmt.Errorf("connector id %q: needed once", connector.ID)
		}
		seen[connector.ID] = true
		s.add(connector)
	}
	return s, nil
}

// Key is the request's fault key: its method and its unescaped path relative to the Graph root, the version left out. It is
// the same for every way of writing an address.
func (s *Server) Key(r *http.Request) string { return r.Method + " " + s.locate(r).key() }

// ServeHTTP expects requests that went through Identify.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := s.locate(r)
	if asked.version == "" {
		version, _, _ := strings.Cut(strings.TrimPrefix(asked.path, s.root), "/")
		Problem{Status: http.StatusNotFound, Code: "ResourceNotFound", Text: "Invalid version: " + strings.ToLower(version)}.ServeHTTP(w, r)
		return
	}
	if !asked.target.known {
		noSuchSegment(asked.path).ServeHTTP(w, r)
		return
	}
	caller, problem := identified(r.Context())
	if problem == nil {
		problem = caller.may(r.Method)
	}
	if problem == nil {
		problem = s.serve(w, r, asked.target)
	}
	if problem != nil {
		problem.ServeHTTP(w, r)
	}
}

// serve answers, or returns the Problem to answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, asked target) *Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	for _, connector := range s.connectors {
		connector.settle(now)
	}
	switch {
	case asked.one:
		return s.entity(w, r, asked)
	case asked.operation == "$count" && r.Method == http.MethodGet:
		return s.count(w, r)
	case asked.operation != "":
		return &NoSuchMethod
	case r.Method == http.MethodGet:
		return s.list(w, r)
	case r.Method == http.MethodPost:
		return s.create(w, r)
	}
	return &NoSuchMethod
}

func (s *Server) entity(w http.ResponseWriter, r *http.Request, asked target) *Problem {
	i := slices.IndexFunc(s.connectors, func(c *stored) bool { return strings.EqualFold(c.ID, asked.id) })
	if i < 0 {
		return &NotFound
	}
	found := s.connectors[i]
	switch r.Method + " " + asked.operation {
	case "GET ":
		return s.get(w, r, found)
	case "PATCH ":
		return s.patch(w, r, found)
	case "DELETE ":
		s.remove(i)
		journal.Applied(r.Context())
		noContent(w, r)
		return nil
	case "POST sync":
		return s.sync(w, r, found)
	}
	if asked.operation != "" && asked.operation != "sync" {
		return noSuchSegment(asked.operation)
	}
	return &NoSuchMethod
}

// Connector is a copy of what is stored now, to compare with what somebody shows.
func (s *Server) Connector(id string) (Connector, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, connector := range s.connectors {
		if connector.ID == id {
			connector.settle(s.options.Now())
			return connector.clone(), true
		}
	}
	return Connector{}, false
}

// Connectors is a copy of everything stored, in list order.
func (s *Server) Connectors() []Connector {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Connector
	for _, connector := range s.connectors {
		connector.settle(s.options.Now())
		all = append(all, connector.clone())
	}
	return all
}

// Set changes properties behind everybody's back, as another administrator does: nil is null, nothing is validated.
func (s *Server) Set(id string, values map[string]*string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, connector := range s.connectors {
		if connector.ID == id {
			connector.settle(s.options.Now())
			connector.set(values)
			return nil
		}
	}
	return fmt.Errorf("no connector %q", id)
}

// Remove deletes a connector, as the administration centre does.
func (s *Server) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.connectors, func(c *stored) bool { return c.ID == id })
	if i < 0 {
		return fmt.Errorf("no connector %q", id)
	}
	s.remove(i)
	return nil
}

// keptRemoved bounds what is remembered of connectors that are gone.
const keptRemoved = 1_000

func (s *Server) remove(i int) {
	if len(s.removed) == keptRemoved {
		s.removed = slices.Delete(s.removed, 0, keptRemoved/10)
	}
	s.removed = append(s.removed, s.connectors[i])
	s.connectors = slices.Delete(s.connectors, i, i+1)
}

// add stores a copy at the end of the list.
func (s *Server) add(connector Connector) *stored {
	added := store(connector, s.options.Now())
	added.place = s.next
	s.next++
	s.connectors = append(s.connectors, added)
	return added
}

// mark sets the headers that every answer of Graph carries and returns its two ids. Without a client-request-id of the
// caller's it equals request-id, as seen in public traffic.
func mark(w http.ResponseWriter, r *http.Request) (requestID, clientRequestID string) {
	requestID = uuid.NewString()
	if clientRequestID = r.Header.Get("client-request-id"); clientRequestID == "" {
		clientRequestID = requestID
	}
	header := w.Header()
	header.Set("request-id", requestID)
	header.Set("client-request-id", clientRequestID)
	header.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"003","RoleInstance":"AM4PEPF00012345"}}`)
	header.Set("Vary", "Accept-Encoding")
	header.Set("Strict-Transport-Security", "max-age=31536000")
	return requestID, clientRequestID
}

func parent(path string) string { return path[:strings.LastIndexByte(path, '/')+1] }
