package graphclient

import (
	"context"
	"log/slog"
	"slices"

	"switchboard/internal/connector"
)

// log writes one line a request: what is needed to ask Microsoft about it, and neither token nor body. Reads that went
// well are for debugging only.
func (c *Client) log(ctx context.Context, out call, got answer, failure error) {
	level := slog.LevelInfo
	switch {
	case failure != nil || got.status > 299 || got.cut != nil:
		level = slog.LevelWarn
	case out.body == nil:
		level = slog.LevelDebug
	}
	if !c.options.Log.Enabled(ctx, level) {
		return
	}
	line := []slog.Attr{
		slog.String("method", out.method), slog.String("path", out.name), slog.Int("status", got.status),
		slog.String("graph_request_id", got.requestID()), slog.String("client_request_id", out.id),
		slog.Float64("took_ms", float64(got.took.Microseconds())/1000),
	}
	if diagnostic := got.header.Get("x-ms-ags-diagnostic"); diagnostic != "" {
		line = append(line, slog.String("ags_diagnostic", diagnostic))
	}
	if failure == nil {
		failure = got.cut
	}
	if failure != nil {
		line = append(line, slog.String("error", failure.Error()))
	}
	c.options.Log.LogAttrs(ctx, level, "graph", line...)
}

// logRefusal adds what Graph's error object says, without what was sent: its message may repeat what a person typed.
func (c *Client) logRefusal(ctx context.Context, e *Error, typed []string) {
	if e.Code == "" && e.ActivityID == "" && e.Text == "" {
		return
	}
	c.options.Log.LogAttrs(ctx, slog.LevelWarn, "graph error", slog.String("code", e.Code), slog.String("inner_code", e.InnerCode),
		slog.String("activity_id", e.ActivityID), slog.String("client_request_id", e.ClientRequestID),
		slog.String("message", unlike(e.Text, typed)))
}

// faultsLogged bounds the kinds of fault that one line names.
const faultsLogged = 10

// logUnreadable writes one line for all rows of a list that are no connectors: what is wrong with them, and no value.
func (c *Client) logUnreadable(ctx context.Context, last answer, rows []connector.Unreadable) {
	if len(rows) == 0 {
		return
	}
	var faults []string
	for _, row := range rows {
		if len(faults) < faultsLogged && !slices.Contains(faults, row.Error()) {
			faults = append(faults, row.Error())
		}
	}
	c.options.Log.WarnContext(ctx, "rows of graph's list cannot be read", "path", collection, "rows", len(rows),
		"faults", faults, "graph_request_id", last.requestID())
}
