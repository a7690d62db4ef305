package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/account"
	"switchboard/views/frame"
)

// allSessions shows who is signed in where.
func (h *Handlers) allSessions(c echo.Context, person *signin.Person) error {
	listed, err := h.Everybody.All(c.Request().Context(), person)
	if err != nil {
		return err
	}
	return h.send(c, person, answer{
		status: http.StatusOK, title: "Who is signed in", fragment: account.AllSessions(h.sessionList(person, listed)),
		crumbs: []frame.Crumb{{Label: "My access", Href: "/access"}, {Label: "Sessions", Href: "/sessions"}, {Label: "Everybody’s"}},
	})
}

// endAnySession ends whosever session it is, for somebody with the role of now.
func (h *Handlers) endAnySession(c echo.Context, person *signin.Person) error {
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
	ended, err := h.Everybody.EndAny(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if ended == nil {
		return problem.New(problem.NotFound, "This session has ended already.").Advising("Nothing is left to do.")
	}
	h.Memory.Forget(id)
	h.noteSignOut(c, person, "session of "+account.FullName(ended.Actor())+" ended")
	return c.Redirect(http.StatusSeeOther, "/sessions/all")
}

// sessionList is what a page shows of sessions.
func (h *Handlers) sessionList(person *signin.Person, listed []signin.Listed) account.Sessions {
	model := account.Sessions{
		Idle: h.Idle, Absolute: h.Absolute, MayEndAny: person.Actor().May(access.Edit), FormToken: person.FormToken(), Now: h.Now(),
	}
	for _, one := range listed {
		model.Sessions = append(model.Sessions, account.Session{
			ID: one.ID, Person: one.Person, Device: one.Device, Address: one.Address, Current: one.Current, Since: one.Since, LastSeen: one.LastSeen,
		})
	}
	return model
}
