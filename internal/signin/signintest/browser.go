package signintest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/session"
)

// Browser follows redirects one by one, so that a test sees each.
type Browser struct {
	T    *testing.T
	Site *Site
	HTTP *http.Client
}

func (s *Site) Browser(t *testing.T) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Answer is what a request led to.
type Answer struct {
	Status   int
	Location string
	Body     string
	Cookies  []*http.Cookie
}

func (b *Browser) Send(method, address string, header http.Header) Answer {
	b.T.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.Site.URL + address
	}
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		b.T.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := b.HTTP.Do(request)
	if err != nil {
		b.T.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header.Get("Location"), string(body), response.Cookies()}
}

func (b *Browser) Get(address string) Answer {
	b.T.Helper()
	return b.Send(http.MethodGet, address, nil)
}

// ToCallback begins a sign-in and stops before the callback, whose address it returns.
func (b *Browser) ToCallback(header http.Header) string {
	b.T.Helper()
	start := b.Send(http.MethodGet, "/login", header)
	if start.Status != http.StatusSeeOther {
		b.T.Fatalf("GET /login: %d %s", start.Status, start.Body)
	}
	return b.Get(start.Location).Location
}

// SignIn goes the whole way and returns the callback's answer.
func (b *Browser) SignIn() Answer {
	b.T.Helper()
	return b.Get(b.ToCallback(nil))
}

// SignedIn says whether the browser's cookies are those of a live session.
func (b *Browser) SignedIn() bool {
	b.T.Helper()
	return b.Get("/connectors").Status == http.StatusOK
}

// Request is one that carries the browser's cookies, for calling a service without HTTP.
func (b *Browser) Request() *http.Request {
	b.T.Helper()
	request := httptest.NewRequest(http.MethodGet, b.Site.URL+"/", nil)
	public, err := url.Parse(b.Site.URL)
	if err != nil {
		b.T.Fatal(err)
	}
	for _, cookie := range b.HTTP.Jar.Cookies(public) {
		request.AddCookie(cookie)
	}
	return request
}

// Person is who the browser's cookies say to that service.
func (b *Browser) Person(of *Instance) *session.Person {
	b.T.Helper()
	person, err := of.Sessions.Person(b.Request())
	if err != nil {
		b.T.Fatal(err)
	}
	return person
}
