package journeys

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// finder is the search of the top bar, with script.
func (p *person) finder() playwright.Locator { return p.named("combobox", "Find a connector") }

// option is a suggestion below it.
func (p *person) option(name string) playwright.Locator {
	return p.GetByRole("option", playwright.PageGetByRoleOptions{Name: name})
}

// enters types a text key by key, and returns how many keys that took.
func (p *person) enters(text string) int {
	p.t.Helper()
	p.must(p.Keyboard().Type(text))
	return len([]rune(text))
}

// TestLookup: a caller's connector is on the screen after at most 12 keys and one load of a page, without a mouse, however fast
// the keys come.
func TestLookup(t *testing.T) {
	t.Parallel()
	for name, lookup := range map[string]struct{ typed, id string }{
		"by its alias":      {"hosted-n", "hosted-na"},
		"by a domain":       {"@latam.c", "s2s-latam"},
		"by its health":     {"late", "journal-apac"},
		"by a word of many": {"eu fabri", "hosted-eu"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			tom := s.sits(t)
			tom.signsIn("Tom Okafor", "/")
			lists := len(s.tenant.Requests(listing))
			var loads atomic.Int64
			tom.OnRequest(func(request playwright.Request) {
				if request.IsNavigationRequest() {
					loads.Add(1)
				}
			})
			keys := 1 + tom.hitsAll("Control+K") + tom.enters(lookup.typed) + tom.hitsAll("ArrowDown", "Enter") // Control is a key, too
			tom.isAt(pathOf(simulator.ID(lookup.id)))
			if keys > 12 || loads.Load() != 1 {
				t.Errorf("%d keys and %d page loads, 12 and 1 are the most", keys, loads.Load())
			}
			t.Logf("%d keys", keys)
			s.sent(t, listing, lists)
		})
	}
}

// hitsAll hits keys and returns how many they were.
func (p *person) hitsAll(keys ...string) int {
	p.t.Helper()
	p.hits(keys...)
	return len(keys)
}

// TestSuggestionsByKeyboard: the combobox as the ARIA Authoring Practices have it, and no trap in it.
func TestSuggestionsByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	search := maya.finder()
	selected := maya.Locator("#find-list").GetByRole("option", playwright.LocatorGetByRoleOptions{Selected: playwright.Bool(true)})
	expanded := func(want string) {
		t.Helper()
		maya.must(maya.expect.Locator(search).ToHaveAttribute("aria-expanded", want))
	}
	chosen := func(name string) {
		t.Helper()
		maya.must(maya.expect.Locator(selected).ToContainText(name))
	}
	expanded("false")
	maya.hits("/")
	maya.hasFocus(search)
	maya.enters("hosted")
	expanded("true")
	maya.must(maya.expect.Locator(maya.Locator("#announcer")).ToHaveText("7 connectors match."))
	maya.sees(maya.option("hosted-eu Fabrikam Europe Newly broken"))
	maya.isAccessible("suggestions")

	maya.hits("ArrowDown", "ArrowDown")
	chosen("hosted-na")
	maya.hits("ArrowUp", "ArrowUp")
	maya.misses(selected)
	maya.hits("ArrowUp")
	chosen("Show all 7 in the list")
	maya.hasFocus(search)
	maya.hits("Escape")
	expanded("false")
	maya.must(maya.expect.Locator(search).ToHaveValue("hosted"))
	maya.hits("ArrowDown")
	expanded("true")
	chosen("hosted-eu")
	maya.enters("-u")
	maya.must(maya.expect.Locator(maya.Locator("#announcer")).ToHaveText("1 connector matches."))
	maya.hits("Tab")
	expanded("false")

	maya.hits("Control+k")
	maya.hasFocus(search)
	maya.enters("newly")
	maya.hits("ArrowUp")
	expanded("true")
	maya.clicks(maya.option("Health Newly broken 2 connectors"))
	maya.isAt("/connectors?health=broken")
	maya.hits("Control+k")
	maya.enters("oslo")
	maya.hits("Enter")
	maya.isAt("/connectors?q=oslo")
	maya.counts(maya.GetByRole("row"), 2)
	expanded("false")
}

// TestWhatIsChosenStaysChosen: an arrow has the suggestions come at once, and the pause after the last letter ends later. What it asks for
// is there by then.
func TestWhatIsChosenStaysChosen(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t)
	tom.signsIn("Tom Okafor", "/connectors")
	tom.hits("/")
	tom.enters("hosted")
	tom.hits("ArrowDown")
	selected := tom.Locator("#find-list [aria-selected=true]")
	tom.must(tom.expect.Locator(selected).ToContainText("hosted-eu"))
	_, err := tom.Evaluate(`() => new Promise((ended) => {
		document.addEventListener("htmx:finally:request", ended, { once: true });
		document.querySelector("[data-find]").dispatchEvent(new Event("suggest"));
	}).then(() => {})`)
	tom.must(err)
	tom.must(tom.expect.Locator(selected).ToContainText("hosted-eu"))
	tom.hits("Enter")
	tom.isAt(pathOf(simulator.ID("hosted-eu")))
}

// TestSearchFromAnywhere: Ctrl+K leads to the search out of a form and out of a menu, but not past a question, and not where it
// is turned off.
func TestSearchFromAnywhere(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	maya.must(maya.field("Alias").Focus())
	maya.hits("Control+k")
	maya.hasFocus(maya.finder())
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.hits("Control+k")
	maya.hasFocus(maya.finder())
	maya.must(maya.expect.Locator(maya.GetByText("Where you are signed in")).ToBeHidden())
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.must(maya.GetByLabel("Keyboard shortcuts, such as / to find").Uncheck())
	maya.hits("Escape", "Control+k")
	maya.must(maya.expect.Locator(maya.finder()).Not().ToBeFocused())
}

// TestSuggestionsOnAPhone: they fit, and a thumb opens one.
func TestSuggestionsOnAPhone(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t, phone)
	tom.signsIn("Tom Okafor", "/")
	tom.must(tom.finder().Tap())
	tom.enters("contoso")
	first := tom.GetByRole("option").First()
	tom.sees(first)
	tom.fits()
	box, err := tom.Locator("#find-list").BoundingBox()
	tom.must(err)
	if box.X < 0 || box.X+box.Width > 390 || box.Width < 360 {
		t.Errorf("the suggestions reach from %v to %v of 390", box.X, box.X+box.Width)
	}
	tom.must(tom.option("dedicated-gov Contoso Public Sector Healthy").Tap())
	tom.isAt(pathOf(simulator.ID("dedicated-gov")))
}

// TestSuggestionsFail without a word: the search is sent all the same.
func TestSuggestionsFail(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.meets(503)
	maya.signsIn("Maya Lindqvist", "/")
	maya.must(maya.Route("**/search?*", func(route playwright.Route) {
		maya.must(route.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(503), Body: "<p>no answer</p>"}))
	}))
	maya.hits("Control+k")
	maya.enters("oslo")
	maya.hits("ArrowDown", "Enter")
	maya.isAt("/connectors?q=oslo")
	maya.must(maya.expect.Locator(maya.GetByText("Switchboard did not answer.")).ToBeHidden())
	if text, err := maya.Locator("#find-list").TextContent(); err != nil || strings.TrimSpace(text) != "" {
		t.Errorf("the suggestions hold %q, %v", text, err)
	}
}
