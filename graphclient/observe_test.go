package graphclient

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// TestObserver is told of each request that is sent, of its end in one word, and of Graph's request-id.
func TestObserver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"ok", says(http.StatusOK, object(exampleID, "x"), "request-id", "of-graph"), "ok 200 of-graph"},
		{"empty", says(http.StatusNoContent, "", "request-id", "of-graph"), "ok 204 of-graph"},
		{"throttled", says(http.StatusTooManyRequests, "{}", "Retry-After", "999"), "throttled 429 "},
		{"refused", says(http.StatusNotFound, "{}"), "refused 404 "},
		{"failed", says(http.StatusServiceUnavailable, "{}"), "failed 503 "},
		{"a proxy's page", says(http.StatusOK, "<h1>Sign in</h1>", "Content-Type", "text/html"), "failed 200 "},
		{"cut", says(http.StatusOK, object(exampleID, "x"), "Content-Length", "9999"), "cut 200 "},
		{"reset", reset, "unanswered 0 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var told []string
			g := newGraph(t, test.answer)
			c, _ := client(t, g.URL, func(o *Options) {
				o.Observer = func(_ context.Context, request Request) func(Result) {
					return func(result Result) {
						mu.Lock()
						defer mu.Unlock()
						told = append(told, request.Call+" "+request.Method+" "+request.Path+" "+request.ID+": "+result.Outcome+" "+strconv.Itoa(result.Status)+" "+result.RequestID)
					}
				}
			})
			_, _ = allOf(c, newPerson()).Patch(t.Context(), exampleID, serverName("x"), changeID) // its error is another test's
			if want := "patch PATCH /deviceManagement/exchangeConnectors/{id} " + changeID + ": " + test.want; !slices.Equal(told, []string{want}) {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}
