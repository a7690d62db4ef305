package journeys

import (
	"fmt"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// TestFocusStays: no step by keyboard leaves the focus on the body, from where Tab begins at the top of the page again.
func TestFocusStays(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(60)})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")

	maya.hits("/")
	maya.must(maya.Keyboard().Type("exchange"))
	maya.hits("Enter")
	maya.isAt("/connectors?q=exchange")
	maya.hasFocus(maya.heading("Connectors"))

	maya.must(maya.link("Next").Focus())
	maya.hits("Enter")
	maya.isAt("/connectors?page=2&q=exchange")
	maya.hasFocus(maya.GetByText("51 to 60 of 60"))
	maya.tabsTo(maya.link("Previous"))

	theme := maya.button("Theme: As system. Change to Light")
	maya.must(theme.Focus())
	maya.hits("Enter")
	maya.hasFocus(maya.button("Theme: Light. Change to Dark"))
	maya.isAt("/connectors?page=2&q=exchange")
}

// TestSearchOfTheTopBarFollows: it says what the page is filtered by, also where the page's own filter was used.
func TestSearchOfTheTopBarFollows(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?q=hosted")
	top := maya.named("combobox", "Find a connector")
	maya.must(maya.expect.Locator(top).ToHaveValue("hosted"))
	maya.types(maya.named("searchbox", "Name, organization, server, address or id"), "contoso")
	maya.isAt("/connectors?q=contoso")
	maya.must(maya.expect.Locator(top).ToHaveValue("contoso"))
}

// TestTypedBeforeTheScriptCame: on a slow way somebody types at once. The list and the log follow when the script is there.
func TestTypedBeforeTheScriptCame(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	for _, page := range []struct {
		path              string
		role              playwright.AriaRole
		field, text, then string
	}{
		{"/connectors", "searchbox", "Name, organization, server, address or id", "contoso", "/connectors?q=contoso"},
		{"/audit", "combobox", "Person", "maya", "/audit?person=maya"},
	} {
		typed := make(chan struct{})
		maya.must(maya.Route("**/static/*.js", func(route playwright.Route) {
			<-typed
			maya.must(route.Continue())
		}))
		_, err := maya.Goto(s.url+page.path, playwright.PageGotoOptions{WaitUntil: playwright.WaitUntilStateCommit})
		maya.must(err)
		maya.must(maya.named(page.role, page.field).Fill(page.text))
		close(typed)
		maya.isAt(page.then)
		maya.must(maya.Unroute("**/static/*.js"))
	}
}

// many connectors to page through.
func many(n int) []graph.Connector {
	connectors := make([]graph.Connector, n)
	for i := range connectors {
		alias := fmt.Sprintf("exchange-%03d", i)
		connectors[i] = graph.Connector{ID: simulator.ID(alias), Values: map[string]*string{"exchangeAlias": &alias}}
	}
	return connectors
}
