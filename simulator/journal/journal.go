// Package journal keeps the requests that arrived at the tenant, with the person and whether anything was changed by them.
package journal

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	keptRequests = 5_000   // the oldest go first, so that a demo may run for days
	keptBody     = 1 << 20 // bytes of one body
)

// Entry is one request. Authorization headers and bodies are in it: it never leaves the process.
type Entry struct {
	Time   time.Time
	Method string
	// Path is the escaped path as sent, Key what faults are queued under: "METHOD path", the path relative to its service.
	Path, Query, Key string
	Header           http.Header
	Body             []byte
	// Person is the id of whoever the request's bearer, code, session or refresh token belongs to; "" for nobody.
	Person string
	// Applied says that the request changed a connector.
	Applied bool
	// Status is what was answered, 0 while it is not and when the connection was cut.
	Status int
}

// Journal is the list of entries. The zero Journal is ready; it is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []*Entry
}

// Entries is a copy of what arrived, oldest first. With keys, only entries of one of them.
func (j *Journal) Entries(keys ...string) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var copies []Entry
	for _, entry := range j.entries {
		if len(keys) == 0 || slices.Contains(keys, entry.Key) {
			copies = append(copies, *entry)
		}
	}
	return copies
}

// Clear forgets what arrived.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
}

// Record keeps each request before it goes on. The key is made by name.
func (j *Journal) Record(now func() time.Time, name func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, keptBody)) // else one request could fill the memory
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		entry := &Entry{
			Time: now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Key: name(r),
			Header: r.Header.Clone(), Body: body,
		}
		j.add(entry)
		handle := &handle{journal: j, entry: entry}
		next.ServeHTTP(&statusWriter{ResponseWriter: w, handle: handle}, r.WithContext(context.WithValue(r.Context(), handleKey{}, handle)))
	})
}

func (j *Journal) add(entry *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == keptRequests {
		j.entries = slices.Delete(j.entries, 0, keptRequests/10)
	}
	j.entries = append(j.entries, entry)
}

type handleKey struct{}

type handle struct {
	journal *Journal
	entry   *Entry
}

func (h *handle) note(write func(*Entry)) {
	h.journal.mu.Lock()
	defer h.journal.mu.Unlock()
	write(h.entry)
}

// Person notes whose request this is.
func Person(ctx context.Context, id string) {
	if h, ok := ctx.Value(handleKey{}).(*handle); ok {
		h.note(func(e *Entry) { e.Person = id })
	}
}

// Applied notes that the request changed something.
func Applied(ctx context.Context) {
	if h, ok := ctx.Value(handleKey{}).(*handle); ok {
		h.note(func(e *Entry) { e.Applied = true })
	}
}

// statusWriter notes the first status.
type statusWriter struct {
	http.ResponseWriter
	handle *handle
	wrote  bool
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.wrote = true
		w.handle.note(func(e *Entry) { e.Status = status })
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController flush and hijack.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
