package tracing

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/graphclient"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	const to = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318"
	for _, test := range []struct {
		set     string
		on      bool
		warning string // how it begins
	}{
		{"", false, ""},
		{"OTEL_SERVICE_NAME=x", false, ""},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", false, ""}, // nobody asks for traces
		{to, true, ""},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://collector.example/v1/traces", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT= ", false, ""},
		{to + " OTEL_SDK_DISABLED=true", false, ""},
		{to + " OTEL_TRACES_EXPORTER=none", false, ""},
		{to + " OTEL_TRACES_EXPORTER=otlp", true, ""},
		{to + " OTEL_TRACES_EXPORTER=zipkin", false, "OTEL_TRACES_EXPORTER names no exporter"},
		{to + " OTEL_EXPORTER_OTLP_PROTOCOL=grpc", false, "OTEL_EXPORTER_OTLP_PROTOCOL is none that Switchboard speaks"},
		{to + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", false, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is none"},
		{to + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf OTEL_EXPORTER_OTLP_PROTOCOL=grpc", true, ""},
		{to + " OTEL_EXPORTER_OTLP_PROTOCOL=http/json", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4318", false, "OTEL_EXPORTER_OTLP_ENDPOINT is no address"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=grpc://127.0.0.1:4317", false, "OTEL_EXPORTER_OTLP_ENDPOINT is no address"},
	} {
		variables := map[string]string{}
		for one := range strings.FieldsSeq(test.set) {
			name, value, _ := strings.Cut(one, "=")
			variables[name] = value
		}
		on, warning := wanted(func(name string) string { return variables[name] })
		if on != test.on || !strings.HasPrefix(warning, test.warning) || (warning == "") != (test.warning == "") {
			t.Errorf("%s: %v, %q", test.set, on, warning)
		}
	}
}

// TestIncomingTracesAreLinkedUnlessTurnedOff: OTEL_PROPAGATORS says which headers are read.
func TestIncomingTracesAreLinkedUnlessTurnedOff(t *testing.T) {
	t.Parallel()
	for named, links := range map[string]bool{"": true, "none": false, "baggage,tracecontext": true, "b3": false} {
		if linked(func(string) string { return named }) != links {
			t.Errorf("OTEL_PROPAGATORS=%s: want %v", named, links)
		}
	}
}

// written is a log.
type written struct {
	mu  sync.Mutex
	all strings.Builder
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// started is tracing to that collector; each span is sent at once.
func started(t *testing.T, collector http.HandlerFunc) (*Tracing, *written) {
	t.Helper()
	server := httptest.NewServer(collector)
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic c2VjcmV0, ,=")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
	log := &written{}
	traces, err := Start(t.Context(), "test", slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return traces, log
}

func (t *Tracing) span() {
	t.Graph(context.Background(), graphclient.Request{Call: "list", Method: "GET", Path: "/x"})(graphclient.Result{Outcome: "ok", Status: 200})
}

// TestEndDoesNotWaitForACollectorThatHangs: it waits as long as it says, and tells what was lost.
func TestEndDoesNotWaitForACollectorThatHangs(t *testing.T) {
	hanging, arrived := make(chan struct{}), make(chan struct{}, 8)
	traces, log := started(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-hanging
	})
	defer close(hanging)
	traces.flush = 50 * time.Millisecond
	traces.span()
	<-arrived
	traces.Close()
	if !strings.Contains(log.String(), "the last spans were not exported") {
		t.Error(log.String())
	}
}

// TestACollectorThatFails is told of once, and again once it is back; what the environment holds is never logged.
func TestACollectorThatFails(t *testing.T) {
	answers := make(chan int)
	traces, log := started(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(<-answers) })
	for _, answer := range []int{http.StatusForbidden, http.StatusForbidden, http.StatusOK} {
		traces.span()
		answers <- answer
	}
	traces.Close()
	for part, times := range map[string]int{"traces cannot be exported": 1, "traces are exported again": 1, "c2VjcmV0": 0, "Basic": 0} {
		if strings.Count(log.String(), part) != times {
			t.Errorf("%q is not there %d times: %s", part, times, log)
		}
	}
}

// TestOff: without an endpoint there is nothing that could cost anything.
func TestOff(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	if traces, err := Start(t.Context(), "test", slog.New(slog.DiscardHandler)); traces != nil || err != nil {
		t.Error(traces, err)
	}
}
