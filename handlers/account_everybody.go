package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/account"
	"switchboard/views/frame"
)

// allSessions shows who is signed in where.
func (h *accountPages) allSessions(c echo.Context, person *session.Person) error {
	listed, err := h.sessionLister.All(c.Request().Context(), person)
	if err != nil {
		return err
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: "Who is signed in", fragment: account.AllSessions(h.sessionList(person, listed)),
		crumbs: []frame.Crumb{{Label: "My access", Href: "/access"}, {Label: "Sessions", Href: "/sessions"}, {Label: "Everybody’s"}},
	})
}

// endAnySession ends a session of anybody, asked for by somebody who still has the role.
func (h *accountPages) endAnySession(c echo.Context, person *session.Person) error {
	person, err := person.Confirmed(c.Request().Context())
	if err != nil {
		c.Set(returnKey, "/sessions/all")
		return err
	}
	if !person.Actor().May(access.Edit) {
		return problem.New(problem.Forbidden, "You may not end other people’s sessions.").Behind(problem.Role).
			Advising("Ask an administrator of Switchboard: it needs the admin role.")
	}
	id := c.Param("session")
	ended, err := h.sessionLister.EndAny(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if ended == nil {
		return problem.New(problem.NotFound, "This session has ended already.").Advising("Nothing is left to do.")
	}
	h.memory.Forget(id)
	h.noteSignOut(c, person, "session of "+account.FullName(ended.Actor())+" ended")
	return c.Redirect(http.StatusSeeOther, "/sessions/all")
}
