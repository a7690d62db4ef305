// Package forms reads forms as a browser without script does, for programs and tests that send them.
package forms

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Of is what a browser sends of the page's form that posts to the path and that nobody touched, its buttons left out; false
// where the page has no such form.
func Of(page, path string) (url.Values, bool) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, false
	}
	for node := range root.Descendants() {
		if node.Data == "form" && Attribute(node, "action") == path && Attribute(node, "method") == "post" {
			return fields(node), true
		}
	}
	return nil, false
}

func fields(form *html.Node) url.Values {
	values := url.Values{}
	for node := range form.Descendants() {
		name, kind := Attribute(node, "name"), Attribute(node, "type")
		switch {
		case name == "", node.Data == "button", (kind == "radio" || kind == "checkbox") && !has(node, "checked"):
		case node.Data == "input":
			values.Set(name, Attribute(node, "value"))
		case node.Data == "textarea":
			values.Set(name, strings.TrimPrefix(Text(node), "\n"))
		case node.Data == "select":
			for option := range node.Descendants() {
				if option.Data == "option" && (has(option, "selected") || !values.Has(name)) {
					values.Set(name, Attribute(option, "value"))
				}
			}
		}
	}
	return values
}

// Attribute is the element's attribute of that name, empty where it has none.
func Attribute(node *html.Node, name string) string {
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

// Text is all text within the element.
func Text(node *html.Node) string {
	var all strings.Builder
	for inner := range node.Descendants() {
		if inner.Type == html.TextNode {
			all.WriteString(inner.Data)
		}
	}
	return all.String()
}
