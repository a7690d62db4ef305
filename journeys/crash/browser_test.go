package crash

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// browser is a person's, without script.
type browser struct {
	t      *testing.T
	site   string
	client *http.Client
}

// signIn signs a person of the tenant in.
func signIn(t *testing.T, site, person string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	b := &browser{t, site, &http.Client{Jar: jar, Timeout: 60 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	choice, err := b.client.Get(site + "/login")
	check(t, err)
	choice.Body.Close()
	arrived, err := b.client.PostForm(choice.Request.URL.String(), url.Values{"person": {person}})
	check(t, err)
	arrived.Body.Close()
	if arrived.StatusCode != http.StatusOK || !strings.HasPrefix(arrived.Request.URL.String(), site) {
		t.Fatalf("%s could not sign in: %d at %s", person, arrived.StatusCode, arrived.Request.URL)
	}
	return b
}

// get reads a page.
func (b *browser) get(path string) string {
	b.t.Helper()
	answer, err := b.client.Get(b.site + path)
	check(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(b.t, err)
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s is answered %d: %s", path, answer.StatusCode, body)
	}
	return string(body)
}

// post sends a form and follows nothing; the status is 0 where the program died over it.
func (b *browser) post(path string, form url.Values) (status int) {
	request, err := http.NewRequest(http.MethodPost, b.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Error(err)
		return 0
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	once := *b.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := once.Do(request)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// form is what a browser sends of the form on that page that posts there and that nobody touched.
func (b *browser) form(page, action string) url.Values {
	b.t.Helper()
	text := b.get(page)
	root, err := html.Parse(strings.NewReader(text))
	check(b.t, err)
	for node := range root.Descendants() {
		if node.Data == "form" && attribute(node, "action") == action && attribute(node, "method") == "post" {
			return fields(node)
		}
	}
	b.t.Fatalf("no form on %s posts to %s: %s", page, action, text)
	return nil
}

func fields(form *html.Node) url.Values {
	values := url.Values{}
	for node := range form.Descendants() {
		name := attribute(node, "name")
		switch {
		case name == "":
		case node.Data == "input":
			values.Set(name, attribute(node, "value"))
		case node.Data == "textarea":
			values.Set(name, "")
		case node.Data == "select":
			for option := range node.Descendants() {
				if option.Data == "option" && (has(option, "selected") || !values.Has(name)) {
					values.Set(name, attribute(option, "value"))
				}
			}
		}
	}
	return values
}

func attribute(node *html.Node, name string) string {
	for _, each := range node.Attr {
		if each.Key == name {
			return each.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	for _, each := range node.Attr {
		if each.Key == name {
			return true
		}
	}
	return false
}
