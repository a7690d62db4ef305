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

// follow has what a request reads of the database ask once whether it has changed, and traces the request where that is on.
func (r *Rooms) follow(request *http.Request, id string) (ctx context.Context, ended func(method, route string, status int)) {
	if r.tracing == nil {
		return database.Page(request.Context()), func(string, string, int) {}
	}
	ctx, ended = r.tracing.Request(request, id)
	return database.Page(ctx), ended
}
