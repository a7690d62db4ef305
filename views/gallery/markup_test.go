package gallery

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"switchboard/views/frame"
	"switchboard/views/viewstest"
)

func TestEveryFragmentIsSound(t *testing.T) {
	t.Parallel()
	for name, exhibit := range gallery() {
		fragment := viewstest.Parsed(t, exhibit.fragment())
		if h1 := viewstest.Find(fragment, "h1"); len(h1) != 1 {
			t.Errorf("%s has %d h1, want 1", name, len(h1))
		}
		if mains := viewstest.Find(fragment, "main"); len(mains) != 0 {
			t.Errorf("%s is a fragment and has a main", name)
		}
		page := viewstest.ParsedPage(t, exhibit.page())
		if mains := viewstest.Find(page, "main"); len(mains) != 1 {
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
	for _, n := range viewstest.Find(page, "", "id") {
		id := viewstest.Value(n, "id")
		if seen[id] {
			t.Errorf("%s has the id %q twice", name, id)
		}
		seen[id] = true
	}
	for _, reference := range []string{"aria-describedby", "aria-labelledby", "for", "popovertarget", "data-undo"} {
		for _, n := range viewstest.Find(page, "", reference) {
			for _, id := range strings.Fields(viewstest.Value(n, reference)) {
				if !seen[id] {
					t.Errorf("%s: <%s %s> names %q, which is not there", name, n.Data, reference, id)
				}
			}
		}
	}
	for _, link := range viewstest.Find(page, "a", "href") {
		if id, inside := strings.CutPrefix(viewstest.Value(link, "href"), "#"); inside && !seen[id] {
			t.Errorf("%s links to #%s, which is not there", name, id)
		}
	}
}

// checkLabels finds controls and buttons without a name.
func checkLabels(t *testing.T, name string, page *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	for _, label := range viewstest.Find(page, "label", "for") {
		labelled[viewstest.Value(label, "for")] = true
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, control := range viewstest.Find(page, tag) {
			if viewstest.Value(control, "type") == "hidden" || viewstest.Value(control, "aria-label") != "" || labelled[viewstest.Value(control, "id")] {
				continue
			}
			if parent := control.Parent; parent.Data != "label" || viewstest.Words(parent) == "" {
				t.Errorf("%s: the control %s has no label", name, viewstest.Value(control, "name"))
			}
		}
	}
	for _, button := range viewstest.Find(page, "button") {
		if viewstest.Words(button) == "" && viewstest.Value(button, "aria-label") == "" {
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
			case slices.Contains([]string{"href", "action", "formaction"}, a.Key) && foreign(a.Val) && !isTicket(n):
				t.Errorf("%s: <%s %s=%q> leads elsewhere", name, n.Data, a.Key, a.Val)
			}
		}
	}
}

// isTicket says whether it is the link to a ticket elsewhere, which a person has given: one of https, which tells that host nothing
// of the page that it was on.
func isTicket(n *html.Node) bool {
	return n.Data == "a" && viewstest.Value(n, "class") == "ticket" && viewstest.Value(n, "rel") == "noreferrer" &&
		strings.HasPrefix(viewstest.Value(n, "href"), "https://")
}

func foreign(address string) bool {
	inside := strings.HasPrefix(address, "/") || strings.HasPrefix(address, "#")
	return !inside || strings.HasPrefix(address, "//") || strings.HasPrefix(address, `/\`)
}

func TestAuditPagesAreSound(t *testing.T) {
	t.Parallel()
	for name, draw := range viewstest.AuditStates() {
		page := viewstest.ParsedPage(t, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return frame.Page(viewstest.Shell("Audit log")).Render(templ.WithChildren(ctx, draw()), w)
		}))
		viewstest.One(t, page, "h1")
		checkIDs(t, name, page)
		checkLabels(t, name, page)
		checkHarmless(t, name, page)
	}
}
