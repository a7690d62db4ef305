package faults

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Answer replies with the handler instead of applying the request. Graph's and the provider's error bodies are handlers.
func Answer(handler http.Handler) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { handler.ServeHTTP(w, r) }
}

// Status replies with exactly this instead of applying the request. Headers are pairs of name and value.
func Status(status int, contentType, body string, headers ...string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		write(w, status, contentType, body, headers)
	}
}

// Applied applies the request and replies with this in place of the true answer.
func Applied(status int, contentType, body string, headers ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(newAnswer(), r)
		write(w, status, contentType, body, headers)
	}
}

// NoContent applies the request and replies 204, as other Intune entities do.
func NoContent() Fault { return Applied(http.StatusNoContent, "", "") }

// ContentType applies the request and replies with the true body under another content type.
func ContentType(contentType string) Fault {
	return Rewrite(func(answer *Recorded) { answer.Headers.Set("Content-Type", contentType) })
}

// Mark applies the request and puts a byte order mark before the true answer.
func Mark() Fault {
	return Rewrite(func(answer *Recorded) {
		marked := "\ufeff" + answer.Body.String()
		answer.Body.Reset()
		answer.Body.WriteString(marked)
	})
}

// Delay waits, then lets the request be applied, unless the caller has gone.
func Delay(wait time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if pause(r, wait) {
			next.ServeHTTP(w, r)
		}
	}
}

// Reset cuts the connection without applying the request.
func Reset() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }
}

// LoseAnswer applies the request and cuts the connection: the caller cannot know.
func LoseAnswer() Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(newAnswer(), r)
		cut(w)
	}
}

// Truncate applies the request and sends half of the body under its full length.
func Truncate() Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := newAnswer()
		next.ServeHTTP(answer, r)
		copyHeader(w, answer.Headers)
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2]) // net/http closes a connection that owes bytes
	}
}

// Dribble applies the request and sends the body one byte an interval. A long interval is a stall after the headers.
func Dribble(interval time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := newAnswer()
		next.ServeHTTP(answer, r)
		copyHeader(w, answer.Headers)
		w.WriteHeader(answer.Code)
		control := http.NewResponseController(w)
		for _, b := range answer.Body.Bytes() {
			if control.Flush() != nil || !pause(r, interval) {
				return
			}
			if _, err := w.Write([]byte{b}); err != nil {
				return
			}
		}
	}
}

// Huge replies 200 with one JSON string of that many bytes, without applying the request.
func Huge(size int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		letters := io.LimitReader(endless{}, int64(size))
		_, _ = io.Copy(w, io.MultiReader(strings.NewReader(`{"id":"`), letters, strings.NewReader(`"}`)))
	}
}

// Rewrite applies the request and lets alter change the answer on its way out; what is stored stays.
func Rewrite(alter func(*Recorded)) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := newAnswer()
		next.ServeHTTP(answer, r)
		alter(answer)
		copyHeader(w, answer.Headers)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
}

// Then runs a function once the request has arrived, before the fault that follows; nil: the request is applied.
func Then(arrived func(), fault Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		arrived()
		if fault == nil {
			next.ServeHTTP(w, r)
			return
		}
		fault(w, r, next)
	}
}

// Recorded is an answer that has not left yet.
type Recorded struct {
	Code    int
	Headers http.Header
	Body    bytes.Buffer
	wrote   bool
}

func newAnswer() *Recorded { return &Recorded{Code: http.StatusOK, Headers: http.Header{}} }

// Header makes Recorded an http.ResponseWriter, as the two methods after it do.
func (a *Recorded) Header() http.Header { return a.Headers }

// WriteHeader keeps the first status.
func (a *Recorded) WriteHeader(status int) {
	if !a.wrote {
		a.Code, a.wrote = status, true
	}
}

func (a *Recorded) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.Body.Write(p)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func write(w http.ResponseWriter, status int, contentType, body string, headers []string) {
	for i := 0; i+1 < len(headers); i += 2 {
		w.Header().Add(headers[i], headers[i+1])
	}
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // a caller that has gone is no concern of the fault
}

func copyHeader(w http.ResponseWriter, header http.Header) {
	for name, values := range header {
		w.Header()[name] = values
	}
}

// pause waits; false when the caller went first.
func pause(r *http.Request, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// cut closes the connection so that the peer sees a reset and no orderly end.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to abandon an answer
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
