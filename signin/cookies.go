package signin

import (
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/sessions"
)

// cookies are the names and attributes of everything this package stores in a browser. Under https the __Host- prefix
// keeps sibling hosts and plain http from planting one. On loopback over http browsers refuse that prefix; there the
// names carry the port, because cookies ignore ports and two instances would sign each other's people out.
type cookies struct {
	session, returnTo         string
	attemptBefore, afterNames string // around the key of a sign-in under way
	secure                    bool
}

func newCookies(public *url.URL) cookies {
	prefix, suffix := "__Host-", ""
	if public.Scheme != "https" {
		prefix, suffix = "", "-"+public.Port()
	}
	return cookies{
		session:       prefix + "switchboard-session" + suffix,
		returnTo:      prefix + "switchboard-return" + suffix,
		attemptBefore: prefix + "switchboard-sign-in-",
		afterNames:    suffix,
		secure:        public.Scheme == "https",
	}
}

// attempt is the name of the cookie of a sign-in under way. Each has its own, so that signing in works in two tabs.
func (c cookies) attempt(key string) string { return c.attemptBefore + key + c.afterNames }

// attempts are the request's cookies of sign-ins under way, by their keys.
func (c cookies) attempts(r *http.Request) iter.Seq2[string, *http.Cookie] {
	return func(yield func(string, *http.Cookie) bool) {
		for _, cookie := range r.Cookies() {
			key, ours := strings.CutPrefix(cookie.Name, c.attemptBefore)
			key, here := strings.CutSuffix(key, c.afterNames)
			if ours && here && !yield(key, cookie) {
				return
			}
		}
	}
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
