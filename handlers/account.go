package handlers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/account"
	"switchboard/views/frame"
)

// accountPages show people what they may do and where they are signed in, and keep their theme.
type accountPages struct {
	*presenter
	sessionLister SessionLister
}

// SessionLister lists sessions, one's own and other people's, and ends those.
type SessionLister interface {
	// List are the person's own, All those of everybody.
	List(context.Context, *session.Person) ([]session.Listed, error)
	All(context.Context, *session.Person) ([]session.Listed, error)
	// EndAny ends one and says whose it was, nil if there is none.
	EndAny(ctx context.Context, id string) (*session.Person, error)
}

// access shows somebody what they may do and what stands before more. It needs a session and no role.
func (h *accountPages) access(c echo.Context, person *session.Person) error {
	model := account.Access{
		Actor: person.Actor(), Claim: h.Roles.Claim, RolesAt: person.RolesAt(), Scopes: person.Scopes(),
		Gates: h.gates(c, person), Now: h.now(),
	}
	if refused := person.Refused(); refused != nil {
		model.Ask = h.leadingBack(c, helps(refused, person))
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: "My access", fragment: account.AccessDetail(model), crumbs: []frame.Crumb{{Label: "My access"}},
	})
}

// sessions shows somebody where they are signed in.
func (h *accountPages) sessions(c echo.Context, person *session.Person) error {
	listed, err := h.sessionLister.List(c.Request().Context(), person)
	if err != nil {
		return err
	}
	model := h.sessionList(person, listed)
	return h.send(c, person, page{
		status: http.StatusOK, title: "Where you are signed in", fragment: account.SessionList(model),
		crumbs: []frame.Crumb{{Label: "My access", Href: "/access"}, {Label: "Sessions"}},
	})
}

// allOthers stands for the id of every session of a person but the one that asks.
const allOthers = "others"

// endSessions ends one of the person's other sessions, or all of them.
func (h *accountPages) endSessions(c echo.Context, person *session.Person) error {
	ctx, id := c.Request().Context(), c.Param("session")
	if id == allOthers {
		count, err := h.sessionEnder.EndOthers(ctx, person)
		if err != nil {
			return err
		}
		if count > 0 {
			h.noteSignOut(c, person, fmt.Sprintf("other sessions ended: %d", count))
		}
		return c.Redirect(http.StatusSeeOther, "/sessions")
	}
	ended, err := h.sessionEnder.EndOther(ctx, person, id)
	if err != nil {
		return err
	}
	if !ended {
		return problem.New(problem.NotFound, "This session has ended, or it is not yours.").
			Advising("Look at the list of where you are signed in.")
	}
	h.memory.Forget(id)
	h.noteSignOut(c, person, "another session ended")
	return c.Redirect(http.StatusSeeOther, "/sessions")
}

// keepSession answers 'Stay signed in'. That it was asked for is the activity that counts.
func (h *accountPages) keepSession(c echo.Context, person *session.Person) error {
	h.tellSession(c, person)
	return c.NoContent(http.StatusNoContent)
}

// sessionList is what a page shows of sessions.
func (h *accountPages) sessionList(person *session.Person, listed []session.Listed) account.Sessions {
	model := account.Sessions{
		Idle: h.Idle, Absolute: h.Absolute, MayEndAny: person.Actor().May(access.Edit), FormToken: person.FormToken(), Now: h.now(),
	}
	for _, one := range listed {
		model.Sessions = append(model.Sessions, account.Session{
			ID: one.ID, Person: one.Person, Device: one.Device, Address: one.Address, Current: one.Current, Since: one.Since, LastSeen: one.LastSeen,
		})
	}
	return model
}
