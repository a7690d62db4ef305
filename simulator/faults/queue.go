// Package faults lets the tenant misbehave on demand: by "METHOD path", once or always, from Go or over a guarded endpoint.
package faults

import (
	"net/http"
	"path"
	"strings"
	"sync"
)

// Fault stands in for one answer. It decides whether the request is applied, by calling next, and what leaves.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Queue holds the faults that wait for their request. The zero Queue is ready; it is safe for concurrent use.
//
// A key is "METHOD path", for instance "PATCH /deviceManagement/exchangeConnectors/ID"; the path is unescaped and relative
// to the Graph root, or to the issuer for the provider ("POST /token"). "*" stands for one segment.
type Queue struct {
	mu     sync.Mutex
	next   map[string][]Fault
	always map[string]Fault
}

// Next queues faults for the next requests of the key, one each.
func (q *Queue) Next(key string, faults ...Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		q.next = map[string][]Fault{}
	}
	q.next[key] = append(q.next[key], faults...)
}

// Always makes each request of the key meet the fault, until Clear.
func (q *Queue) Always(key string, fault Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.always == nil {
		q.always = map[string]Fault{}
	}
	q.always[key] = fault
}

// Clear ends the faults of these keys, or of all.
func (q *Queue) Clear(keys ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(keys) == 0 {
		clear(q.next)
		clear(q.always)
	}
	for _, key := range keys {
		delete(q.next, key)
		delete(q.always, key)
	}
}

// Waiting counts the queued faults; those that are always met are not among them.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	count := 0
	for _, faults := range q.next {
		count += len(faults)
	}
	return count
}

// Wrap lets each request meet its fault, if one waits. The key is made by name.
func (q *Queue) Wrap(name func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fault := q.take(name(r)); fault != nil {
			fault(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// take removes the request's next fault. The exact key comes before patterns, a queued fault before a permanent one.
func (q *Queue) take(key string) Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting, ok := find(q.next, key)
	if ok {
		fault := q.next[waiting][0]
		if q.next[waiting] = q.next[waiting][1:]; len(q.next[waiting]) == 0 {
			delete(q.next, waiting)
		}
		return fault
	}
	if always, ok := find(q.always, key); ok {
		return q.always[always]
	}
	return nil
}

func find[T any](faults map[string]T, key string) (string, bool) {
	if _, ok := faults[key]; ok {
		return key, true
	}
	for pattern := range faults {
		if !strings.Contains(pattern, "*") {
			continue
		}
		if matched, err := path.Match(pattern, key); err == nil && matched {
			return pattern, true
		}
	}
	return "", false
}
