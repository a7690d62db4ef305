package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// setCookie puts a small note of this site into the browser, for maxAge seconds; less than 0 takes it away.
func (h *Handlers) setCookie(c echo.Context, name, value string, maxAge int) {
	c.SetCookie(&http.Cookie{
		Name: h.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: h.PublicURL.Scheme == "https",
	})
}

// cookieName is the name under which a browser knows a cookie: under https it can come from nowhere but this host. It holds
// the port where that is not the scheme's own, since cookies ignore ports and two instances would share them.
func (h *Handlers) cookieName(name string) string {
	if h.PublicURL.Scheme == "https" {
		name = "__Host-" + name
	}
	if port := h.PublicURL.Port(); port != "" {
		name += "-" + port
	}
	return name
}
