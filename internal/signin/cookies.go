package signin

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gorilla/sessions"
)

// cookies are the names and attributes of everything this package stores in a browser. Under https the __Host- prefix
// keeps sibling hosts and plain http from planting one; on loopback over http browsers refuse it. The names carry the port
// where that is not the scheme's own: cookies ignore ports, and two instances would sign each other's people out.
type cookies struct {
	session                 string
	pieceBefore, afterNames string // around the number of a piece of what sign-ins keep
	secure                  bool
}

func newCookies(public *url.URL) cookies {
	prefix, suffix := "", ""
	if public.Scheme == "https" {
		prefix = "__Host-"
	}
	if port := public.Port(); port != "" {
		suffix = "-" + port
	}
	return cookies{
		session:     prefix + "switchboard-session" + suffix,
		pieceBefore: prefix + "switchboard-sign-in-",
		afterNames:  suffix,
		secure:      public.Scheme == "https",
	}
}

// piece is the name of a cookie that holds a piece of what sign-ins keep.
func (c cookies) piece(number int) string {
	return c.pieceBefore + strconv.FormatInt(int64(number), 36) + c.afterNames
}

// options are common to all of them: Lax and not Strict, or the cookies would be missing when the provider sends the
// browser back. maxAge is in seconds; 0 lives until the browser closes, less than 0 deletes.
func (c cookies) options(maxAge int) *sessions.Options {
	return &sessions.Options{Path: "/", MaxAge: maxAge, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func (c cookies) set(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, sessions.NewCookie(name, value, c.options(maxAge)))
}

func (c cookies) expire(w http.ResponseWriter, name string) { c.set(w, name, "", -1) }

// value is the cookie's value, "" if the request has none.
func (c cookies) value(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
