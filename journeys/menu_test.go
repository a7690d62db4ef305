package journeys

import (
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// TestMenuBringsItsPages: a link of the menu brings its page into this one, with the style sheet that it needs, the focus on its heading,
// and nothing of the frame moved; Back leads to the page before.
func TestMenuBringsItsPages(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	_, err := maya.Evaluate(`() => {
		window.stays = true;
		window.shifted = 0;
		new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.shifted += one.hadRecentInput ? 0 : one.value))).observe({ type: "layout-shift" });
	}`)
	maya.must(err)
	menu := maya.named("navigation", "Switchboard")
	for _, page := range []struct{ link, path, heading, element, property, value string }{
		{"Connectors 43", "/connectors", "Connectors", ".row-action", "display", "inline-flex"},
		{"Audit log", "/audit", "Audit log", ".chain", "display", "flex"},
		{"Overview", "/", "Overview", ".health-links", "display", "grid"},
	} {
		link := menu.GetByRole("link", playwright.LocatorGetByRoleOptions{Name: page.link, Exact: playwright.Bool(true)})
		maya.clicks(link)
		maya.isAt(page.path)
		maya.hasFocus(maya.heading(page.heading))
		maya.must(maya.expect.Locator(link).ToHaveAttribute("aria-current", "page"))
		maya.must(maya.expect.Locator(maya.Locator(page.element).First()).ToHaveCSS(page.property, page.value))
	}
	maya.goesBack()
	maya.isAt("/audit")
	seen, err := maya.Evaluate(`() => window.stays && window.shifted < 0.01`)
	maya.must(err)
	if seen != true {
		t.Error("the page was loaded anew, or moved under who reads it")
	}
}

// TestPressShowsWhatWasAskedAhead: the answer to a press on a heading of the list is there already, by a request that is nobody's.
func TestPressShowsWhatWasAskedAhead(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	var asked []string
	maya.OnRequest(func(request playwright.Request) {
		if strings.Contains(request.URL(), "sort=name") {
			asked = append(asked, request.Headers()["switchboard-passive"])
		}
	})
	head := maya.named("columnheader", "Connector").GetByRole("link")
	_, err := maya.ExpectRequestFinished(func() error { return head.Hover() }, playwright.PageExpectRequestFinishedOptions{Predicate: func(request playwright.Request) bool {
		return strings.Contains(request.URL(), "sort=name")
	}})
	maya.must(err)
	maya.clicks(head)
	maya.isAt("/connectors?sort=name")
	maya.must(maya.expect.Locator(maya.named("columnheader", "Connector")).ToHaveAttribute("aria-sort", "ascending"))
	if got := strings.Join(asked, " "); got != "preload" {
		t.Errorf("asked by %q, want once, ahead of the press", got)
	}
}
