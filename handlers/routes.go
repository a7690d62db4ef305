package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/session"
)

// handler answers one route for a person; the person is nil where the route asks for no session and there is none.
type handler func(echo.Context, *session.Person) error

// route is a row of the table: what is asked, what one must be allowed to, and what answers.
type route struct {
	method, path string
	needs        access.Permission
	handle       handler
}

// routes is the whole site. A route that is not here does not exist, and none is without a permission.
func (h subjects) routes() []route {
	return slices.Concat(h.connectorRoutes(), h.bulkRoutes(), h.changeRoutes(), h.auditRoutes(), h.accountRoutes(), h.rootRoutes(), h.eventRoutes())
}

// connectorRoutes are the overview, the list, a connector's page and what is done there.
func (h subjects) connectorRoutes() []route {
	return []route{
		{"GET", "/", access.See, h.connectors.overview},
		{"GET", "/connectors", access.See, h.connectors.list},
		{"GET", "/connectors.csv", access.See, h.connectors.exportCSV},
		{"GET", "/connectors.json", access.See, h.connectors.exportJSON},
		{"POST", "/connectors/picked", access.See, h.connectors.exportPicked},
		{"POST", "/connectors/layout", access.See, h.connectors.layout},
		{"POST", "/views", access.See, h.connectors.saveView},
		{"POST", "/views/:view/delete", access.See, h.connectors.deleteView},
		{"GET", "/connectors/:id", access.See, h.connectors.show},
		{"GET", "/search", access.See, h.connectors.suggest},
		{"GET", "/connectors/:id/edit", access.Edit, h.edit.show},
		{"POST", "/connectors/:id/edit/drop", access.Edit, h.edit.dropDraft},
		{"POST", "/connectors/:id/review", access.Edit, h.edit.review},
		{"GET", "/connectors/:id/review", access.Edit, h.edit.reviewGone},
		{"POST", "/connectors/:id", access.Edit, h.edit.save},
		{"POST", "/connectors/:id/sync", access.Edit, h.connectors.sync},
		{"GET", "/connectors/:id/sync", access.See, h.connectors.syncProgress},
		{"POST", "/connectors/:id/notes", access.Propose, h.desk.note},
		{"POST", "/connectors/:id/claim", access.Propose, h.desk.claim},
		{"POST", "/connectors/:id/claim/end", access.Propose, h.desk.endClaim},
		{"GET", "/runbooks", access.See, h.runbooks.index},
		{"GET", "/runbooks/:health", access.See, h.runbooks.show},
	}
}

// changeRoutes are what was asked of Graph, and how it ended.
func (h subjects) changeRoutes() []route {
	return []route{
		{"GET", "/changes", access.See, h.changes.list},
		{"GET", "/changes/:change", access.See, h.changes.show},
		{"POST", "/changes/:change/check", access.See, h.changes.check},
		{"POST", "/changes/:change/close", access.Edit, h.changes.giveUp},
		{"GET", "/changes/:change/revert", access.Edit, h.edit.revert},
	}
}

// auditRoutes are the audit log and what is taken away from it.
func (h subjects) auditRoutes() []route {
	return []route{
		{"GET", "/audit", access.Audit, h.auditlog.list},
		{"GET", "/audit/:seq", access.Audit, h.auditlog.line},
		{"GET", "/audit.ndjson", access.Audit, h.auditlog.inTurn(h.auditlog.exportNDJSON)},
		{"GET", "/audit.csv", access.Audit, h.auditlog.inTurn(h.auditlog.exportCSV)},
		{"GET", "/audit/checkpoint", access.Audit, h.auditlog.checkpoint},
		{"GET", "/audit/evidence.zip", access.Audit, h.auditlog.inTurn(h.auditlog.exportEvidence)},
		{"POST", "/audit/:seq/acknowledge", access.Propose, h.desk.acknowledge},
	}
}

// accountRoutes are signing in and out, and a person's own sessions and choices.
func (h subjects) accountRoutes() []route {
	return []route{
		{"GET", "/login", access.Anyone, limited(h.signin.starts, h.signin.login)},
		{"GET", "/auth/callback", access.Anyone, limited(h.signin.callbacks, h.signin.callback)},
		{"POST", "/logout", access.Anyone, h.signin.logout},
		{"GET", "/signed-out", access.Anyone, h.signin.signedOut},
		{"GET", "/auth/front-channel-logout", access.Anyone, limited(h.signin.logouts, h.signin.frontChannelLogout)},
		{"GET", "/access", access.SignedIn, h.account.access},
		{"GET", "/sessions", access.SignedIn, h.account.sessions},
		{"GET", "/sessions/all", access.Edit, h.account.allSessions},
		{"POST", "/sessions/all/:session/end", access.Edit, h.account.endAnySession},
		{"POST", "/sessions/keep", access.SignedIn, h.account.keepSession},
		{"POST", "/sessions/:session/end", access.SignedIn, h.account.endSessions},
		{"GET", "/licenses", access.SignedIn, h.account.licenses},
		{"POST", "/theme", access.Anyone, h.account.theme},
		{"POST", "/zone", access.Anyone, h.account.zone},
	}
}

// rootRoutes are what machines ask for.
func (h subjects) rootRoutes() []route {
	return []route{
		{"GET", "/healthz", access.Anyone, h.probes.healthz},
		{"GET", "/readyz", access.Anyone, h.probes.readyz},
		{"GET", "/robots.txt", access.Anyone, h.probes.robots},
		{"GET", "/favicon.ico", access.Anyone, h.probes.favicon},
		{"GET", "/static/*", access.Anyone, h.probes.static},
	}
}

// eventRoutes have pages change by themselves.
func (h subjects) eventRoutes() []route {
	return []route{
		{"GET", eventsPath, access.See, h.events.events},
		{"GET", "/menu", access.See, h.events.menu},
	}
}

// bulkRoutes change many connectors.
func (h subjects) bulkRoutes() []route {
	return []route{
		{"GET", "/bulk", access.Edit, h.bulk.toList},
		{"GET", "/bulk/new", access.Edit, h.bulk.toList},
		{"GET", "/bulk/review", access.Edit, h.bulk.toList},
		{"POST", "/bulk/new", access.Edit, h.bulk.newForm},
		{"POST", "/bulk/review", access.Edit, h.bulk.review},
		{"POST", "/bulk", access.Edit, h.bulk.start},
		{"GET", "/bulk/import", access.Edit, h.bulk.fileForm},
		{"POST", "/bulk/import", access.Edit, h.bulk.takeFile},
		{"GET", "/bulk/:run", access.See, h.bulk.run},
		{"POST", "/bulk/:run/pause", access.Edit, h.bulk.pause},
		{"POST", "/bulk/:run/resume", access.Edit, h.bulk.resume},
		{"POST", "/bulk/:run/stop", access.Edit, h.bulk.stop},
		{"POST", "/bulk/:run/revert", access.Edit, h.bulk.putBack},
	}
}

// register adds a row to the router; HEAD works wherever GET does.
func register(e *echo.Echo, row route, handle echo.HandlerFunc) {
	e.Add(row.method, row.path, handle)
	if row.method == http.MethodGet {
		e.Add(http.MethodHead, row.path, handle)
	}
}
