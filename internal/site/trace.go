package site

import (
	"context"
	"net/http"

	"switchboard/internal/database"
	"switchboard/internal/tracing"
)

// trace follows what the database is asked for from here on, if the environment says where traces go.
func (r *Rooms) trace(ctx context.Context, db *database.DB, o Options) (err error) {
	if r.tracing, err = tracing.Start(ctx, o.Version, o.Log); r.tracing != nil {
		r.tracing.Transactions(db)
	}
	return err
}

// traceRequests is how handlers trace requests; nil is not at all.
func (r *Rooms) traceRequests() func(*http.Request, string) (context.Context, func(method, route string, status int)) {
	if r.tracing == nil {
		return nil
	}
	return r.tracing.Request
}
