package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/account"
	"switchboard/views/frame"
	"switchboard/views/gates"
)

// login sends the browser to the provider. Somebody who is signed in goes there too: they may want another account.
func (h *Handlers) login(c echo.Context, _ *signin.Person) error {
	provider, err := h.SignIn.Start(c.Response(), c.Request())
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, provider)
}

// callback takes the provider's answer, records who came, and goes on to the page first asked for. former is whose session
// the browser had: a sign-in puts another in its place.
func (h *Handlers) callback(c echo.Context, former *signin.Person) error {
	arrival, err := h.SignIn.Finish(c.Response(), c.Request())
	if err != nil {
		if arrival.ReturnTo != "" {
			c.Set(returnKey, arrival.ReturnTo)
		}
		if arrival.Again != "" {
			c.Set(stepKey, gates.Help{Label: onceMore(err), Href: arrival.Again})
		}
		return err
	}
	person := arrival.Person
	if person == nil {
		return c.Redirect(http.StatusSeeOther, arrival.ReturnTo)
	}
	_, err = h.Record.Note(c.Request().Context(), audit.Entry{
		ID: h.NewID(), Action: audit.SignIn, Actor: person.Actor(), Context: h.origin(c, person),
	})
	if err != nil {
		h.log(c).Error("a sign-in could not be recorded", "error", err.Error())
	}
	if former != nil && !former.Actor().Is(person.Actor()) {
		h.Memory.Forget(former.SessionHash())
		h.noteSignOut(c, former, "another person signed in in the same browser")
	}
	return c.Redirect(http.StatusSeeOther, arrival.ReturnTo)
}

// onceMore names the way to begin a sign-in again that failed.
func onceMore(err error) string {
	if explain(err).Kind() == problem.Unavailable {
		return "Try again"
	}
	return "Sign in again"
}

// logout ends the session here, or what is left of one that had ended, and leads on to the provider. The answer is a
// page: a redirect from a form to another site is stopped by form-action.
func (h *Handlers) logout(c echo.Context, person *signin.Person) error {
	if person != nil {
		if err := h.endOwn(c, person, ""); err != nil {
			return err
		}
	}
	provider, err := h.Sessions.End(c.Response(), c.Request(), person)
	if err != nil {
		return err
	}
	model := account.LoggingOut{Next: provider, Elsewhere: provider != ""}
	if provider == "" {
		h.Sessions.AskAnew(c.Response())
		model.Next = "/signed-out?provider=" + stays
	}
	header := c.Response().Header()
	header.Set("Clear-Site-Data", `"cache", "storage"`)
	header.Set("Refresh", "0; url="+model.Next)
	return h.send(c, nil, answer{
		status: http.StatusOK, title: "Signing out",
		page: func(shell frame.Shell) templ.Component { return account.LoggingOutPage(shell, model) },
	})
}

// stays is what the address of the last page of a sign-out says where the provider's own session goes on.
const stays = "stays"

// endOwn ends the session that asks. Of the requests and instances that end it at once, the one that did records it.
func (h *Handlers) endOwn(c echo.Context, person *signin.Person, reason string) error {
	h.Memory.Forget(person.SessionHash())
	ended, err := h.Elsewhere.EndOther(c.Request().Context(), person, person.SessionHash())
	if ended {
		h.noteSignOut(c, person, reason)
	}
	return err
}

// noteSignOut records that a person signed out, here or somewhere else.
func (h *Handlers) noteSignOut(c echo.Context, person *signin.Person, reason string) {
	_, err := h.Record.Note(c.Request().Context(), audit.Entry{
		ID: h.NewID(), Action: audit.SignOut, Actor: person.Actor(), Reason: reason, Context: h.origin(c, person),
	})
	if err != nil {
		h.log(c).Error("a sign-out could not be recorded", "error", err.Error())
	}
}

// signedOut is where a sign-out ends, where a form leads whose session had ended, and where the provider sends an
// administrator back to who was asked for consent: it is the only other address registered there. What the address says
// chooses words and nothing else.
func (h *Handlers) signedOut(c echo.Context, person *signin.Person) error {
	form := c.QueryParam("form")
	model := account.SignedOut{
		Idle: h.Idle, Consent: c.QueryParam("admin_consent") != "", Ended: form != "", Kept: form == "kept",
		ProviderStays: c.QueryParam("provider") == stays, SignIn: withBack(signInPath, c.QueryParam(signin.BackName)),
	}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(),
		page: func(shell frame.Shell) templ.Component { return account.SignedOutPage(shell, model) },
	})
}
