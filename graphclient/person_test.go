package graphclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/graphclient/internal/permit"
	"switchboard/internal/connector"
)

const (
	exampleID = "5f0a3c1e-3c1e-5f0a-1e3c-0a5f1e3c0a5f"
	changeID  = "7e57c0de-1111-4222-8333-444455556601"
)

// person is a token source: each renewal gives another token, until there are no more.
type person struct {
	name     string
	mu       sync.Mutex
	tokens   []string
	renewals []string // what was refused and the claims, of each renewal
	scopes   []Scope
	fails    error // given instead of a token, or where none is left
}

func (p *person) Whose() string { return p.name }

func named(name string) *person {
	p := newPerson()
	p.name = name
	return p
}

func newPerson() *person { return &person{tokens: []string{"token-1", "token-2", "token-3"}} }

func (p *person) Token(_ context.Context, need Scope) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scopes = append(p.scopes, need)
	if len(p.tokens) == 0 {
		return "", p.fails
	}
	return p.tokens[0], nil
}

func (p *person) Renew(_ context.Context, need Scope, refused, claims string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scopes = append(p.scopes, need)
	p.renewals = append(p.renewals, refused+" "+claims)
	if p.tokens = p.tokens[1:]; len(p.tokens) == 0 {
		return "", p.fails
	}
	return p.tokens[0], nil
}

// seen is a request as it arrived.
type seen struct {
	method, uri string
	header      http.Header
	body        string
}

// graph is a server on loopback that answers from a queue, the last answer for ever.
type graph struct {
	*httptest.Server
	mu       sync.Mutex
	queue    []http.HandlerFunc
	requests []seen
}

func newGraph(t *testing.T, answers ...http.HandlerFunc) *graph {
	t.Helper()
	g := &graph{queue: answers}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.requests = append(g.requests, seen{r.Method, r.RequestURI, r.Header.Clone(), string(body)})
	answer := g.queue[0]
	if len(g.queue) > 1 {
		g.queue = g.queue[1:]
	}
	g.mu.Unlock()
	answer(w, r)
}

func (g *graph) arrived() []seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.requests)
}

// waits are the times that a client slept, without sleeping.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) sleep(ctx context.Context, wait time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, wait)
	return ctx.Err()
}

// client is one of the Graph at that address that never really waits. Its waits are the longest that jitter allows.
func client(t testing.TB, address string, change ...func(*Options)) (*Client, *waits) {
	t.Helper()
	base, err := url.Parse(address + "/beta")
	if err != nil {
		t.Fatal(err)
	}
	slept := &waits{}
	options := Options{
		BaseURL: base, Version: "1.2.3", Sleep: slept.sleep,
		Jitter: func(most time.Duration) time.Duration { return most },
	}
	for _, change := range change {
		change(&options)
	}
	c := New(options)
	t.Cleanup(c.Close)
	return c, slept
}

func logged(to *bytes.Buffer) func(*Options) {
	return func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// fixture answers what a file of testdata holds: a status line, headers and a body.
func fixture(t *testing.T, name string) http.HandlerFunc {
	t.Helper()
	file, err := os.ReadFile("testdata/" + name + ".http")
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(file)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(response.StatusCode)
		w.Write(body)
	}
}

// says answers a status, a body and headers given as pairs; the body is JSON unless a header says otherwise.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// failure is the error as this package makes it, whose class the caller compares.
func failure(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v, want one of this package's", err)
	}
	return e
}

func serverName(value string) []connector.FieldChange {
	return []connector.FieldChange{{Name: connector.ServerName, Requested: connector.Of(value)}}
}

// object is a whole connector in JSON whose server has that name.
func object(id, server string) string {
	return `{"@odata.type":"#microsoft.graph.deviceManagementExchangeConnector","id":"` + id + `","lastSyncDateTime":"2024-02-18T22:41:07.1934520Z",` +
		`"status":"connected","primarySmtpAddress":null,"serverName":"` + server + `","connectorServerName":"","exchangeConnectorType":"newerThanUs",` +
		`"version":"6.2","exchangeAlias":null,"exchangeOrganization":"Contoso"}`
}

func contains(t *testing.T, what, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%s is %q, want %q in it", what, text, part)
	}
}

// allCalls are the calls of one person that read and those that write.
type allCalls struct {
	*Reader
	*Writer
}

func allOf(c *Client, tokens Tokens) allCalls {
	return allCalls{c.For(tokens), c.Writer(permit.Permit{}, tokens)}
}
