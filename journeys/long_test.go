package journeys

import (
	"net/url"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// longNames have a thousand characters, in ways of writing that break differently.
var longNames = map[string]string{
	"hosted-na": strings.Repeat("W", 1_000),
	"hosted-uk": "Z" + strings.Repeat("\u0301\u0323", 500),
	"s2s-na":    strings.Repeat("שלום עולם ", 100),
	"s2s-latam": strings.Repeat("👩\u200d👩\u200d👧", 200),
}

// overlong says what a page that shows a long name does wrong: it scrolls sideways, its top bar is more than one line or one part of it
// lies on another, its heading takes half a window of 844 px, or its table hides columns.
const overlong = `() => {
	const page = document.documentElement, wrong = [];
	if (page.scrollWidth > page.clientWidth) wrong.push("page " + page.scrollWidth + " wide");
	const box = (of) => document.querySelector(of)?.getBoundingClientRect();
	if (box(".topbar").height > 60) wrong.push("top bar " + box(".topbar").height + " high");
	const last = [...document.querySelectorAll(".breadcrumb-item")].filter((item) => item.checkVisibility()).pop();
	if (last && last.getBoundingClientRect().right > box(".find").left) wrong.push("the search lies on " + last.textContent);
	if (innerWidth < 768 && box("h1").height > 422) wrong.push("heading " + box("h1").height + " high");
	for (const region of document.querySelectorAll("#results .scroll-region")) {
		if (region.scrollWidth > region.clientWidth) wrong.push("list " + region.scrollWidth + " wide in " + region.clientWidth);
	}
	return wrong.join(", ");
}`

// isInPlace fails the story where the page is overlong in a window of one of the widths.
func (p *person) isInPlace(path string, widths ...int) {
	p.t.Helper()
	p.visits(path)
	for _, width := range widths {
		p.must(p.SetViewportSize(width, 844))
		wrong, err := p.Evaluate(overlong)
		p.must(err)
		if wrong != "" {
			p.t.Errorf("%s at %d px: %v", path, width, wrong)
		}
	}
}

// TestLongNamesLeaveRoom on every page that has them, and the list has its columns beside them.
func TestLongNamesLeaveRoom(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	for name, value := range longNames {
		s.elsewhere(t, simulator.ID(name), "exchangeAlias", value)
	}
	for name := range longNames {
		id := simulator.ID(name)
		for _, path := range []string{pathOf(id), pathOf(id, "/edit"), "/audit?connector=" + url.QueryEscape(id)} {
			maya.isInPlace(path, 320, 390, 800, 1280)
		}
	}
	maya.isInPlace("/connectors?size=100", 390, 1280, 1920)
	maya.isInPlace("/", 390, 1280)
	maya.must(maya.SetViewportSize(1280, 844))
	maya.visits("/connectors?size=100")
	maya.must(maya.expect.Locator(maya.GetByRole("columnheader", playwright.PageGetByRoleOptions{Name: "Last sync"})).ToBeInViewport())
}

// TestTheTopBarIsOneLine at every width at which it stands beside the menu.
func TestTheTopBarIsOneLine(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-eu")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	for _, path := range []string{"/", "/connectors", pathOf(id), pathOf(id, "/edit"), "/changes?show=elsewhere", "/audit/1", "/runbooks/retired", "/sessions/all", "/bulk/import"} {
		maya.isInPlace(path, 768, 800, 900, 1000, 1039, 1040, 1280, 1920)
	}
}
