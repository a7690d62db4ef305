package gallery

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/views/components"
	"switchboard/views/viewstest"
)

// styled are the classes and ids that a style sheet names.
var styled = regexp.MustCompile(`[.#][A-Za-z_][\w-]*`)

// addresses hold dots, and colours a hash, that are none.
var unstyled = regexp.MustCompile(`url\([^)]*\)|#[0-9a-f]{3,8}\b`)

// builtFile is a file of the last build by its name before the hash.
func builtFile(t *testing.T, name string) (url, text string) {
	t.Helper()
	dist := filepath.Join("..", "..", "static", "dist")
	manifest, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if os.IsNotExist(err) {
		t.Fatal("nothing is built yet: run make build, or make test, which does")
	}
	var built map[string]struct{ URL string }
	if err == nil {
		err = json.Unmarshal(manifest, &built)
	}
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dist, strings.TrimPrefix(built[name].URL, "/static/")))
	if err != nil {
		t.Fatal(err)
	}
	return built[name].URL, string(file)
}

func namesIn(sheet string) map[string]bool {
	names := map[string]bool{}
	for _, name := range styled.FindAllString(unstyled.ReplaceAllString(sheet, ""), -1) {
		names[name[1:]] = true
	}
	return names
}

// TestPagesHaveTheirSheets: what a page is made of and some style sheet dresses, one of the page's own dresses.
func TestPagesHaveTheirSheets(t *testing.T) {
	t.Parallel()
	sheets := map[string]map[string]bool{}
	for _, name := range []string{"switchboard.css", "list.css", "more.css"} {
		url, text := builtFile(t, name)
		sheets[url] = namesIn(text)
	}
	for name, exhibit := range gallery() {
		page := viewstest.ParsedPage(t, exhibit.page())
		var own []map[string]bool
		for _, link := range viewstest.Find(page, "link", "integrity") {
			if link.Parent.Data == "head" {
				own = append(own, sheets[viewstest.Value(link, "href")])
			}
		}
		dressed := func(word string, by []map[string]bool) bool {
			return slices.ContainsFunc(by, func(sheet map[string]bool) bool { return sheet[word] })
		}
		all := []map[string]bool{}
		for _, sheet := range sheets {
			all = append(all, sheet)
		}
		for word := range wordsOf(page) {
			if len(own) > 0 && dressed(word, all) && !dressed(word, own) {
				t.Errorf("%s is made of %q, which no style sheet of this page dresses", name, word)
			}
		}
	}
}

// wordsOf leaves out the windows that the script opens, with their rules.
func wordsOf(page *html.Node) map[string]bool {
	words, keys := map[string]bool{}, map[*html.Node]bool{}
	for n := range page.Descendants() {
		if keys[n.Parent] || slices.Contains([]string{"keys", "session"}, viewstest.Value(n, "id")) {
			keys[n] = true
			continue
		}
		for _, word := range strings.Fields(viewstest.Value(n, "class") + " " + viewstest.Value(n, "id")) {
			words[word] = true
		}
	}
	return words
}

// TestIconsAreServed: each icon that a page names is in the file that is served.
func TestIconsAreServed(t *testing.T) {
	t.Parallel()
	url, icons := builtFile(t, "icons.svg")
	if url != components.Icons {
		t.Fatalf("pages look for icons at %s, and the build serves them at %s: run npm run icons", components.Icons, url)
	}
	for name, exhibit := range gallery() {
		for _, use := range viewstest.Find(viewstest.ParsedPage(t, exhibit.page()), "use") {
			id, at := strings.CutPrefix(viewstest.Value(use, "href"), components.Icons+"#")
			if !at || !strings.Contains(icons, `<symbol id="`+id+`"`) {
				t.Errorf("%s has an icon %q", name, viewstest.Value(use, "href"))
			}
		}
	}
}
