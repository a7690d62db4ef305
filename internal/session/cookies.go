package session

import (
	"net/http"
	"net/url"

	"github.com/gorilla/sessions"
)

// Cookies are the names and attributes of what sessions and sign-ins store in a browser. Under https the __Host- prefix
// keeps sibling hosts and plain http from planting one; on loopback over http browsers refuse it. The names carry the port
// where that is not the scheme's own: cookies ignore ports, and two instances would sign each other's people out.
type Cookies struct {
	prefix, suffix string
	secure         bool
}

// NewCookies are those of the site at that address.
func NewCookies(public *url.URL) Cookies {
	prefix, suffix := "", ""
	if public.Scheme == "https" {
		prefix = "__Host-"
	}
	if port := public.Port(); port != "" {
		suffix = "-" + port
	}
	return Cookies{prefix: prefix, suffix: suffix, secure: public.Scheme == "https"}
}

// Name is the full name of the cookie that is for that.
func (c Cookies) Name(use string) string { return c.prefix + "switchboard-" + use + c.suffix }

// Session is the name of the session's cookie.
func (c Cookies) Session() string { return c.Name("session") }

// Options are common to all of them: Lax and not Strict, or the cookies would be missing when the provider sends the
// browser back. maxAge is in seconds; 0 lives until the browser closes, less than 0 deletes.
func (c Cookies) Options(maxAge int) *sessions.Options {
	return &sessions.Options{Path: "/", MaxAge: maxAge, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Set puts a cookie into the browser, for maxAge seconds as Options has them.
func (c Cookies) Set(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, sessions.NewCookie(name, value, c.Options(maxAge)))
}

// Expire takes a cookie out of the browser.
func (c Cookies) Expire(w http.ResponseWriter, name string) { c.Set(w, name, "", -1) }

// Value is the cookie's value, "" if the request has none.
func (c Cookies) Value(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
