package views_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parsed is a fragment as a browser reads it.
func parsed(t *testing.T, component templ.Component) *html.Node {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(bytes.NewReader(rendered(t, component)), body)
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes {
		body.AppendChild(node)
	}
	return body
}

// parsedPage is a whole page as a browser reads it.
func parsedPage(t *testing.T, component templ.Component) *html.Node {
	t.Helper()
	page, err := html.Parse(bytes.NewReader(rendered(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func value(n *html.Node, name string) string { text, _ := attribute(n, name); return text }

// find is every element of the tag ("" for any) that has each of the attributes; "name=value" wants that value.
func find(root *html.Node, tag string, attributes ...string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || tag != "" && n.Data != tag {
			continue
		}
		if !slices.ContainsFunc(attributes, func(wanted string) bool { return !carries(n, wanted) }) {
			found = append(found, n)
		}
	}
	return found
}

func carries(n *html.Node, wanted string) bool {
	name, want, exact := strings.Cut(wanted, "=")
	got, ok := attribute(n, name)
	return ok && (!exact || got == want)
}

// one is the only such element; anything else ends the test.
func one(t *testing.T, root *html.Node, tag string, attributes ...string) *html.Node {
	t.Helper()
	found := find(root, tag, attributes...)
	if len(found) != 1 {
		t.Fatalf("%d elements <%s %s>, want 1", len(found), tag, strings.Join(attributes, " "))
	}
	return found[0]
}

// words is an element's text with white space collapsed.
func words(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func TestEveryFragmentIsSound(t *testing.T) {
	t.Parallel()
	for name, exhibit := range gallery() {
		fragment := parsed(t, exhibit.fragment())
		if h1 := find(fragment, "h1"); len(h1) != 1 {
			t.Errorf("%s has %d h1, want 1", name, len(h1))
		}
		if mains := find(fragment, "main"); len(mains) != 0 {
			t.Errorf("%s is a fragment and has a main", name)
		}
		page := parsedPage(t, exhibit.page())
		if mains := find(page, "main"); len(mains) != 1 {
			t.Errorf("the page of %s has %d main, want 1", name, len(mains))
		}
		checkIDs(t, name, page)
		checkLabels(t, name, page)
		checkHarmless(t, name, page)
	}
}

// checkIDs finds ids that are there twice, and references to ids that are not there.
func checkIDs(t *testing.T, name string, page *html.Node) {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range find(page, "", "id") {
		id := value(n, "id")
		if seen[id] {
			t.Errorf("%s has the id %q twice", name, id)
		}
		seen[id] = true
	}
	for _, reference := range []string{"aria-describedby", "aria-labelledby", "for", "popovertarget", "data-undo"} {
		for _, n := range find(page, "", reference) {
			for _, id := range strings.Fields(value(n, reference)) {
				if !seen[id] {
					t.Errorf("%s: <%s %s> names %q, which is not there", name, n.Data, reference, id)
				}
			}
		}
	}
	for _, link := range find(page, "a", "href") {
		if id, inside := strings.CutPrefix(value(link, "href"), "#"); inside && !seen[id] {
			t.Errorf("%s links to #%s, which is not there", name, id)
		}
	}
}

// checkLabels finds controls and buttons without a name.
func checkLabels(t *testing.T, name string, page *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	for _, label := range find(page, "label", "for") {
		labelled[value(label, "for")] = true
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, control := range find(page, tag) {
			if value(control, "type") == "hidden" || value(control, "aria-label") != "" || labelled[value(control, "id")] {
				continue
			}
			if parent := control.Parent; parent.Data != "label" || words(parent) == "" {
				t.Errorf("%s: the control %s has no label", name, value(control, "name"))
			}
		}
	}
	for _, button := range find(page, "button") {
		if words(button) == "" && value(button, "aria-label") == "" {
			t.Errorf("%s has a button without a name", name)
		}
	}
}

// checkHarmless finds what the content security policy would block, and addresses that lead elsewhere.
func checkHarmless(t *testing.T, name string, page *html.Node) {
	t.Helper()
	for n := range page.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on"):
				t.Errorf("%s: <%s> has the attribute %s", name, n.Data, a.Key)
			case slices.Contains([]string{"href", "action", "formaction"}, a.Key) && foreign(a.Val):
				t.Errorf("%s: <%s %s=%q> leads elsewhere", name, n.Data, a.Key, a.Val)
			}
		}
	}
}

func foreign(address string) bool {
	inside := strings.HasPrefix(address, "/") || strings.HasPrefix(address, "#")
	return !inside || strings.HasPrefix(address, "//") || strings.HasPrefix(address, `/\`)
}
