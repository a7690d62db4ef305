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
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/account"
	"switchboard/views/frame"
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
func (k *kernel) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	said := explain(err)
	k.logProblem(c, said)
	if said.Kind() == problem.SignedOut {
		err = k.endSession(c, said)
	} else {
		err = k.showProblem(c, said)
	}
	if err != nil {
		k.log(c).Error("an answer could not be drawn", "error", err.Error())
		_ = c.String(http.StatusInternalServerError, "Something went wrong on our side. Request id: "+requestID(c))
	}
}

func (k *kernel) showProblem(c echo.Context, said problem.Problem) error {
	if said.Kind() == problem.Misdirected {
		return k.showMisdirected(c, said)
	}
	// A page that is not there or that fails is still framed for who asks, as far as that can be told.
	person, err := k.who(c)
	if err != nil {
		person = nil
	}
	if inVain(person, said) {
		said = said.Saying("Your sign-in asked for it, and it was not granted.")
	}
	model := problems.Problem{
		Problem: said, Status: status(said), RequestID: requestID(c), Now: k.now(), Steps: k.steps(c, person, said),
		Again: again(c, said), Kept: c.Get(keptKey) != nil,
		Scope: k.scopeAsked(c, said), Stranger: person == nil,
	}
	if person != nil || len(model.Steps) == 0 {
		model.Next = k.next(c, said, person)
	}
	return k.send(c, person, page{status: retryLater(c, said), title: model.Title(), fragment: problems.Part(model)})
}

// scopeAsked is the permission of Graph that was asked for: as the provider's refusal names it, else by what the request does.
func (k *kernel) scopeAsked(c echo.Context, said problem.Problem) string {
	var refused *oidc.Refusal
	switch {
	case errors.As(said, &refused) && refused.Scope != "":
		return refused.Scope
	case c.Request().Method == http.MethodPost:
		return k.WriteScope
	}
	return k.ReadScope
}

// again says whether the same page can be asked for once more. The answer of a provider that was taken is good for nothing.
func again(c echo.Context, said problem.Problem) bool {
	later := said.Kind() == problem.Unavailable || said.Kind() == problem.TooMany
	return later && c.Request().Method == http.MethodGet && c.Get(stepKey) == nil
}

// next are the ways on from a problem.
func (k *kernel) next(c echo.Context, said problem.Problem, person *session.Person) []frame.Crumb {
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
	case said.Kind() == problem.NotFound, strings.HasPrefix(c.Path(), links.BulkURL):
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
func (k *kernel) logProblem(c echo.Context, said problem.Problem) {
	level := slog.LevelInfo
	if said.Kind() == problem.Internal {
		level = slog.LevelError
	}
	attributes := []slog.Attr{slog.Int("status", status(said)), slog.String("problem", said.Title())}
	if cause := said.Unwrap(); cause != nil {
		attributes = append(attributes, slog.String("cause", cause.Error()))
	}
	k.log(c).LogAttrs(c.Request().Context(), level, "problem", attributes...)
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

// noRole tells somebody without a role which claim arrived, and how to come back as somebody else.
func (k *kernel) noRole(c echo.Context, person *session.Person) error {
	said := problem.New(problem.Forbidden, "You have no role in Switchboard.")
	model := account.NoRole{Claim: k.Roles.Claim, Arrived: person.Actor().Claims}
	for _, role := range access.Roles() {
		model.Wanted = append(model.Wanted, account.WantedRole{Role: role, Values: k.Roles.For(role)})
	}
	return k.send(c, person, page{
		status: http.StatusForbidden, title: said.Title(),
		fragment: problems.Part(problems.Problem{Problem: said, Status: status(said), RequestID: requestID(c), Now: k.now()}),
		whole:    func(shell frame.Shell) templ.Component { return account.NoRolePage(shell, model) },
	})
}
