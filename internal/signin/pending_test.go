package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestAFloodOfSignInsKeepsNobodyOut: whoever begins thousands and finishes none takes nobody's place, and leaves nothing in
// the database.
func TestAFloodOfSignInsKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		callback := b.ToCallback(nil)
		for range 11_000 {
			if _, err := s.Service.SignIn.Start(discard{http.Header{}}, httptest.NewRequest(http.MethodGet, s.URL+"/login", nil)); err != nil {
				t.Fatal(err)
			}
		}
		if kept := spent(t, s); kept != 0 {
			t.Errorf("the database holds %d sign-ins, want none", kept)
		}
		if got := b.Get(callback); got.Status != http.StatusSeeOther {
			t.Errorf("the sign-in from before the flood: %d %s", got.Status, got.Body)
		}
		if kept := spent(t, s); kept != 1 {
			t.Errorf("the database holds %d states, want the one that was spent", kept)
		}
	})
}

// spent is how many states of sign-ins the database knows to be used.
func spent(t *testing.T, s *signintest.Site) (count int) {
	t.Helper()
	if err := s.DB.QueryRow(`SELECT count(*) FROM finished_sign_ins`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

// TestAbandonedSignInsAreBounded: a browser's cookies stay within what proxies take, and the oldest sign-ins give way.
func TestAbandonedSignInsAreBounded(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	var callbacks []string
	for i := range 40 {
		b.Get("/connectors/" + strings.Repeat("x", 10*i))
		callbacks = append(callbacks, b.ToCallback(nil))
		s.Clock.Add(time.Second)
		size := 0
		for _, cookie := range b.Request().Cookies() {
			size += len(cookie.String()) + len("; ")
		}
		if size > 6<<10 {
			t.Fatalf("%d sign-ins under way are %d bytes of cookies, want 6 KiB at most", i+1, size)
		}
	}
	if got := b.Get(callbacks[0]); got.Status != http.StatusBadRequest {
		t.Errorf("the oldest finished with %d, want 400", got.Status)
	}
	for i, callback := range callbacks[34:] {
		if got := b.Get(callback); got.Status != http.StatusSeeOther {
			t.Errorf("number %d of the latest six finished with %d %s", i+1, got.Status, got.Body)
		}
	}
}

// pending are the browser's cookies of sign-ins under way.
func pending(b *signintest.Browser) (found []*http.Cookie) {
	b.T.Helper()
	for _, cookie := range b.Request().Cookies() {
		if strings.Contains(cookie.Name, "-sign-in-") {
			found = append(found, cookie)
		}
	}
	return found
}

// keep puts a cookie of a sign-in into the browser.
func keep(b *signintest.Browser, name, value string) {
	b.T.Helper()
	at, err := url.Parse(b.Site.URL)
	if err != nil {
		b.T.Fatal(err)
	}
	b.HTTP.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}
