package viewstest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Parsed is a fragment as a browser reads it.
func Parsed(t *testing.T, component templ.Component) *html.Node {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(bytes.NewReader(Rendered(t, component)), body)
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes {
		body.AppendChild(node)
	}
	return body
}

// ParsedPage is a whole page as a browser reads it.
func ParsedPage(t *testing.T, component templ.Component) *html.Node {
	t.Helper()
	page, err := html.Parse(bytes.NewReader(Rendered(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// Attribute is an attribute of an element, and whether it is there.
func Attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Value is an attribute of an element; empty where it is not there.
func Value(n *html.Node, name string) string { text, _ := Attribute(n, name); return text }

// Find is every element of the tag ("" for any) that has each of the attributes; "name=value" wants that value.
func Find(root *html.Node, tag string, attributes ...string) (found []*html.Node) {
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
	got, ok := Attribute(n, name)
	return ok && (!exact || got == want)
}

// One is the only such element; anything else ends the test.
func One(t *testing.T, root *html.Node, tag string, attributes ...string) *html.Node {
	t.Helper()
	found := Find(root, tag, attributes...)
	if len(found) != 1 {
		t.Fatalf("%d elements <%s %s>, want 1", len(found), tag, strings.Join(attributes, " "))
	}
	return found[0]
}

// Words is an element's text with white space collapsed.
func Words(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// Text is the text below the node, to the character.
func Text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var text strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		text.WriteString(Text(child))
	}
	return text.String()
}

// Rendered is the markup of a component.
func Rendered(t *testing.T, component templ.Component) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := component.Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}
