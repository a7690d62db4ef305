package signin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	returnLife   = 10 * time.Minute
	longestValue = 512 // bytes of a cookie's value
)

// Remember keeps the page that was asked for until /login, in a sealed cookie: an address in a URL could be chosen by
// whoever makes the link. Only a page is worth returning to, so nothing is kept of a POST; of an htmx request it is the
// page that the browser shows.
func (s *Service) Remember(w http.ResponseWriter, r *http.Request) {
	path := r.URL.RequestURI()
	if r.Header.Get("HX-Request") != "" {
		path = s.shown(r)
	} else if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return
	}
	s.RememberPath(w, path)
}

// RememberPath keeps a page of ours as the one that was asked for; any other address is left alone.
func (s *Service) RememberPath(w http.ResponseWriter, path string) {
	if !local(path) {
		return
	}
	now := strconv.FormatInt(s.now().Unix(), 36)
	sealed := s.seals.seal(sealReturn, "", []byte(now+path))
	if len(sealed) > longestValue {
		withoutQuery, _, _ := strings.Cut(path, "?")
		sealed = s.seals.seal(sealReturn, "", []byte(now+withoutQuery))
	}
	if len(sealed) <= longestValue {
		s.cookies.set(w, s.cookies.returnTo, sealed, int(returnLife/time.Second))
	}
}

// shown is the page that an htmx request came from, "" if it is not one of ours.
func (s *Service) shown(r *http.Request) string {
	page, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || page.Scheme != s.o.PublicURL.Scheme || page.Host != s.o.PublicURL.Host {
		return ""
	}
	return page.RequestURI()
}

// remembered is the page that Remember kept, "" if there is none, and forgets it.
func (s *Service) remembered(w http.ResponseWriter, r *http.Request) string {
	sealed := s.cookies.value(r, s.cookies.returnTo)
	if sealed == "" {
		return ""
	}
	s.cookies.expire(w, s.cookies.returnTo)
	plain, _, err := s.seals.open(sealReturn, "", sealed)
	if err != nil {
		return ""
	}
	stamp, path, _ := strings.Cut(string(plain), "/")
	kept, err := strconv.ParseInt(stamp, 36, 64)
	if err != nil || s.now().Sub(time.Unix(kept, 0)) > returnLife {
		return ""
	}
	if path = "/" + path; !local(path) {
		return ""
	}
	return path
}

// local says whether the address leads to a page of ours that a sign-in may end on. Browsers read "//host" and "/\host"
// as other hosts, and drop tabs and line ends before they do.
func local(address string) bool {
	u, err := url.Parse(address) // refuses control characters
	if err != nil || u.Scheme != "" || u.Host != "" || strings.Contains(address, `\`) {
		return false
	}
	if !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, `/\`) {
		return false
	}
	for _, own := range []string{"/login", "/logout", "/signed-out", "/auth"} {
		if u.Path == own || strings.HasPrefix(u.Path, own+"/") {
			return false
		}
	}
	return true
}
