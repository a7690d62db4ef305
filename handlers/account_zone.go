package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// zone keeps the time zone that a person wants beside UTC, and goes back to where the form was. None takes it away.
func (h *accountPages) zone(c echo.Context, _ *session.Person) error {
	form := sentForm(c)
	name, age := strings.TrimSpace(form.Get("zone")), aYear
	if name == "" {
		age = -1
	} else if _, known := zoneNamed(name); !known {
		return problem.New(problem.BadRequest, "Switchboard does not know this time zone.").
			Advising("Go back and write it as the IANA list does, such as Europe/Zurich, or UTC for no other.")
	}
	h.setCookie(c, zoneCookie, name, age)
	return c.Redirect(http.StatusSeeOther, backTo(form.Get("return_to")))
}
