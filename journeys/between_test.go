package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// stands puts a proxy between the browser and Switchboard that answers in its place.
func (p *person) stands(path string) {
	p.t.Helper()
	p.meets(502)
	p.must(p.Route(p.site.url+path, func(route playwright.Route) {
		p.must(route.Fulfill(playwright.RouteFulfillOptions{
			Status: playwright.Int(502), ContentType: playwright.String("text/html"), Body: "<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>",
		}))
	}))
}

// TestProxysPageTakesNoFormAway: what a proxy says in Switchboard's place is no answer. The form stays with what was typed, and
// is sent when the proxy is well again.
func TestProxysPageTakesNoFormAway(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.lists("1 change")
	maya.gives("Renamed")
	maya.stands(pathOf(id))
	maya.presses("Save")
	maya.sees(maya.GetByText("Switchboard did not answer."))
	maya.misses(maya.heading("Bad gateway"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	s.sent(t, patchOf(id), 0)
	maya.must(maya.Unroute(s.url + pathOf(id)))
	maya.presses("Save")
	maya.outcome("applied")
	maya.must(maya.expect.Locator(maya.GetByText("Switchboard did not answer.")).ToBeHidden())
	s.sent(t, patchOf(id), 1)
}

// TestSessionQuestionWithoutAnAnswer: where nobody answers 'Stay signed in', the page says so, and not that the session ended.
func TestSessionQuestionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.must(maya.Clock().Install())
	maya.hearsNothing() // it would hear that the session goes on, by the server's clock
	maya.signsIn("Maya Lindqvist", "/access")
	maya.jumps("28:30")
	maya.sees(maya.heading("Are you still there?"))
	maya.stands("/sessions/keep")
	maya.presses("Stay signed in")
	maya.sees(maya.GetByText("No answer came. Try again."))
	maya.sees(maya.heading("Are you still there?"))
	maya.must(maya.Unroute(s.url + "/sessions/keep"))
	maya.presses("Stay signed in")
	maya.must(maya.expect.Locator(maya.heading("Are you still there?")).ToBeHidden())
}

// TestShortcutIsTurnedOffWithoutStorage: in a browser that keeps nothing the choice holds for the page.
func TestShortcutIsTurnedOffWithoutStorage(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.must(maya.AddInitScript(playwright.Script{Content: playwright.String(
		`for (const method of ["getItem", "setItem", "removeItem"]) Storage.prototype[method] = () => { throw new DOMException("blocked", "SecurityError"); }`)}))
	maya.signsIn("Maya Lindqvist", "/")
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	choice := maya.GetByLabel("Keyboard shortcuts, such as / to find")
	maya.must(choice.Uncheck())
	maya.must(maya.expect.Locator(choice).Not().ToBeChecked())
	maya.hits("Escape", "/")
	maya.must(maya.expect.Locator(maya.named("combobox", "Find a connector")).Not().ToBeFocused())
}
