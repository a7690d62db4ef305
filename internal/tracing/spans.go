package tracing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"switchboard/graphclient"
	"switchboard/internal/database"
)

// Request begins the span of a request; id is the one that its log lines and error pages have. Neither an address nor who asks is in
// the span, only the route, which is known at its end. A trace that comes in is linked and not gone on with: whoever sends a request
// decides neither what is kept nor what belongs together.
func (t *Tracing) Request(r *http.Request, id string) (context.Context, func(method, route string, status int)) {
	options := []trace.SpanStartOption{
		trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.String("switchboard.request_id", id)),
	}
	if incoming := t.incoming(r); incoming.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: incoming}))
	}
	ctx, span := t.tracer.Start(r.Context(), "request", options...)
	return ctx, func(method, route string, status int) {
		span.SetName(method + " " + route)
		span.SetAttributes(semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route), semconv.HTTPResponseStatusCode(status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

func (t *Tracing) incoming(r *http.Request) trace.SpanContext {
	if !t.links {
		return trace.SpanContext{}
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(r.Header))
	return trace.SpanContextFromContext(ctx)
}

// Graph is the span of one request to Graph, with the ids by which Microsoft finds it.
func (t *Tracing) Graph(ctx context.Context, request graphclient.Request) func(graphclient.Result) {
	_, span := t.tracer.Start(ctx, request.Method+" "+request.Path, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(request.Method), semconv.URLTemplate(request.Path), attribute.String("graph.client_request_id", request.ID),
	))
	return func(result graphclient.Result) {
		if result.Status != 0 {
			span.SetAttributes(semconv.HTTPResponseStatusCode(result.Status), attribute.String("graph.request_id", result.RequestID))
		}
		if result.Outcome != "ok" {
			span.SetAttributes(semconv.ErrorTypeKey.String(result.Outcome))
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Transactions has a span made of each transaction of that database. Taking one back is what a transaction may do, so that alone is no
// error.
func (t *Tracing) Transactions(db *database.DB) {
	system := semconv.DBSystemNamePostgreSQL
	if db.Local() {
		system = semconv.DBSystemNameSQLite
	}
	db.Observe(func(ctx context.Context, kind string) func(database.End) {
		_, span := t.tracer.Start(ctx, kind+" transaction", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(system, semconv.DBOperationName(kind)))
		return func(end database.End) {
			span.SetAttributes(attribute.String("switchboard.transaction", string(end)))
			if end == database.Broken {
				span.SetStatus(codes.Error, "")
			}
			span.End()
		}
	})
}
