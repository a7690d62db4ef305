package handlers_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	traced "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// receiver takes spans as a collector does, OTLP over HTTP.
type receiver struct {
	*httptest.Server
	t        *testing.T
	mu       sync.Mutex
	bodies   [][]byte
	spans    []*traced.Span
	services []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(request.Body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if err != nil || request.URL.Path != "/v1/traces" || request.Header.Get("Api-Key") != "of the collector" {
		r.t.Errorf("%s %s with %v: %v", request.Method, request.URL, request.Header, err)
	}
	r.bodies = append(r.bodies, body)
	for _, resource := range sent.ResourceSpans {
		r.services = append(r.services, attributeOf(resource.Resource.Attributes, "service.name"))
		for _, scope := range resource.ScopeSpans {
			r.spans = append(r.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// attributeOf is one attribute as text.
func attributeOf(attributes []*common.KeyValue, key string) string {
	for _, attribute := range attributes {
		if attribute.Key == key {
			return attribute.Value.GetStringValue()
		}
	}
	return ""
}

// named are the spans of a trace with that name.
func (r *receiver) named(trace []byte, name string) (found []*traced.Span) {
	for _, span := range r.spans {
		if span.Name == name && (trace == nil || bytes.Equal(span.TraceId, trace)) {
			found = append(found, span)
		}
	}
	return found
}

// TestTraceOfASave: a collector gets one trace of a save, with Graph's request-id, each transaction, and nothing that anybody typed or
// that would sign anybody in. A trace that comes in is linked, and none leaves for Graph or the provider.
func TestTraceOfASave(t *testing.T) {
	for _, kind := range databasetest.Kinds() { // one after the other: the environment is the process's
		t.Run(kind, func(t *testing.T) { traceASave(t, databasetest.Open(t, databasetest.URL(t, kind))) })
	}
}

func traceASave(t *testing.T, db *database.DB) {
	receiver := newReceiver(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=of the collector")
	t.Setenv("OTEL_SERVICE_NAME", "switchboard of a test")
	s := newSite(t, db)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	const incoming = "4bf92f3577b34da6a3ce929d0e0e4736"
	saved := maya.post("/connectors/"+id, maya.edit(id, "version", "16.typed"), "Traceparent", "00-"+incoming+"-00f067aa0ba902b7-01")
	equal(t, "the save", saved.status, http.StatusSeeOther)
	outcome := s.lines(db, audit.Filter{Action: audit.Edit, Outcome: audit.Applied})[0]
	s.close()

	roots := receiver.named(nil, "POST /connectors/:id")
	if len(roots) != 1 {
		t.Fatalf("%d spans of the save", len(roots))
	}
	root := roots[0]
	equal(t, "the span above it", hex.EncodeToString(root.ParentSpanId), "")
	equal(t, "its trace is the one that came in", hex.EncodeToString(root.TraceId) == incoming, false)
	equal(t, "links", len(root.Links), 1)
	equal(t, "the linked trace", hex.EncodeToString(root.Links[0].TraceId), incoming)
	equal(t, "its request id", attributeOf(root.Attributes, "switchboard.request_id"), saved.header.Get("X-Request-Id"))

	patches := receiver.named(root.TraceId, "PATCH /deviceManagement/exchangeConnectors/{id}")
	equal(t, "spans of the PATCH", len(patches), 1)
	equal(t, "Graph's request-id", attributeOf(patches[0].Attributes, "graph.request_id"), outcome.Graph.RequestID)
	equal(t, "the change", attributeOf(patches[0].Attributes, "graph.client_request_id"), outcome.ID)
	equal(t, "the span above the PATCH", string(patches[0].ParentSpanId), string(root.SpanId))
	equal(t, "spans of the read before it", len(receiver.named(root.TraceId, "GET /deviceManagement/exchangeConnectors/{id}")) > 0, true)
	committed := 0
	for _, span := range receiver.named(root.TraceId, "write transaction") {
		if attributeOf(span.Attributes, "switchboard.transaction") == "committed" {
			committed++
		}
	}
	equal(t, "that intent and outcome are transactions of the trace", committed >= 2, true)
	equal(t, "the service", receiver.services[0], "switchboard of a test")
	s.holdsNothing(receiver, maya, id)
}

// holdsNothing looks for what may not leave: in what the collector got, and in what Graph and the provider got.
func (s *site) holdsNothing(receiver *receiver, person *visitor, id string) {
	s.t.Helper()
	secrets := []string{"16.typed", "ticket 1", "maya", "Maya", id}
	for _, cookie := range person.client.Jar.Cookies(s.url) {
		secrets = append(secrets, cookie.Value)
	}
	for _, request := range s.tenant.Requests() {
		if bearer, held := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); held {
			secrets = append(secrets, bearer)
		}
		for _, header := range []string{"Traceparent", "Tracestate", "Baggage", "B3"} {
			if request.Header.Get(header) != "" {
				s.t.Errorf("%s got %s", request.Key, header)
			}
		}
	}
	equal(s.t, "that bearers are looked for", len(secrets) > 6, true)
	for _, secret := range secrets {
		if slices.ContainsFunc(receiver.bodies, func(body []byte) bool { return bytes.Contains(body, []byte(secret)) }) {
			s.t.Errorf("the collector got %q", secret)
		}
	}
}
