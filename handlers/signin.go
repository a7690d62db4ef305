package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/views/account"
	"switchboard/views/frame"
	"switchboard/views/gates"
)

// signInPages lead people through the provider and out again.
type signInPages struct {
	*kernel
	// starts of sign-ins, the provider's answers to them, and its calls to end sessions are limited.
	starts, callbacks, logouts *limiter
}

// login sends the browser to the provider. Somebody who is signed in goes there too: they may want another account.
func (h *signInPages) login(c echo.Context, _ *session.Person) error {
	provider, err := h.signIn.Start(c.Response(), c.Request())
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, provider)
}

// callback takes the provider's answer, records who came, and goes on to the page first asked for. former is whose session
// the browser had: a sign-in puts another in its place.
func (h *signInPages) callback(c echo.Context, former *session.Person) error {
	arrival, err := h.signIn.Finish(c.Response(), c.Request())
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
	_, err = h.auditWriter.Note(c.Request().Context(), audit.Entry{
		ID: h.newID(), Action: audit.SignIn, Actor: person.Actor(), Origin: h.origin(c, person),
	})
	if err != nil {
		h.log(c).Error("a sign-in could not be recorded", "error", err.Error())
	}
	if former != nil && !former.Actor().Is(person.Actor()) {
		h.memory.Forget(former.SessionHash())
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
func (h *signInPages) logout(c echo.Context, person *session.Person) error {
	if person != nil {
		if err := h.endOwn(c, person, ""); err != nil {
			return err
		}
	}
	provider, err := h.signIn.End(c.Response(), c.Request(), person)
	if err != nil {
		return err
	}
	model := account.LoggingOut{Next: provider, Elsewhere: provider != ""}
	if provider == "" {
		h.signIn.AskAnew(c.Response())
		model.Next = "/signed-out?provider=" + stays
	}
	header := c.Response().Header()
	header.Set("Clear-Site-Data", `"cache", "storage"`)
	header.Set("Refresh", "0; url="+model.Next)
	return h.send(c, nil, page{
		status: http.StatusOK, title: "Signing out",
		whole: func(shell frame.Shell) templ.Component { return account.LoggingOutPage(shell, model) },
	})
}

// stays is what the address of the last page of a sign-out says where the provider's own session goes on.
const stays = "stays"

// signedOut is where a sign-out ends, where a form leads whose session had ended, and where the provider sends an
// administrator back to who was asked for consent: it is the only other address registered there. What the address says
// chooses words and nothing else.
func (h *signInPages) signedOut(c echo.Context, person *session.Person) error {
	form := c.QueryParam("form")
	model := account.SignedOut{
		Idle: h.Idle, Consent: c.QueryParam("admin_consent") != "" || c.QueryParam("error") != "",
		SignedIn: person != nil && form == "", Ended: form != "", Kept: form == "kept",
		ProviderStays: c.QueryParam("provider") == stays, SignIn: withBack(signInPath, c.QueryParam(signin.BackName)),
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(),
		whole: func(shell frame.Shell) templ.Component { return account.SignedOutPage(shell, model) },
	})
}

// frontChannelLogout ends the sessions that the provider names by its own session id. The answer tells nothing.
func (h *signInPages) frontChannelLogout(c echo.Context, _ *session.Person) error {
	ended, err := h.sessionEnder.EndBySID(c.Request().Context(), c.QueryParam("sid"))
	if err != nil {
		return err
	}
	for _, person := range ended {
		h.memory.Forget(person.SessionHash())
		h.noteSignOut(c, person, "front-channel logout by the provider")
	}
	if len(ended) > 0 {
		h.log(c).Info("the provider ended sessions", "count", len(ended))
	}
	return c.NoContent(http.StatusOK)
}
