package tracing

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"math"
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
		set  string
		want string // the address, or how the error begins
	}{
		{"", ""},
		{"OTEL_SERVICE_NAME=x", ""},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", ""}, // nobody asks for traces
		{to, "http://127.0.0.1:4318/v1/traces"},
		{to + "/below/", "http://127.0.0.1:4318/below/v1/traces"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://collector.example/as/it/is", "https://collector.example/as/it/is"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT= ", ""},
		{to + " OTEL_SDK_DISABLED=true", ""},
		{to + " OTEL_TRACES_EXPORTER=none", ""},
		{to + " OTEL_TRACES_EXPORTER=otlp", "http://127.0.0.1:4318/v1/traces"},
		{to + " OTEL_TRACES_EXPORTER=zipkin", "OTEL_TRACES_EXPORTER names no exporter"},
		{to + " OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_PROTOCOL is none that Switchboard speaks"},
		{to + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is none"},
		{to + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://127.0.0.1:4318/v1/traces"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4318", "OTEL_EXPORTER_OTLP_ENDPOINT is no address"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=grpc://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is no address"},
		{to + " OTEL_EXPORTER_OTLP_HEADERS=secret", "OTEL_EXPORTER_OTLP_HEADERS cannot be read"},
		{to + " OTEL_EXPORTER_OTLP_HEADERS=Basic:secret==", "OTEL_EXPORTER_OTLP_HEADERS cannot be read"},
		{to + " OTEL_EXPORTER_OTLP_HEADERS=a=secret%0a", "OTEL_EXPORTER_OTLP_HEADERS cannot be read"},
		{to + " OTEL_EXPORTER_OTLP_HEADERS=secret=%zz", "OTEL_EXPORTER_OTLP_HEADERS cannot be read"},
		{to + " OTEL_TRACES_EXPORTER=None", ""},
		{to + " OTEL_TRACES_EXPORTER=OTLP OTEL_EXPORTER_OTLP_PROTOCOL=HTTP/Protobuf", "http://127.0.0.1:4318/v1/traces"},
		{to + " OTEL_EXPORTER_OTLP_CERTIFICATE=/secret", "OTEL_EXPORTER_OTLP_CERTIFICATE names no file"},
		{to + " OTEL_EXPORTER_OTLP_CLIENT_KEY=/secret", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and its key are not"},
	} {
		settings, err := read(variables(test.set))
		switch {
		case err != nil && (test.want == "" || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "secret")),
			err == nil && settings == nil && test.want != "",
			err == nil && settings != nil && settings.endpoint.String() != test.want:
			t.Errorf("%s: %+v, %v", test.set, settings, err)
		}
	}
}

// variables are an environment, with a space between two.
func variables(set string) environment {
	all := map[string]string{}
	for one := range strings.FieldsSeq(set) {
		name, value, _ := strings.Cut(one, "=")
		all[name] = value
	}
	return func(name string) string { return all[name] }
}

// TestHowIsSent: what the environment says of the way to the collector.
func TestHowIsSent(t *testing.T) {
	t.Parallel()
	s, err := read(variables("OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_HEADERS=api-key=a%20b,,Other=c=d OTEL_EXPORTER_OTLP_TIMEOUT=2500 OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=gzip"))
	if err != nil || s.headers.Get("Api-Key") != "a b" || s.headers.Get("Other") != "c=d" || s.within != 2500*time.Millisecond || !s.gzip || !s.links {
		t.Errorf("%+v, %v", s, err)
	}
	for named, links := range map[string]bool{"None": false, "baggage,TraceContext": true, "b3": false} {
		s, err := read(variables("OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_PROPAGATORS=" + named))
		if err != nil || s.links != links {
			t.Errorf("OTEL_PROPAGATORS=%s: %+v, %v", named, s, err)
		}
	}
}

// TestWhatCannotBeReadCountsAsNotSet, with a warning: the specification has traces not turned off for it.
func TestWhatCannotBeReadCountsAsNotSet(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]struct {
		within  time.Duration
		gzip    bool
		ignored string
	}{
		"OTEL_EXPORTER_OTLP_TIMEOUT=0":              {within: math.MaxInt32 * time.Millisecond},
		"OTEL_EXPORTER_OTLP_TIMEOUT=abc":            {within: 10 * time.Second, ignored: "OTEL_EXPORTER_OTLP_TIMEOUT"},
		"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=-1":      {within: 10 * time.Second, ignored: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"},
		"OTEL_EXPORTER_OTLP_TIMEOUT=99999999999":    {within: 10 * time.Second, ignored: "OTEL_EXPORTER_OTLP_TIMEOUT"},
		"OTEL_EXPORTER_OTLP_COMPRESSION=GZIP":       {within: 10 * time.Second, gzip: true},
		"OTEL_EXPORTER_OTLP_COMPRESSION=None":       {within: 10 * time.Second},
		"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=zip": {within: 10 * time.Second, ignored: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"},
		"OTEL_SDK_DISABLED=yes":                     {within: 10 * time.Second, ignored: "OTEL_SDK_DISABLED"},
		"OTEL_SDK_DISABLED=False":                   {within: 10 * time.Second},
	} {
		s, err := read(variables("OTEL_EXPORTER_OTLP_ENDPOINT=http://x " + set))
		if err != nil || s.within != want.within || s.gzip != want.gzip {
			t.Errorf("%s: %+v, %v", set, s, err)
			continue
		}
		if said := strings.Join(s.ignored, "\n"); want.ignored == "" && said != "" || !strings.HasPrefix(said, want.ignored) || strings.Count(said, "\n") > 0 {
			t.Errorf("%s: %q", set, said)
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
	return startedTo(t, server.URL)
}

func startedTo(t *testing.T, endpoint string) (*Tracing, *written) {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic c2VjcmV0")
	t.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
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

// TestACollectorsAddressIsNotLogged: it may hold a key.
func TestACollectorsAddressIsNotLogged(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	traces, log := startedTo(t, strings.Replace(server.URL, "http://", "http://user:PASSWORD@", 1)+"/base?api-key=QUERYSECRET")
	traces.span()
	traces.Close()
	if said := log.String(); !strings.Contains(said, "traces cannot be exported") || strings.Contains(said, "SECRET") || strings.Contains(said, "user") {
		t.Error(said)
	}
}

// TestBusyCollector: one that asks for it gets the same again, and none that only broke off.
func TestBusyCollector(t *testing.T) {
	var bodies []string
	traces, log := started(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := gzip.NewReader(r.Body)
		if err != nil || r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Authorization") != "Basic c2VjcmV0" {
			t.Error(r.Header, err)
			return
		}
		spans, err := io.ReadAll(body)
		if bodies = append(bodies, string(spans)); len(bodies) == 1 || err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	traces.span()
	traces.Close()
	if len(bodies) != 2 || bodies[0] != bodies[1] || strings.Contains(log.String(), "cannot") {
		t.Errorf("%q: %s", bodies, log)
	}
}

// TestOff: without an endpoint there is nothing that could cost anything.
func TestOff(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	if traces, err := Start(t.Context(), "test", slog.New(slog.DiscardHandler)); traces != nil || err != nil {
		t.Error(traces, err)
	}
}
