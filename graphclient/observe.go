package graphclient

import (
	"context"
	"net/http"
	"time"
)

// Request is a request to Graph as an observer is told of it: what is asked, never by whom, of which connector, or with what values.
type Request struct {
	// Call is what is asked in one word: list, get, patch or sync.
	Call string
	// Method and Path are HTTP's, the path without ids.
	Method, Path string
	// ID is the client-request-id.
	ID string
}

// Result is how such a request ended.
type Result struct {
	// Outcome is one word: ok, throttled (429), refused (another 4xx), failed (5xx, or what is not Graph's answer), cut (the answer
	// broke off) or unanswered.
	Outcome string
	// Status is 0 without an answer, and RequestID empty where Graph gave none.
	Status    int
	RequestID string
	Took      time.Duration
}

// Observer is told of each request as it is sent, and by the function that it returns of its end. Several are sent at once.
type Observer func(context.Context, Request) (ended func(Result))

// observed sends a request in the sight of the observer.
func (c *Client) observed(ctx context.Context, out call) (answer, *unanswered) {
	if c.options.Observer == nil {
		return c.exchange(ctx, out)
	}
	ended := c.options.Observer(ctx, Request{Call: out.word(), Method: out.method, Path: out.name, ID: out.id})
	got, failure := c.exchange(ctx, out)
	ended(Result{Outcome: endOf(got, failure), Status: got.status, RequestID: got.requestID(), Took: got.took})
	return got, failure
}

func (c call) word() string {
	switch {
	case c.name == synced:
		return "sync"
	case c.method == http.MethodPatch:
		return "patch"
	case c.name == one:
		return "get"
	}
	return "list"
}

// endOf is a request's end in a word. What it means for a change is another question.
func endOf(got answer, failure *unanswered) string {
	switch {
	case failure != nil:
		return "unanswered"
	case got.cut != nil:
		return "cut"
	case got.status == http.StatusTooManyRequests:
		return "throttled"
	case got.status >= 400 && got.status <= 499:
		return "refused"
	case got.status < 200 || got.status > 299 || len(got.body) > 0 && !got.isJSON():
		return "failed"
	}
	return "ok"
}
