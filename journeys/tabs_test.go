package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestTabsAtOnce: a browser that opens several of our pages at once, as after its restart, asks who it is in each tab, and
// each tab ends on its own page.
func TestTabsAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.visits("/signed-out")
	pages := []string{
		pathOf(simulator.ID("hosted-na")), pathOf(simulator.ID("hosted-na"), "/edit"), "/connectors?q=na", "/audit?action=edit",
		"/changes", "/access", "/sessions", "/connectors?q=eu",
	}
	_, err := maya.Evaluate(`(pages) => pages.forEach((page) => open(page))`, pages)
	maya.must(err)
	maya.must(maya.expect.Page(maya.Page).ToHaveURL(s.url + "/signed-out"))
	tabs := map[string]bool{}
	for _, tab := range maya.opened(len(pages)) {
		tab.picks("Maya Lindqvist")
		tab.must(tab.WaitForURL(s.url + "/**"))
		tabs[tab.URL()[len(s.url):]] = true
	}
	for _, page := range pages {
		if !tabs[page] {
			t.Errorf("no tab is at %s, but they are at %v", page, tabs)
		}
	}
}

// opened are the tabs that this one opened, once they are there.
func (p *person) opened(count int) (tabs []*person) {
	p.t.Helper()
	for len(p.Context().Pages()) <= count {
		_, err := p.Context().WaitForEvent("page", playwright.BrowserContextWaitForEventOptions{Timeout: playwright.Float(patience)})
		p.must(err)
	}
	for _, page := range p.Context().Pages() {
		if page != p.Page {
			tabs = append(tabs, &person{Page: page, t: p.t, site: p.site, expect: p.expect})
		}
	}
	return tabs
}
