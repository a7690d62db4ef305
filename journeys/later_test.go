package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// htmxCame says how often this document has asked for htmx.
func (p *person) htmxCame() int {
	p.t.Helper()
	count, err := p.Evaluate(`() => performance.getEntriesByType("resource").filter(({ name }) => /\/(htmx|more)-/.test(name)).length`)
	p.must(err)
	return count.(int)
}

// TestUntouchedPageFetchesWhatItNames: the overview asks for neither htmx nor another page's files before somebody does something.
func TestUntouchedPageFetchesWhatItNames(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	untouched := maya.tab("/")
	untouched.isScripted()
	_, err := untouched.Evaluate(`() => document.fonts.ready.then(() => undefined)`)
	untouched.must(err)
	if count := untouched.htmxCame(); count != 0 {
		t.Errorf("a page that nobody touched asked for %d files more than it names", count)
	}
	untouched.must(untouched.named("navigation", "Switchboard").GetByRole("link").First().Hover())
	untouched.must(untouched.expect.Locator(untouched.Locator("a[data-htmx-powered]").First()).ToBeAttached())
}

// TestPressWaitsForHtmx: a link that is pressed before htmx is there is followed when it is, and as without script where it does not
// come; what was brought in is there again after a reload and the way back.
func TestPressWaitsForHtmx(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/access")
	pressed := make(chan struct{})
	maya.must(maya.Route("**/static/htmx-*.js", func(route playwright.Route) {
		<-pressed
		maya.must(route.Continue())
	}))
	link := func(name string) playwright.Locator {
		return maya.named("navigation", "Switchboard").GetByRole("link", playwright.LocatorGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
	}
	maya.visits("/")
	maya.marks()
	maya.clicks(link("Connectors 43"))
	close(pressed)
	maya.isAt("/connectors")
	maya.hasFocus(maya.heading("Connectors"))
	maya.isSameDocument()

	_, err := maya.Reload()
	maya.must(err)
	maya.goesBack()
	maya.isAt("/")
	maya.sees(maya.heading("Overview"))

	maya.must(maya.UnrouteAll())
	maya.meets(404)
	maya.must(maya.Route("**/static/htmx-*.js", func(route playwright.Route) {
		maya.must(route.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(404)}))
	}))
	maya.visits("/")
	maya.clicks(link("Connectors 43"))
	maya.isAt("/connectors")
	maya.sees(maya.heading("Connectors"))
}

// TestKeysWaitForHtmx: who types and goes through the suggestions before htmx is there gets to the connector all the same.
func TestKeysWaitForHtmx(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t)
	tom.signsIn("Tom Okafor", "/access")
	typed := make(chan struct{})
	tom.must(tom.Route("**/static/htmx-*.js", func(route playwright.Route) {
		<-typed
		tom.must(route.Continue())
	}))
	tom.visits("/")
	tom.isScripted()
	tom.hits("Control+K")
	tom.enters("hosted-n")
	tom.hits("ArrowDown", "Enter")
	close(typed)
	tom.isAt(pathOf(simulator.ID("hosted-na")))
}
