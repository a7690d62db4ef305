package gallery

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/views/viewstest"
)

// TestIdentifiersAndValuesAreNotTranslated: a browser that translates a page leaves them as they are.
func TestIdentifiersAndValuesAreNotTranslated(t *testing.T) {
	t.Parallel()
	all := gallery()
	maps.Copy(all, pages())
	for name, exhibit := range all {
		page := viewstest.ParsedPage(t, exhibit.page())
		for n := range page.Descendants() {
			if n.Type == html.ElementNode && keeps(n) && !untranslated(n) {
				t.Errorf("%s: <%s class=%q> may be translated: %s", name, n.Data, viewstest.Value(n, "class"), viewstest.Words(n))
			}
		}
		for _, cell := range viewstest.Find(page, "dd", "data-value") {
			for text := range cell.Descendants() {
				if text.Type == html.TextNode && text.Data == viewstest.Value(cell, "data-value") && strings.TrimSpace(text.Data) != "" && !untranslated(text.Parent) {
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
		return viewstest.Value(n, "name") == "status" || viewstest.Value(n, "name") == "exchangeConnectorType" || viewstest.Value(n, "name") == "type"
	}
	return strings.Contains(" "+viewstest.Value(n, "class")+" ", " field-name ")
}

func untranslated(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if viewstest.Value(n, "translate") == "no" {
			return true
		}
	}
	return false
}
