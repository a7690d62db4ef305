package handlers

import (
	"errors"

	"github.com/labstack/echo/v4"

	"switchboard/access"
	"switchboard/problem"
	"switchboard/signin"
	"switchboard/views"
)

// returnKey is where a request's context keeps the page that a sign-in is to lead back to, where that is not the one
// that was asked for.
const returnKey = "return"

// challenged is an error that says what a sign-in has to satisfy before Graph accepts its token, as a JSON object.
type challenged interface {
	error
	Challenge() string
}

// steps are the ways through the provider that can undo a problem, the best first. They are links and never a redirect:
// a person who may not go on would come back here and be sent away again, without end. The way leads back to where they
// were.
func (h *Handlers) steps(c echo.Context, person *signin.Person, said problem.Problem) []views.Help {
	var refused *signin.Refusal
	var asks challenged
	var steps []views.Help
	switch {
	case errors.As(said, &refused):
		steps = helps(refused, person)
		if person == nil && (refused.Class == signin.Policy || refused.Class == signin.Declined) {
			steps = append(steps, views.Help{Label: "Use another account", Href: "/login?account=other"})
		}
	case errors.As(said, &asks) && asks.Challenge() != "" && person != nil:
		if err := person.StepUp(c.Request().Context(), asks.Challenge()); err != nil {
			h.log(c).Warn("what the next sign-in has to satisfy could not be kept", "error", err.Error())
			return nil
		}
		steps = []views.Help{{Label: "Sign in to confirm", Href: "/login"}}
	case said.Gate() == problem.Scope && person != nil:
		steps = []views.Help{{Label: askNow, Href: consentPath(person)}}
	}
	if len(steps) > 0 {
		h.rememberReturn(c)
	}
	return steps
}

// askNow leads to where the provider asks for a permission, of somebody who can give it.
const askNow = "Ask for it now"

// consentPath asks the provider for the permission that goes with somebody's role, and for no more.
func consentPath(person *signin.Person) string {
	if person != nil && person.Actor().May(access.Edit) {
		return "/login?grant=write"
	}
	return "/login"
}

// helps are the ways through the provider that a refusal of it leaves the person; nil is nobody yet.
func helps(refused *signin.Refusal, person *signin.Person) []views.Help {
	var list []views.Help
	switch {
	case refused.Path == "":
	case refused.Class == signin.Consent:
		list = append(list, views.Help{Label: askNow, Href: consentPath(person)})
	case refused.Class == signin.StepUp:
		list = append(list, views.Help{Label: "Sign in to confirm", Href: refused.Path})
	default:
		list = append(list, views.Help{Label: "Sign in again", Href: refused.Path})
	}
	if refused.AdminConsent != "" {
		list = append(list, views.Help{Label: "Link for an administrator", Href: refused.AdminConsent, Copy: true})
	}
	return list
}

// rememberReturn has the next sign-in lead back to where the person was: the page asked for, or the form that was sent.
func (h *Handlers) rememberReturn(c echo.Context) {
	if back := backOf(c); back != "" {
		h.SignIn.RememberPath(c.Response(), back)
		return
	}
	h.SignIn.Remember(c.Response(), c.Request())
}

// backOf is the page that a sign-in is to lead back to, empty where it is the one that was asked for.
func backOf(c echo.Context) string {
	back, _ := c.Get(returnKey).(string)
	return back
}
