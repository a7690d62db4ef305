//go:build providers

package providers

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// browser is a person's, without script: it follows redirects and Refresh, and sends forms.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &browser{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// page is where a request ended.
type page struct {
	status int
	at     *url.URL
	header http.Header
	body   string
	root   *html.Node
}

// String is what somebody reads of it, for a failure's message.
func (p page) String() string {
	var words []string
	for node := range p.root.Descendants() {
		if node.Type == html.TextNode && node.Parent.Data != "style" && node.Parent.Data != "script" {
			words = append(words, strings.Fields(node.Data)...)
		}
	}
	return fmt.Sprintf("%d %s: %.600s", p.status, p.at, strings.Join(words, " "))
}

func (b *browser) get(address string) page {
	b.t.Helper()
	return b.send(http.MethodGet, address, nil)
}

func (b *browser) send(method, address string, form url.Values) page {
	b.t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	check(b.t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", request.URL.Scheme+"://"+request.URL.Host)
	}
	answer, err := b.client.Do(request)
	check(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(b.t, err)
	root, err := html.Parse(strings.NewReader(string(body)))
	check(b.t, err)
	return page{answer.StatusCode, answer.Request.URL, answer.Header, string(body), root}
}

// form is one of a page: where it goes, and what a browser sends of it with its first button.
type form struct {
	action string
	values url.Values
}

// forms are those that post.
func (p page) forms() []form {
	var found []form
	for node := range p.root.Descendants() {
		if node.Type != html.ElementNode || node.Data != "form" || !strings.EqualFold(attribute(node, "method"), "post") {
			continue
		}
		to, err := p.at.Parse(attribute(node, "action"))
		if err != nil {
			continue
		}
		found = append(found, form{to.String(), fields(p.root, node)})
	}
	return found
}

// formTo is the first that posts to the path.
func (p page) formTo(t *testing.T, path string) form {
	t.Helper()
	for _, one := range p.forms() {
		if strings.HasSuffix(one.action, path) {
			return one
		}
	}
	t.Fatalf("no form posts to %s: %s", path, p)
	return form{}
}

// fields are those inside of a form, and those elsewhere that name it.
func fields(page, form *html.Node) url.Values {
	nodes := slices.Collect(form.Descendants())
	for node := range page.Descendants() {
		if id := attribute(form, "id"); id != "" && attribute(node, "form") == id {
			nodes = append(nodes, node)
		}
	}
	values, pressed := url.Values{}, false
	for _, node := range nodes {
		name, kind := attribute(node, "name"), attribute(node, "type")
		button := node.Data == "button" || kind == "submit"
		switch {
		case name == "" || button && pressed:
		case button:
			values.Set(name, attribute(node, "value"))
			pressed = true
		case node.Data == "input":
			values.Set(name, attribute(node, "value"))
		case node.Data == "textarea":
			values.Set(name, "")
		case node.Data == "select":
			for option := range node.Descendants() {
				if option.Data == "option" && (hasAttribute(option, "selected") || !values.Has(name)) {
					values.Set(name, attribute(option, "value"))
				}
			}
		}
	}
	return values
}

func attribute(node *html.Node, name string) string {
	for _, one := range node.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func hasAttribute(node *html.Node, name string) bool {
	for _, one := range node.Attr {
		if one.Key == name {
			return true
		}
	}
	return false
}
