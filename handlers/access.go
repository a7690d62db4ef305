package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/account"
	"switchboard/views/frame"
)

// access shows somebody what they may do and what stands before more. It needs a session and no role.
func (h *Handlers) access(c echo.Context, person *signin.Person) error {
	model := account.Access{
		Actor: person.Actor(), Claim: h.Roles.Claim, RolesAt: person.RolesAt(), Scopes: person.Scopes(),
		Gates: h.gates(c, person), Now: h.Now(),
	}
	if refused := person.Refused(); refused != nil {
		model.Ask = h.leadingBack(c, helps(refused, person))
	}
	return h.send(c, person, answer{
		status: http.StatusOK, title: "My access", fragment: account.AccessDetail(model), crumbs: []frame.Crumb{{Label: "My access"}},
	})
}

// sessions shows somebody where they are signed in.
func (h *Handlers) sessions(c echo.Context, person *signin.Person) error {
	listed, err := h.Everybody.List(c.Request().Context(), person)
	if err != nil {
		return err
	}
	model := h.sessionList(person, listed)
	return h.send(c, person, answer{
		status: http.StatusOK, title: "Where you are signed in", fragment: account.SessionList(model),
		crumbs: []frame.Crumb{{Label: "My access", Href: "/access"}, {Label: "Sessions"}},
	})
}

// allOthers stands for the id of every session of a person but the one that asks.
const allOthers = "others"

// endSessions ends one of the person's other sessions, or all of them.
func (h *Handlers) endSessions(c echo.Context, person *signin.Person) error {
	ctx, id := c.Request().Context(), c.Param("session")
	if id == allOthers {
		count, err := h.Elsewhere.EndOthers(ctx, person)
		if err != nil {
			return err
		}
		if count > 0 {
			h.noteSignOut(c, person, fmt.Sprintf("other sessions ended: %d", count))
		}
		return c.Redirect(http.StatusSeeOther, "/sessions")
	}
	ended, err := h.Elsewhere.EndOther(ctx, person, id)
	if err != nil {
		return err
	}
	if !ended {
		return problem.New(problem.NotFound, "This session has ended, or it is not yours.").
			Advising("Look at the list of where you are signed in.")
	}
	h.Memory.Forget(id)
	h.noteSignOut(c, person, "another session ended")
	return c.Redirect(http.StatusSeeOther, "/sessions")
}

// frontChannelLogout ends the sessions that the provider names by its own session id. Whoever asks is told nothing.
func (h *Handlers) frontChannelLogout(c echo.Context, _ *signin.Person) error {
	ended, err := h.Elsewhere.EndBySID(c.Request().Context(), c.QueryParam("sid"))
	if err != nil {
		return err
	}
	for _, person := range ended {
		h.Memory.Forget(person.SessionHash())
		h.noteSignOut(c, person, "front-channel logout by the provider")
	}
	if len(ended) > 0 {
		h.log(c).Info("the provider ended sessions", "count", len(ended))
	}
	return c.NoContent(http.StatusOK)
}
