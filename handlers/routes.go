package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/session"
)

// action answers one route for a person; the person is nil where the route asks for no session and there is none.
type action func(echo.Context, *session.Person) error

// route is a row of the table: what is asked, what one must be allowed to, and what answers.
type route struct {
	method, path string
	needs        access.Permission
	answer       action
}

// routes is the whole site. A route that is not here does not exist, and none is without a permission.
func (h *Handlers) routes() []route {
	return []route{
		{"GET", "/", access.See, h.overview},
		{"GET", "/connectors", access.See, h.connectors},
		{"GET", "/connectors/:id", access.See, h.connector},
		{"GET", "/connectors/:id/edit", access.Edit, h.edit},
		{"POST", "/connectors/:id/edit/drop", access.Edit, h.dropDraft},
		{"POST", "/connectors/:id/review", access.Edit, h.review},
		{"GET", "/connectors/:id/review", access.Edit, h.reviewGone},
		{"POST", "/connectors/:id", access.Edit, h.save},
		{"POST", "/connectors/:id/sync", access.Edit, h.sync},
		{"GET", "/connectors/:id/sync", access.See, h.syncProgress},
		{"GET", "/changes", access.See, h.changes},
		{"GET", "/changes/:change", access.See, h.change},
		{"POST", "/changes/:change/check", access.See, h.check},
		{"POST", "/changes/:change/close", access.Edit, h.giveUp},
		{"GET", "/changes/:change/revert", access.Edit, h.revert},
		{"GET", "/audit", access.Audit, h.audit},
		{"GET", "/audit/:seq", access.Audit, h.auditLine},
		{"GET", "/audit.ndjson", access.Audit, h.inTurn(h.exportNDJSON)},
		{"GET", "/audit.csv", access.Audit, h.inTurn(h.exportCSV)},
		{"GET", "/audit/checkpoint", access.Audit, h.checkpoint},
		{"GET", "/audit/evidence.zip", access.Audit, h.inTurn(h.exportEvidence)},
		{"GET", "/login", access.Anyone, limited(h.starts, h.login)},
		{"GET", "/auth/callback", access.Anyone, limited(h.answers, h.callback)},
		{"POST", "/logout", access.Anyone, h.logout},
		{"GET", "/signed-out", access.Anyone, h.signedOut},
		{"GET", "/auth/front-channel-logout", access.Anyone, limited(h.logouts, h.frontChannelLogout)},
		{"GET", "/access", access.SignedIn, h.access},
		{"GET", "/sessions", access.SignedIn, h.sessions},
		{"GET", "/sessions/all", access.Edit, h.allSessions},
		{"POST", "/sessions/all/:session/end", access.Edit, h.endAnySession},
		{"POST", "/sessions/keep", access.SignedIn, h.keepSession},
		{"POST", "/sessions/:session/end", access.SignedIn, h.endSessions},
		{"POST", "/theme", access.Anyone, h.theme},
		{"GET", "/healthz", access.Anyone, h.healthz},
		{"GET", "/readyz", access.Anyone, h.readyz},
		{"GET", "/robots.txt", access.Anyone, h.robots},
		{"GET", "/favicon.ico", access.Anyone, h.favicon},
		{"GET", "/static/*", access.Anyone, h.static},
	}
}

// register adds a row to the router; HEAD works wherever GET does.
func (h *Handlers) register(e *echo.Echo, row route) {
	answer := h.gate(row)
	e.Add(row.method, row.path, answer)
	if row.method == http.MethodGet {
		e.Add(http.MethodHead, row.path, answer)
	}
}
