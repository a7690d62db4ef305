package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestSessionRunsOut: without JavaScript, a form whose session ran out leads to a page that says so and links to the
// sign-in, and from there back to the form with what was typed.
func TestSessionRunsOut(t *testing.T) {
	t.Parallel()
	const idle = 8 * time.Second // with room for a slow machine between two pages
	id := simulator.ID("hosted-na")
	s := open(t, settings{idle: idle})
	maya := s.sits(t, withoutScript)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	<-time.After(idle) // the session has to grow old

	maya.answers(pathOf(id), 303, func() { maya.presses("Save") })
	maya.isOn("Your session has ended")
	maya.follows("Sign in")
	maya.picks("Maya Lindqvist")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Renamed"))
	s.sent(t, patchOf(id), 0)
	maya.presses("Save")
	maya.outcome("applied")
	s.sent(t, patchOf(id), 1)
}

// TestRestoreWithoutSession: going back after the session ended leads to the sign-in, and shows nothing.
func TestRestoreWithoutSession(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.follows("Edit")
	maya.isAt(pathOf(id, "/edit"))
	maya.signsOutElsewhere()
	maya.meets(401)
	_, err := maya.GoBack()
	maya.must(err)
	maya.sees(maya.heading("Who would you like to be?"))
}

// hearsNothing has the pages to come listen to no stream: what they would hear, or ask for by themselves, may come before or after the
// next step.
func (p *person) hearsNothing() {
	p.t.Helper()
	p.must(p.AddInitScript(playwright.Script{Content: playwright.String(
		`document.addEventListener("readystatechange", () => document.body.removeAttribute("data-stream"))`, // before the page's scripts run
	)}))
}

// signsOutElsewhere ends the session in another window of the same browser. Who hears nothing does not know yet.
func (p *person) signsOutElsewhere() {
	p.t.Helper()
	page, err := p.Context().NewPage()
	p.must(err)
	other := &person{Page: page, t: p.t, site: p.site, expect: p.expect}
	other.visits("/changes")
	other.clicks(other.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	other.clicks(other.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Sign out"}))
	other.isAt("/signed-out")
	p.must(page.Close())
}
