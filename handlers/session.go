package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/signin"
)

// longestWarning is how long before its idle end a session's page says so.
const longestWarning = 2 * time.Minute

// sessionHeader tells the script how long the session lasts unless the person does something, as sessionLeft writes it.
const sessionHeader = "Switchboard-Session"

// sessionLeft is the time left in whole seconds, and whether it is the last that the session has.
func (h *Handlers) sessionLeft(person *signin.Person) string {
	left := strconv.Itoa(int(max(person.IdleEndsAt().Sub(h.Now()), 0) / time.Second))
	if !person.IdleEndsAt().Before(person.LatestEnd()) {
		left += "; final"
	}
	return left
}

func (h *Handlers) tellSession(c echo.Context, person *signin.Person) {
	c.Response().Header().Set(sessionHeader, h.sessionLeft(person))
}

// keepSession answers 'Stay signed in'. That it was asked for is the activity that counts.
func (h *Handlers) keepSession(c echo.Context, person *signin.Person) error {
	h.tellSession(c, person)
	return c.NoContent(http.StatusNoContent)
}

// Notes take lines of the record.
type Notes interface {
	Note(context.Context, audit.Entry) (audit.Entry, error)
}

// RecordEndings returns what records the sessions that a refresh brought to their end, for signin to tell. It may happen
// while nobody asks for a page, so the lines name no client.
func RecordEndings(record Notes, build string, log *slog.Logger) func(context.Context, *signin.Person, string) {
	return func(ctx context.Context, person *signin.Person, reason string) {
		_, err := record.Note(ctx, audit.Entry{
			Action: audit.SignOut, Actor: person.Actor(), Reason: reason,
			Origin: audit.Origin{SessionHash: person.SessionHash(), RoleSource: person.RolesSource(), Build: build},
		})
		if err != nil {
			log.ErrorContext(ctx, "a sign-out could not be recorded", "error", err.Error())
		}
	}
}
