package signin

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/seal"
	"switchboard/internal/session"
)

// FuzzPieces: whatever cookies a browser sends, what is put among them is found again, later than all of them, and what was
// not sealed here leads nowhere.
func FuzzPieces(f *testing.F) {
	seals, err := seal.New([][]byte{bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		f.Fatal(err)
	}
	at := time.UnixMilli(1_790_000_000_000)
	public := &url.URL{Scheme: "https", Host: "switchboard.example"}
	f.Add("switchboard-sign-in-0=1mu.x; __Host-switchboard-sign-in-1=9zzzzzzzzzzzz.y", "/connectors")
	f.Add("__Host-switchboard-sign-in-t=91y2p0ij32e8e7.y; __Host-switchboard-sign-in-0=.; __Host-switchboard-session=x", "/")
	f.Add("__Host-switchboard-sign-in-3=1-1.a; __Host-switchboard-sign-in-3=1mu.b", strings.Repeat("/a", 80))
	f.Fuzz(func(t *testing.T, cookies, path string) {
		pieces := newPieces(session.NewCookies(public), func() time.Time { return at })
		service := &Service{seals: seals, pieces: pieces, publicURL: public}
		r := httptest.NewRequest("GET", "https://switchboard.example/", nil)
		r.Header.Set("Cookie", cookies)
		if found := service.rememberedIn(r); len(found) > 0 {
			t.Fatalf("%q remembers %+v", cookies, found)
		}
		if _, _, err := (&pendingSignIns{seals: seals, pieces: pieces}).find(r, path); err == nil {
			t.Fatalf("%q has a sign-in under way", cookies)
		}
		answer := httptest.NewRecorder()
		key := service.RememberPath(answer, r, path)
		if key == "" {
			return
		}
		next := httptest.NewRequest("GET", "https://switchboard.example/login", nil)
		for _, cookie := range jar(r, answer.Result().Cookies()) {
			next.AddCookie(cookie)
		}
		leads := service.leadsTo(next)
		if leads == nil || leads.key != key || leads.path != path && leads.path != strings.SplitN(path, "?", 2)[0] {
			t.Errorf("with %q the page %q is not found again: %+v", cookies, path, leads)
		}
	})
}

// jar is what a browser sends after an answer.
func jar(r *http.Request, set []*http.Cookie) (kept []*http.Cookie) {
	for _, cookie := range append(r.Cookies(), set...) {
		kept = slices.DeleteFunc(kept, func(old *http.Cookie) bool { return old.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			kept = append(kept, cookie)
		}
	}
	return kept
}

// FuzzLocal: an address that a sign-in may lead back to stays on this host in a browser's reading, too.
func FuzzLocal(f *testing.F) {
	for _, address := range []string{"/", "//evil.example", `/\evil.example`, "/\t/evil.example", "/%2f/evil", "/login?x", "/connectors?q=a#b", "http:evil", "/../auth/callback"} {
		f.Add(address)
	}
	base := &url.URL{Scheme: "https", Host: "switchboard.example", Path: "/"}
	f.Fuzz(func(t *testing.T, address string) {
		if !local(address) {
			return
		}
		browsers := strings.NewReplacer("\t", "", "\r", "", "\n", "", `\`, "/").Replace(strings.TrimSpace(address))
		to, err := base.Parse(browsers)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || strings.HasPrefix(browsers, "//") {
			t.Errorf("%q leads to %v", address, to)
		}
	})
}
