package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path"
	"sync"

	"github.com/google/uuid"

	"switchboard/simulator/graph"
)

// keeper stands in for Graph where both sides of a comparison write: it keeps what a PATCH brings, and answers with the object as
// Graph does. The tenant's own Graph, which looks at tokens and keeps a journal, would take a part of the two processors from the one
// side alone.
type keeper struct {
	mu      sync.Mutex
	objects map[string]map[string]*string // by id
	writes  int
}

func newKeeper(connectors []graph.Connector) *keeper {
	k := &keeper{objects: map[string]map[string]*string{}}
	for _, one := range connectors {
		values := maps.Clone(one.Values)
		values["id"] = &one.ID
		k.objects[one.ID] = values
	}
	return k
}

// ServeHTTP reads and changes one connector.
func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	object, there := k.objects[path.Base(r.URL.Path)]
	if !there {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodPatch {
		k.writes++
		if err := json.Unmarshal(body, &object); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("request-id", uuid.NewString())
	_, _ = w.Write(text)
}

// changed is how many changes came in.
func (k *keeper) changed() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.writes
}
