// Package graph plays the part of Microsoft Graph that knows Exchange connectors: list over pages, get, PATCH and sync,
// with Graph's headers, validation and error bodies. It knows nothing of the client that is tried against it.
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

	mu         sync.Mutex
	connectors []*stored // in list order
}

// New makes a Server that holds copies of the connectors.
func New(options Options) (*Server, error) {
	s := &Server{options: options}
	seen := map[string]bool{}
	for _, connector := range options.Connectors {
		if connector.ID == "" || seen[connector.ID] {
			return nil, fmt.Errorf("connector id %q: needed once", connector.ID)
		}
		seen[connector.ID] = true
		s.connectors = append(s.connectors, store(connector, options.Now()))
	}
	return s, nil
}

// Key is the request's fault key: its method and its unescaped path relative to the Graph root.
func (s *Server) Key(r *http.Request) string {
	return r.Method + " " + strings.TrimPrefix(r.URL.Path, s.options.Base.Path)
}

// ServeHTTP expects requests that went through Identify.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, s.options.Base.Path)
	if !ok || !strings.HasPrefix(path, "/") {
		version, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, parent(s.options.Base.Path)), "/")
		Problem{Status: http.StatusNotFound, Code: "ResourceNotFound", Text: "Invalid version: " + strings.ToLower(version)}.ServeHTTP(w, r)
		return
	}
	rest, ok := strings.CutPrefix(path, Collection)
	if !ok || rest != "" && rest[0] != '/' {
		segment := path[strings.LastIndexByte(path, '/')+1:]
		Problem{Status: http.StatusBadRequest, Code: "BadRequest", Text: "Resource not found for the segment '" + segment + "'."}.ServeHTTP(w, r)
		return
	}
	caller, problem := identified(r.Context())
	if problem == nil {
		problem = caller.may(r.Method)
	}
	if problem != nil {
		problem.ServeHTTP(w, r)
		return
	}
	if rest == "" || rest == "/" {
		s.collection(w, r)
		return
	}
	s.entity(w, r, rest[1:])
}

func (s *Server) collection(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		NoSuchMethod.ServeHTTP(w, r)
		return
	}
	s.list(w, r)
}

// entity serves "{id}" and "{id}/sync". An id holds no slash here, so cutting the unescaped path is safe.
func (s *Server) entity(w http.ResponseWriter, r *http.Request, rest string) {
	id, action, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.connectors, func(c *stored) bool { return strings.EqualFold(c.ID, id) })
	if i < 0 {
		NotFound.ServeHTTP(w, r)
		return
	}
	found := s.connectors[i]
	found.settle(s.options.Now())
	switch {
	case action == "" && r.Method == http.MethodGet:
		s.writeEntity(w, r, found)
	case action == "" && r.Method == http.MethodPatch:
		s.patch(w, r, found)
	case action == "sync" && r.Method == http.MethodPost:
		s.sync(w, r, found)
	default:
		NoSuchMethod.ServeHTTP(w, r)
	}
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
	s.connectors = slices.Delete(s.connectors, i, i+1)
	return nil
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
