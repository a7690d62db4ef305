package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/signin"
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
