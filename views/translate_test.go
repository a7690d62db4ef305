package views_test

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestIdentifiersAndValuesAreNotTranslated: a browser that translates a page leaves them as they are.
func TestIdentifiersAndValuesAreNotTranslated(t *testing.T) {
	t.Parallel()
	all := gallery()
	maps.Copy(all, pages())
	for name, exhibit := range all {
		page := parsedPage(t, exhibit.page())
		for n := range page.Descendants() {
			if n.Type == html.ElementNode && keeps(n) && !untranslated(n) {
				t.Errorf("%s: <%s class=%q> may be translated: %s", name, n.Data, value(n, "class"), words(n))
			}
		}
		for _, cell := range find(page, "dd", "data-value") {
			for text := range cell.Descendants() {
				if text.Type == html.TextNode && text.Data == value(cell, "data-value") && strings.TrimSpace(text.Data) != "" && !untranslated(text.Parent) {
					t.Errorf("%s: the value %q may be translated", name, text.Data)
				}
			}
		}
	}
}

// keeps says whether the element holds an identifier or a value, of which a translation would be another.
func keeps(n *html.Node) bool {
	switch n.Data {
	case "code", "pre", "datalist":
		return true
	case "select":
		return value(n, "name") == "status" || value(n, "name") == "exchangeConnectorType" || value(n, "name") == "type"
	}
	return strings.Contains(" "+value(n, "class")+" ", " field-name ")
}

func untranslated(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if value(n, "translate") == "no" {
			return true
		}
	}
	return false
}
