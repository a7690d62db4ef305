package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/frame"
)

// themeHeader tells the script which theme to give the page that it is on.
const themeHeader = "Switchboard-Theme"

// theme keeps how a browser wants its pages lit, and goes back to where the form was. With script the page stays as it is.
func (h *accountPages) theme(c echo.Context, _ *session.Person) error {
	form := sentForm(c)
	at := slices.IndexFunc(frame.Themes(), func(theme frame.Theme) bool { return theme.Value() == form.Get("theme") })
	if at < 0 {
		return problem.New(problem.BadRequest, "Switchboard does not have this theme.").Advising("Go back and choose one with the button at the top of the page.")
	}
	theme := frame.Themes()[at]
	h.setCookie(c, themeCookie, theme.Value(), aYear)
	if wantsFragment(c.Request()) {
		varies(c)
		c.Response().Header().Set(themeHeader, theme.Value())
		return draw(c, http.StatusOK, frame.ThemeControls(theme))
	}
	return c.Redirect(http.StatusSeeOther, backTo(form.Get("return_to")))
}

// backTo is a path of this site; whatever else was sent is the overview.
func backTo(address string) string {
	local, err := url.Parse(address)
	if err != nil || local.Scheme != "" || local.Host != "" || !strings.HasPrefix(local.Path, "/") || strings.HasPrefix(local.Path, "//") || strings.ContainsRune(address, '\\') {
		return "/"
	}
	return local.RequestURI()
}
