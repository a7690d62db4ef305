package matrix

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/journeys/forms"
)

// visitor is somebody with a browser that follows nothing by itself.
type visitor struct {
	site   *site
	client *http.Client
}

func (s *site) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	return &visitor{s, &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// person signs somebody of the tenant in, over HTTP.
func (s *site) person(id string) *visitor {
	s.t.Helper()
	v := s.visitor()
	login := v.send("GET", s.url+"/login", nil)
	login = v.send("GET", login.location(), nil)
	picked := v.send("POST", login.location(), url.Values{"person": {id}})
	if arrived := v.send("GET", picked.location(), nil); arrived.status != http.StatusSeeOther {
		s.t.Fatalf("%s could not sign in: %s", id, arrived)
	}
	return v
}

// page is an answer.
type page struct {
	t      *testing.T
	status int
	header http.Header
	body   string
	from   *url.URL
}

// String is the start of what a person reads, for a failure's message.
func (p page) String() string {
	_, main, _ := strings.Cut(p.body, "<main")
	root, err := html.Parse(strings.NewReader("<main" + main))
	if err != nil || main == "" {
		return fmt.Sprintf("%d %s: %.300q", p.status, p.from, p.body)
	}
	return fmt.Sprintf("%d %s: %.400s", p.status, p.from, strings.Join(strings.Fields(forms.Text(root)), " "))
}

func (p page) location() string {
	p.t.Helper()
	to, err := p.from.Parse(p.header.Get("Location"))
	check(p.t, err)
	if p.header.Get("Location") == "" {
		p.t.Fatalf("no redirect but %s", p)
	}
	return to.String()
}

// send sends one request as a browser does.
func (v *visitor) send(method, address string, form url.Values, headers ...string) page {
	v.site.t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	check(v.site.t, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := v.client.Do(request)
	check(v.site.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(v.site.t, err)
	return page{v.site.t, answer.StatusCode, answer.Header, string(body), request.URL}
}

func (v *visitor) get(path string, headers ...string) page {
	v.site.t.Helper()
	return v.send("GET", v.site.url+path, nil, headers...)
}

func (v *visitor) post(path string, form url.Values, headers ...string) page {
	v.site.t.Helper()
	return v.send("POST", v.site.url+path, form, headers...)
}

// form is the page's form that posts to the path, as the page fills it in.
func (p page) form(path string) url.Values {
	p.t.Helper()
	form, there := forms.Of(p.body, path)
	if !there {
		p.t.Fatalf("no form posts to %s: %s", path, p)
	}
	return form
}
