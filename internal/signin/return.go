package signin

import (
	"net/http"
	"net/url"
	"strings"

	"switchboard/internal/seal"
)

const (
	longestKept = 512 // bytes, sealed
	keyBytes    = 6
	keyLength   = keyBytes * 4 / 3
)

// BackName is the parameter of /login that says which remembered page the sign-in leads back to: a key that chooses among
// those that this browser holds, and is worth nothing in another one.
const BackName = "back"

// remembered is a page that a sign-in may lead back to, in a browser's pieces.
type remembered struct {
	kept
	key, path string
}

// Remember keeps the page that was asked for until /login, in sealed cookies: an address in a URL is chosen by
// the maker of the link. Only a page is worth returning to, so nothing is kept of a POST; of an htmx request it is the
// page that the browser shows. It returns the key for BackName, "" if nothing is kept.
func (s *Service) Remember(w http.ResponseWriter, r *http.Request) string {
	path := r.URL.RequestURI()
	if r.Header.Get("HX-Request") != "" {
		path = s.shown(r)
	} else if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	return s.RememberPath(w, r, path)
}

// RememberPath is Remember for another page of ours; any other address is left alone.
func (s *Service) RememberPath(w http.ResponseWriter, r *http.Request, path string) string {
	if !local(path) {
		return ""
	}
	key, instead := seal.Random()[:keyLength], (*kept)(nil)
	for _, one := range s.rememberedIn(r) {
		if one.path == path { // asked for again: the links of then stay good
			key, instead = one.key, &one.kept
		}
	}
	stamp := s.pieces.stamp(r)
	sealed := s.seals.Seal(seal.ReturnAddress, stamp, []byte(key+path))
	if len(sealed) > longestKept {
		withoutQuery, _, _ := strings.Cut(path, "?")
		sealed = s.seals.Seal(seal.ReturnAddress, stamp, []byte(key+withoutQuery))
	}
	if len(sealed) > longestKept {
		return ""
	}
	s.pieces.put(w, r, stamp, sealed, instead)
	return key
}

// shown is the page that an htmx request came from, "" if it is not one of ours.
func (s *Service) shown(r *http.Request) string {
	page, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || page.Scheme != s.publicURL.Scheme || page.Host != s.publicURL.Host {
		return ""
	}
	return page.RequestURI()
}

// rememberedIn are the pages that the request's browser holds.
func (s *Service) rememberedIn(r *http.Request) (pages []remembered) {
	for _, at := range s.pieces.in(r) {
		plain, _, err := s.seals.Open(seal.ReturnAddress, at.stamp, at.sealed)
		if err != nil || len(plain) < keyLength {
			continue // a sign-in under way, or of a key that is gone
		}
		if path := string(plain[keyLength:]); local(path) {
			pages = append(pages, remembered{at, string(plain[:keyLength]), path})
		}
	}
	return pages
}

// leadsTo is the page that the request for /login is to lead back to, nil for our first one. Where it names none, the one
// that was remembered last is meant: htmx, and a person who types the address, come to plain /login.
func (s *Service) leadsTo(r *http.Request) *remembered {
	query := r.URL.Query()
	var found *remembered
	for _, one := range s.rememberedIn(r) {
		switch {
		case query.Has(BackName):
			if one.key == query.Get(BackName) {
				return &one
			}
		case found == nil || one.at.After(found.at):
			found = &one
		}
	}
	return found
}

// forget takes the remembered pages out of the browser.
func (s *Service) forget(w http.ResponseWriter, r *http.Request) {
	for _, one := range s.rememberedIn(r) {
		s.pieces.drop(w, one.kept, 0, 0)
	}
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
