package signin_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/signin"
)

// browser follows redirects one by one, so that a test sees each.
type browser struct {
	t    *testing.T
	site *site
	http *http.Client
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a request led to.
type answer struct {
	status   int
	location string
	body     string
	cookies  []*http.Cookie
}

func (b *browser) send(method, address string, header http.Header) answer {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site.URL + address
	}
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := b.http.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Location"), string(body), response.Cookies()}
}

func (b *browser) get(address string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, address, nil)
}

// toCallback begins a sign-in and stops before the callback, whose address it returns.
func (b *browser) toCallback(header http.Header) string {
	b.t.Helper()
	start := b.send(http.MethodGet, "/login", header)
	if start.status != http.StatusSeeOther {
		b.t.Fatalf("GET /login: %d %s", start.status, start.body)
	}
	return b.get(start.location).location
}

// signIn goes the whole way and returns the callback's answer.
func (b *browser) signIn() answer {
	b.t.Helper()
	return b.get(b.toCallback(nil))
}

// signedIn says whether the browser's cookies are those of a live session.
func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get("/connectors").status == http.StatusOK
}

// request is one that carries the browser's cookies, for calling a service without HTTP.
func (b *browser) request() *http.Request {
	b.t.Helper()
	request := httptest.NewRequest(http.MethodGet, b.site.URL+"/", nil)
	public, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range b.http.Jar.Cookies(public) {
		request.AddCookie(cookie)
	}
	return request
}

// person is who the browser's cookies say to that service.
func (b *browser) person(of *signin.Service) *signin.Person {
	b.t.Helper()
	person, err := of.Person(b.request())
	if err != nil {
		b.t.Fatal(err)
	}
	return person
}
