package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/views/frame"
)

// aYear is how long a browser keeps a choice, in seconds.
const aYear = 365 * 24 * 60 * 60

// setCookie puts a small note of this site into the browser, for maxAge seconds; less than 0 takes it away.
func (k *kernel) setCookie(c echo.Context, name, value string, maxAge int) {
	c.SetCookie(&http.Cookie{
		Name: k.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: k.PublicURL.Scheme == "https",
	})
}

// cookieName is the name under which a browser knows a cookie: under https it can come from nowhere but this host. It holds
// the port where that is not the scheme's own, since cookies ignore ports and two instances would share them.
func (k *kernel) cookieName(name string) string {
	if k.PublicURL.Scheme == "https" {
		name = "__Host-" + name
	}
	if port := k.PublicURL.Port(); port != "" {
		name += "-" + port
	}
	return name
}

// themeCookie keeps how a browser wants its pages lit.
const themeCookie = "switchboard_theme"

func (k *kernel) themeOf(r *http.Request) frame.Theme {
	cookie, err := r.Cookie(k.cookieName(themeCookie))
	if err != nil {
		return frame.System
	}
	for _, theme := range frame.Themes() {
		if theme.Value() == cookie.Value {
			return theme
		}
	}
	return frame.System
}
