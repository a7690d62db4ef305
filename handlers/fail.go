package handlers

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/account"
	"switchboard/views/frame"
	"switchboard/views/gates"
	"switchboard/views/links"
	"switchboard/views/problems"
)

// statuses are the HTTP statuses of the kinds of problem: the only place where the two meet.
var statuses = map[problem.Kind]int{
	problem.Internal:    http.StatusInternalServerError,
	problem.Invalid:     http.StatusUnprocessableEntity,
	problem.BadRequest:  http.StatusBadRequest,
	problem.TooLarge:    http.StatusRequestEntityTooLarge,
	problem.Forbidden:   http.StatusForbidden,
	problem.NotFound:    http.StatusNotFound,
	problem.Conflict:    http.StatusConflict,
	problem.Unavailable: http.StatusServiceUnavailable,
	problem.Misdirected: http.StatusMisdirectedRequest,
	problem.NoMethod:    http.StatusMethodNotAllowed,
	problem.TooMany:     http.StatusTooManyRequests,
}

// fail answers with a problem as a page or a fragment. It is the only way in which an error leaves.
func (h *Handlers) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	said := explain(err)
	h.logProblem(c, said)
	if said.Kind() == problem.SignedOut {
		err = h.endSession(c, said)
	} else {
		err = h.showProblem(c, said)
	}
	if err != nil {
		h.log(c).Error("an answer could not be drawn", "error", err.Error())
		_ = c.String(http.StatusInternalServerError, "Something went wrong on our side. Request id: "+requestID(c))
	}
}

func (h *Handlers) showProblem(c echo.Context, said problem.Problem) error {
	if said.Kind() == problem.Misdirected {
		return h.showMisdirected(c, said)
	}
	// A page that is not there or that fails is still framed for who asks, as far as that can be told.
	person, err := h.who(c)
	if err != nil {
		person = nil
	}
	if inVain(person, said) {
		said = said.Saying("Your sign-in asked for it, and it was not granted.")
	}
	model := problems.Problem{
		Problem: said, Status: status(said), RequestID: requestID(c), Now: h.Now(), Steps: h.steps(c, person, said),
		Again: again(c, said), Kept: c.Get(keptKey) != nil,
		Scope: h.ReadScope,
	}
	if c.Request().Method == http.MethodPost {
		model.Scope = h.WriteScope
	}
	if person != nil || len(model.Steps) == 0 {
		model.Next = h.next(c, said, person)
	}
	return h.send(c, person, answer{status: retryLater(c, said), title: model.Title(), fragment: problems.Part(model)})
}

// again says whether the same page can be asked for once more. The answer of a provider that was taken is good for nothing.
func again(c echo.Context, said problem.Problem) bool {
	later := said.Kind() == problem.Unavailable || said.Kind() == problem.TooMany
	return later && c.Request().Method == http.MethodGet && c.Get(stepKey) == nil
}

// next are the ways on from a problem.
func (h *Handlers) next(c echo.Context, said problem.Problem, person *signin.Person) []frame.Crumb {
	switch {
	case person == nil:
		return []frame.Crumb{{Label: "Sign in", Href: signInPath}}
	case backOf(c) != "" && backOf(c) != "/":
		return []frame.Crumb{{Label: "Back to where you were", Href: backOf(c)}}
	case said.Kind() == problem.Forbidden && c.Request().Method == http.MethodPost && pathID(c) != "" && person.Actor().May(access.Edit):
		return []frame.Crumb{{Label: "Open the form again", Href: links.ConnectorURL(pathID(c)) + "/edit"}}
	case said.Kind() == problem.Forbidden && strings.HasPrefix(c.Path(), "/connectors/:id"):
		return []frame.Crumb{{Label: "Open the connector", Href: links.ConnectorURL(pathID(c))}}
	case said.Kind() == problem.NotFound && strings.HasPrefix(c.Path(), "/sessions/"):
		return []frame.Crumb{{Label: "Where you are signed in", Href: "/sessions"}}
	case said.Kind() == problem.NotFound && strings.HasPrefix(c.Path(), "/audit/"):
		return []frame.Crumb{{Label: "Audit log", Href: "/audit"}}
	case said.Kind() == problem.NotFound:
		return []frame.Crumb{{Label: "All connectors", Href: "/connectors"}}
	}
	return []frame.Crumb{{Label: "Overview", Href: "/"}}
}

// status is the HTTP status of a problem.
func status(said problem.Problem) int { return statuses[said.Kind()] }

// retryLater says when to try again, in whole seconds, and returns the status.
func retryLater(c echo.Context, said problem.Problem) int {
	if status(said) == http.StatusServiceUnavailable || said.Kind() == problem.TooMany {
		wait := max(said.RetryAfter(), time.Second)
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return status(said)
}

// logProblem writes what a person was told, and its cause, which they were not.
func (h *Handlers) logProblem(c echo.Context, said problem.Problem) {
	level := slog.LevelInfo
	if said.Kind() == problem.Internal {
		level = slog.LevelError
	}
	attributes := []slog.Attr{slog.Int("status", status(said)), slog.String("problem", said.Title())}
	if cause := said.Unwrap(); cause != nil {
		attributes = append(attributes, slog.String("cause", cause.Error()))
	}
	h.log(c).LogAttrs(c.Request().Context(), level, "problem", attributes...)
}

// explain is the problem that an error carries or stands for; Echo's own are the router's 404 and 405.
func explain(err error) problem.Problem {
	var said problem.Problem
	var routed *echo.HTTPError
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &routed) && routed.Code == http.StatusNotFound:
		return problem.New(problem.NotFound, "There is no page at this address.").Advising("Check the address, or start at the overview.")
	case errors.As(err, &routed) && routed.Code == http.StatusMethodNotAllowed:
		return problem.New(problem.NoMethod, "This address does not take that request.").Advising("Go back to the page and use what it offers.")
	}
	return problem.New(problem.Internal, "Something went wrong on our side.").
		Advising("Try again. If it lasts, give the request id to an administrator of Switchboard.").Because(err)
}

// signInFirst sends somebody without a session to sign in, and keeps what they asked for.
func (h *Handlers) signInFirst(c echo.Context) error {
	r := c.Request()
	if signin.Passive(r) { // the page says by itself that the session has ended, and nobody is led away from it
		return c.NoContent(http.StatusNoContent)
	}
	key := h.remember(c)
	switch {
	case fromScript(r): // which page it is goes without saying: the one that was remembered last
		c.Response().Header().Set("HX-Redirect", signInPath)
		return c.NoContent(http.StatusUnauthorized)
	case r.Method == http.MethodPost:
		return c.Redirect(http.StatusSeeOther, withBack("/signed-out"+fate(c), key))
	}
	return c.Redirect(http.StatusSeeOther, withBack(signInPath, key))
}

// againCookie marks a browser whose session was just ended because Graph did not take its sign-in. A second time within a
// minute, signing in once more is no help: a provider that asks nothing would lead around in a circle.
const (
	againCookie = "switchboard_again"
	againFor    = 60 // seconds
)

// endSession signs a person out whose sign-in Graph or the provider no longer takes. Where the provider said so the session
// is gone and recorded by now.
func (h *Handlers) endSession(c echo.Context, said problem.Problem) error {
	person, err := h.who(c)
	if err == nil && person != nil {
		if _, err := c.Cookie(h.cookieName(againCookie)); err == nil && c.Request().Method != http.MethodPost {
			c.Set(stepKey, gates.Help{Label: otherAccount, Href: otherAccountPath})
			return h.showProblem(c, problem.New(problem.Forbidden, "Graph does not accept your sign-in, although it is new.").
				Advising("Wait a minute and try again, or sign out and use another account. If it lasts, give the request id to an administrator of Switchboard."))
		}
		h.setCookie(c, againCookie, "signed-in-again", againFor)
		if err := h.endOwn(c, person, "Switchboard ended the session: "+said.Title()); err != nil {
			return h.showProblem(c, explain(err))
		}
		if _, err := h.Sessions.End(c.Response(), c.Request(), person); err != nil {
			return h.showProblem(c, explain(err))
		}
		c.Set(personKey, (*signin.Person)(nil))
	}
	return h.signInFirst(c)
}

// noRole tells somebody without a role which claim arrived, and how to come back as somebody else.
func (h *Handlers) noRole(c echo.Context, person *signin.Person) error {
	said := problem.New(problem.Forbidden, "You have no role in Switchboard.")
	model := account.NoRole{Claim: h.Roles.Claim, Arrived: person.Actor().Claims}
	for _, role := range access.Roles() {
		model.Wanted = append(model.Wanted, account.WantedRole{Role: role, Values: h.Roles.For(role)})
	}
	return h.send(c, person, answer{
		status: http.StatusForbidden, title: said.Title(),
		fragment: problems.Part(problems.Problem{Problem: said, Status: status(said), RequestID: requestID(c), Now: h.Now()}),
		page:     func(shell frame.Shell) templ.Component { return account.NoRolePage(shell, model) },
	})
}

func holders(permission access.Permission) string {
	var names []string
	for _, role := range access.Holders(permission) {
		names = append(names, string(role))
	}
	return strings.Join(names, " or ")
}
