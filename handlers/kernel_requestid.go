package handlers

import (
	"context"
	"log/slog"
)

// requestIDKey is where a request's context keeps its id.
type requestIDKey struct{}

// TagRequests adds the request's id to each line that is logged with a request's context, in whichever room: an operator
// who is told an id finds all that happened.
func TagRequests(next slog.Handler) slog.Handler { return tagging{next} }

type tagging struct{ slog.Handler }

func (t tagging) Handle(ctx context.Context, line slog.Record) error {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		line.AddAttrs(slog.String("request_id", id))
	}
	return t.Handler.Handle(ctx, line)
}

func (t tagging) WithAttrs(attributes []slog.Attr) slog.Handler {
	return tagging{t.Handler.WithAttrs(attributes)}
}

func (t tagging) WithGroup(name string) slog.Handler { return tagging{t.Handler.WithGroup(name)} }

// bound logs every line with one context, whatever the caller passes.
type bound struct {
	slog.Handler
	ctx context.Context
}

func (b bound) Handle(_ context.Context, line slog.Record) error {
	return b.Handler.Handle(b.ctx, line)
}
