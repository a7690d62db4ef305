package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// batchPath is where many requests are sent as one, relative to a version.
const batchPath = "/$batch"

// mostInBatch is Graph's own limit.
const mostInBatch = 20

// part is one request of a batch.
type part struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"` // relative to the version
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// Batch serves batches: each part goes to next as the request that it stands for, with the batch's own bearer unless it
// brings one, and in the order given, so that what it depends on is done. All else goes to next as it is. A part whose
// connection is cut takes the whole batch with it.
func (s *Server) Batch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := s.locate(r)
		if asked.version == "" || !strings.EqualFold(asked.path, batchPath) {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodPost {
			NoSuchMethod.ServeHTTP(w, r)
			return
		}
		parts, problem := readBatch(r)
		if problem != nil {
			problem.ServeHTTP(w, r)
			return
		}
		failed := map[string]bool{}
		answers := make([]object, 0, len(parts))
		for _, one := range parts {
			answer := newPartAnswer()
			if slices.ContainsFunc(one.DependsOn, func(id string) bool { return failed[id] }) {
				dependencyFailed.ServeHTTP(answer, r)
			} else {
				s.serveOne(answer, r, s.root+asked.version, one, next)
			}
			failed[one.ID] = answer.status >= http.StatusBadRequest
			answers = append(answers, answer.wire(one.ID))
		}
		s.write(w, r, http.StatusOK, object{{"responses", answers}})
	})
}

var dependencyFailed = Problem{Status: http.StatusFailedDependency, Code: "FailedDependency", Text: "The request failed because of a failed dependency."}

// readBatch checks what Graph checks of the whole: how many, and that each has an id of its own and depends on earlier ones.
func readBatch(r *http.Request) ([]part, *Problem) {
	raw, problem := unpacked(r)
	if problem != nil {
		return nil, problem
	}
	var batch struct {
		Requests []part `json:"requests"`
	}
	if json.Unmarshal(raw, &batch) != nil || len(batch.Requests) == 0 {
		return nil, &Unreadable
	}
	if len(batch.Requests) > mostInBatch {
		return nil, badQuery("Number of batch request steps exceeds the maximum value of %d.", mostInBatch)
	}
	seen := map[string]bool{}
	for _, one := range batch.Requests {
		switch {
		case one.ID == "" || seen[one.ID]:
			return nil, badQuery("Each request of a batch needs an id of its own; '%s' is none.", one.ID)
		case one.Method == "" || one.URL == "":
			return nil, badQuery("The request '%s' of the batch lacks its method or its url.", one.ID)
		case slices.ContainsFunc(one.DependsOn, func(id string) bool { return !seen[id] }):
			return nil, badQuery("The request '%s' of the batch depends on one that is not before it.", one.ID)
		}
		seen[one.ID] = true
	}
	return batch.Requests, nil
}

func (s *Server) serveOne(w http.ResponseWriter, batch *http.Request, base string, one part, next http.Handler) {
	body := io.Reader(http.NoBody)
	if len(one.Body) > 0 {
		body = bytes.NewReader(one.Body)
	}
	address := strings.ReplaceAll(base+"/"+strings.TrimPrefix(one.URL, "/"), " ", "%20")
	r, err := http.NewRequestWithContext(batch.Context(), strings.ToUpper(one.Method), address, body)
	if err != nil || strings.EqualFold(s.locate(r).path, batchPath) {
		badQuery("The url '%s' of the batch is invalid.", one.URL).ServeHTTP(w, batch)
		return
	}
	r.Host = batch.Host
	r.Header.Set("Authorization", batch.Header.Get("Authorization"))
	for name, value := range one.Headers {
		r.Header.Set(name, value)
	}
	next.ServeHTTP(w, r)
}

// partAnswer is the answer to a part, which goes into the answer to the batch.
type partAnswer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func newPartAnswer() *partAnswer { return &partAnswer{header: http.Header{}} }

func (a *partAnswer) Header() http.Header { return a.header }

func (a *partAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *partAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// wire is the answer as a member of the batch's: JSON stands in it as it is, anything else as a text.
func (a *partAnswer) wire(id string) object {
	headers := object{}
	for name := range a.header {
		headers = append(headers, field{name, a.header.Get(name)})
	}
	slices.SortFunc(headers, func(a, b field) int { return strings.Compare(a.name, b.name) })
	answer := object{{"id", id}, {"status", max(a.status, http.StatusOK)}, {"headers", headers}}
	switch body := a.body.Bytes(); {
	case json.Valid(body) && strings.HasPrefix(a.header.Get("Content-Type"), "application/json"):
		answer = append(answer, field{"body", json.RawMessage(body)})
	case len(body) > 0:
		answer = append(answer, field{"body", string(body)})
	}
	return answer
}
