package simulator_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/provider"
)

// TestFaults: what the caller sees of each, and whether the change was made.
func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		fault   faults.Fault
		applied bool
		status  int    // 0: the request fails
		body    string // a part of it
	}{
		{"plain status", faults.Status(502, "text/html", "<h1>502 Bad Gateway</h1>"), false, 502, "Bad Gateway"},
		{"Graph's own", faults.Answer(graph.Throttled.With("3")), false, 429, "Too many requests."},
		{"applied behind an error", faults.Applied(504, "application/json", `{}`), true, 504, "{}"},
		{"delay", faults.Delay(time.Millisecond), true, 200, "changed"},
		{"reset", faults.Reset(), false, 0, ""},
		{"lost answer", faults.LoseAnswer(), true, 0, ""},
		{"truncated", faults.Truncate(), true, 0, ""},
		{"no content", faults.NoContent(), true, 204, ""},
		{"content type", faults.ContentType("text/html"), true, 200, "changed"},
		{"huge", faults.Huge(3 << 20), false, 200, "xxxx"},
		{"one byte at a time", faults.Dribble(time.Microsecond), true, 200, "changed"},
		{"a gzip bomb", faults.GzipBomb(1 << 20), true, 200, "xxxx"},
		{"cut short", faults.Cut(), true, 200, "{"},
		{"UTF-16", faults.UTF16(), true, 200, "c\x00h\x00a\x00n\x00g\x00e\x00d"},
		{"a property twice", faults.Twice("exchangeAlias"), true, 200, `"exchangeAlias":"somebody else","exchangeAlias":"changed"`},
		{"a number", faults.WrongType("exchangeAlias"), true, 200, `"exchangeAlias":7`},
		{"depth", faults.Deep(3), true, 200, "[[[]]]"},
		{"no HTTP", faults.Garbage(), false, 0, ""},
		{"behind another", faults.Behind(faults.Reset()), true, 0, ""},
		{"rewritten", faults.Rewrite(func(a *faults.Recorded) {
			body := strings.Replace(a.Body.String(), "changed", "stored otherwise", 1)
			a.Body = *bytes.NewBufferString(body)
		}), true, 200, "stored otherwise"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tenant := start(t)
			bearer := signIn(t, tenant, "maya", writeScope).Access
			id := simulator.ID("s2s-na")
			key := "PATCH " + connectorPath(id)
			tenant.Faults.Next(key, test.fault)

			r := request(t, http.MethodPatch, tenant.GraphURL()+connectorPath(id), strings.NewReader(`{"exchangeAlias":"changed"}`))
			r.Header.Set("Authorization", "Bearer "+bearer)
			r.Header.Set("Content-Type", "application/json")
			status, body := 0, ""
			if response, err := once(r); err == nil {
				defer response.Body.Close()
				if all, err := io.ReadAll(response.Body); err == nil {
					status, body = response.StatusCode, string(all)
				}
			}
			if status != test.status || !strings.Contains(body, test.body) {
				t.Errorf("got %d %.200q, want %d %q", status, body, test.status, test.body)
			}
			connector, _ := tenant.Graph.Connector(id)
			alias, _ := connector.Value("exchangeAlias")
			entry := tenant.Requests(key)[0]
			if changed := alias == "changed"; changed != test.applied || entry.Applied != test.applied {
				t.Errorf("changed %t, recorded as applied %t, want %t", changed, entry.Applied, test.applied)
			}
			if entry.Person != "maya" {
				t.Errorf("person: got %q, want maya", entry.Person)
			}
			if got := graphCall(t, tenant, bearer, http.MethodPatch, connectorPath(id), `{}`); got.StatusCode != http.StatusOK {
				t.Errorf("the request after it: got %d", got.StatusCode)
			}
		})
	}
}

// TestQueue: which fault a request meets.
func TestQueue(t *testing.T) {
	t.Parallel()
	var queue faults.Queue
	say := func(text string) faults.Fault { return faults.Status(200, "text/plain", text) }
	queue.Next("PATCH /things/1", say("first"), say("second"))
	queue.Next("PATCH /things/*", say("any"))
	queue.Always("PATCH /things/2", say("always"))
	handler := queue.Wrap(func(r *http.Request) string { return r.Method + " " + r.URL.Path },
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "behaves") }))
	ask := func(method, path string) string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Body.String()
	}
	steps := []struct{ method, path, want string }{
		{"GET", "/things/1", "behaves"},
		{"PATCH", "/things/1", "first"},
		{"PATCH", "/things/1/sync", "behaves"},
		{"PATCH", "/things/1", "second"},
		{"PATCH", "/things/1", "any"},
		{"PATCH", "/things/1", "behaves"},
		{"PATCH", "/things/2", "always"},
		{"PATCH", "/things/2", "always"},
	}
	for i, step := range steps {
		if got := ask(step.method, step.path); got != step.want {
			t.Errorf("step %d, %s %s: got %s, want %s", i, step.method, step.path, got, step.want)
		}
	}
	queue.Next("PATCH /things/1", say("cleared"))
	queue.Clear()
	if got := ask("PATCH", "/things/1") + ask("PATCH", "/things/2"); got != "behavesbehaves" || queue.Waiting() != 0 {
		t.Errorf("after Clear: got %s, %d waiting", got, queue.Waiting())
	}
}

// TestThen runs in the middle of a request.
func TestThen(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	id, theirs := simulator.ID("s2s-na"), "theirs"
	tenant.Faults.Next("GET "+connectorPath(id), faults.Then(func() {
		if err := tenant.Graph.Set(id, map[string]*string{"version": &theirs}); err != nil {
			t.Error(err)
		}
	}, nil))
	if got := graphCall(t, tenant, bearer, http.MethodGet, connectorPath(id), "").object(t)["version"]; got != theirs {
		t.Errorf("version: got %v, want %s", got, theirs)
	}
}

// TestProviderFaults: the provider's endpoints are keys as well.
func TestProviderFaults(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	b := newBrowser(t, nil)
	tokens := signIn(t, tenant, "maya", readScope)
	tenant.Faults.Next("POST /token", faults.Answer(provider.Busy), faults.Answer(provider.NeedsMFA))
	refused(t, redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes)), 503, "temporarily_unavailable", 90033)
	got := redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes))
	refused(t, got, 400, "invalid_grant", 50076)
	if got.object(t)["claims"] == nil {
		t.Errorf("no claims: %s", got.body)
	}
	tokensOf(t, redeem(t, b, tenant, refreshForm(tokens.Refresh, baseScopes)))
	tenant.Faults.Always("GET /keys", faults.Status(500, "", ""))
	if got := b.get(tenant.Issuer() + "/keys"); got.StatusCode != 500 {
		t.Errorf("keys: got %d, want 500", got.StatusCode)
	}
}

// TestRefuse: a closed port refuses dials, a request on its way is still answered, and the port opens again.
func TestRefuse(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	client := &http.Client{Transport: &http.Transport{}}
	address := tenant.Issuer() + "/keys"
	tenant.Faults.Next("GET /keys", faults.Then(func() {
		if err := tenant.Refuse(); err != nil {
			t.Error(err)
		}
	}, nil))
	get := func() error {
		response, err := client.Do(request(t, http.MethodGet, address, nil))
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	if err := get(); err != nil {
		t.Errorf("the request on its way: %v", err)
	}
	if err := get(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("while closed: got %v, want a refused connection", err)
	}
	if err := tenant.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := get(); err != nil {
		t.Errorf("after it opened again: %v", err)
	}
}
