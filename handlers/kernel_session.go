package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/gates"
)

// longestWarning is how long before its idle end a session's page says so.
const longestWarning = 2 * time.Minute

// sessionHeader tells the script how long the session lasts unless the person does something, as sessionLeft writes it.
const sessionHeader = "Switchboard-Session"

// sessionLeft is the time left in whole seconds, and whether it is the last that the session has.
func (k *kernel) sessionLeft(person *session.Person) string {
	left := strconv.Itoa(int(max(person.IdleEndsAt().Sub(k.now()), 0) / time.Second))
	if !person.IdleEndsAt().Before(person.LatestEnd()) {
		left += "; final"
	}
	return left
}

func (k *kernel) tellSession(c echo.Context, person *session.Person) {
	c.Response().Header().Set(sessionHeader, k.sessionLeft(person))
}

// signInFirst sends somebody without a session to sign in, and keeps what they asked for.
func (k *kernel) signInFirst(c echo.Context) error {
	r := c.Request()
	if c.Path() == eventsPath { // a stream follows no redirect
		return c.NoContent(http.StatusUnauthorized)
	}
	if session.Passive(r) { // the page says by itself that the session has ended, and nobody is led away from it
		return c.NoContent(http.StatusNoContent)
	}
	varies(c) // a fragment is answered otherwise than a page
	key := k.remember(c)
	switch {
	case fromScript(r): // which page it is goes without saying: the one that was remembered last
		c.Response().Header().Set("HX-Redirect", signInPath)
		return c.NoContent(http.StatusUnauthorized)
	case r.Method == http.MethodPost:
		return c.Redirect(http.StatusSeeOther, withBack("/signed-out"+fate(c), key))
	}
	return c.Redirect(http.StatusSeeOther, withBack(signInPath, key))
}

// keptKey is where a request's context says that what was typed is kept.
const keptKey = "kept"

// fate tells the page of a session that has ended whether a form that was sent is kept or lost; empty where none was sent.
func fate(c echo.Context) string {
	switch {
	case c.Get(keptKey) != nil:
		return "?form=kept"
	case strings.HasPrefix(c.Path(), "/connectors/:id"), strings.HasPrefix(c.Path(), "/changes/:change"), c.Path() == "/audit/:seq/acknowledge":
		return "?form=lost"
	}
	return ""
}

// againCookie marks a browser whose session was just ended because Graph did not take its sign-in. A second time within a
// minute, signing in once more is no help: a provider that asks nothing would lead around in a circle.
const (
	againCookie = "switchboard_again"
	againFor    = 60 // seconds
)

// endSession signs a person out whose sign-in Graph or the provider no longer takes. Where the provider said so the session
// is gone and recorded by now.
func (k *kernel) endSession(c echo.Context, said problem.Problem) error {
	person, err := k.who(c)
	if err == nil && person != nil {
		if _, err := c.Cookie(k.cookieName(againCookie)); err == nil && c.Request().Method != http.MethodPost {
			c.Set(stepKey, gates.Help{Label: otherAccount, Href: otherAccountPath})
			return k.showProblem(c, problem.New(problem.Forbidden, "Graph does not accept your sign-in, although it is new.").
				Advising("Wait a minute and try again, or sign out and use another account. If it lasts, give the request id to an administrator of Switchboard."))
		}
		k.setCookie(c, againCookie, "signed-in-again", againFor)
		if err := k.endOwn(c, person, "Switchboard ended the session: "+said.Title()); err != nil {
			return k.showProblem(c, explain(err))
		}
		if _, err := k.signIn.End(c.Response(), c.Request(), person); err != nil {
			return k.showProblem(c, explain(err))
		}
		c.Set(personKey, (*session.Person)(nil))
	}
	return k.signInFirst(c)
}

// endOwn ends the session that asks. Of the requests and instances that end it at once, the one that did records it.
func (k *kernel) endOwn(c echo.Context, person *session.Person, reason string) error {
	k.memory.Forget(person.SessionHash())
	ended, err := k.sessionEnder.EndOther(c.Request().Context(), person, person.SessionHash())
	if ended {
		k.noteSignOut(c, person, reason)
	}
	return err
}

// noteSignOut records that a person signed out, here or somewhere else.
func (k *kernel) noteSignOut(c echo.Context, person *session.Person, reason string) {
	_, err := k.auditWriter.Note(c.Request().Context(), audit.Entry{
		ID: k.newID(), Action: audit.SignOut, Actor: person.Actor(), Reason: reason, Origin: k.origin(c, person),
	})
	if err != nil {
		k.log(c).Error("a sign-out could not be recorded", "error", err.Error())
	}
}

// RecordEndings returns the function by which the sign-in records that a refresh ended a session. It may happen
// while nobody asks for a page, so the lines name no client.
func RecordEndings(auditLog AuditWriter, build string, log *slog.Logger) func(context.Context, *session.Person, string) {
	return func(ctx context.Context, person *session.Person, reason string) {
		_, err := auditLog.Note(ctx, audit.Entry{
			Action: audit.SignOut, Actor: person.Actor(), Reason: reason,
			Origin: audit.Origin{SessionHash: person.SessionHash(), RoleSource: person.RolesSource(), Build: build},
		})
		if err != nil {
			log.ErrorContext(ctx, "a sign-out could not be recorded", "error", err.Error())
		}
	}
}
