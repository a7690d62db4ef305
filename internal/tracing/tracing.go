// Package tracing tells a collector how long the parts of a request took, as OpenTelemetry's spans: the request itself, each request to
// Graph, each transaction of the database. It is off unless the environment names an endpoint, and a span holds no value, no name and
// no token. What leaves for Graph or the provider carries nothing of a trace.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// flushWithin is how long the end of the program waits for a collector that takes the last spans slowly, or not at all.
const flushWithin = 5 * time.Second

// Tracing makes spans. It is safe for concurrent use.
type Tracing struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	links    bool // an incoming trace is linked to
	flush    time.Duration
	log      *slog.Logger
}

// Start reads the OTEL_* variables of the environment; nil is off. Where they cannot be read it is off, too: Warning says why.
func Start(ctx context.Context, version string, log *slog.Logger) (*Tracing, error) {
	settings, err := read(os.Getenv)
	if settings == nil || err != nil {
		return nil, nil
	}
	otel.SetLogger(logr.FromSlogHandler(log.Handler()))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err.Error()) }))
	exporter, err := otlptrace.New(ctx, newCollector(*settings))
	if err != nil {
		return nil, fmt.Errorf("start to export traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		semconv.ServiceName("switchboard"), semconv.ServiceVersion(version), semconv.ServiceInstanceID(uuid.NewString()),
	), resource.WithFromEnv()) // what the environment says counts
	if err != nil {
		log.WarnContext(ctx, "OTEL_RESOURCE_ATTRIBUTES cannot be read in part", "error", err.Error())
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(&exporting{SpanExporter: exporter, log: log}), sdk.WithResource(about))
	log.InfoContext(ctx, "traces are exported")
	tracer := provider.Tracer("switchboard", trace.WithInstrumentationVersion(version))
	return &Tracing{provider: provider, tracer: tracer, links: settings.links, flush: flushWithin, log: log}, nil
}

// exporting tells the log once that spans cannot be exported, and not at every try.
type exporting struct {
	sdk.SpanExporter
	log     *slog.Logger
	failing atomic.Bool
}

// ExportSpans is sdk.SpanExporter's.
func (e *exporting) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch was := e.failing.Swap(err != nil); {
	case err != nil && !was:
		e.log.WarnContext(ctx, "traces cannot be exported; spans are lost until they can", "error", err.Error())
	case err == nil && was:
		e.log.InfoContext(ctx, "traces are exported again")
	}
	return nil
}

// Close sends the spans that are left, if the collector takes them soon.
func (t *Tracing) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), t.flush)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the last spans were not exported", "error", err.Error())
	}
}
