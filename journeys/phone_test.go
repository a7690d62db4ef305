package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestPhone: at 390 px the menu opens and leads on, an edit is made with thumbs, and nothing has to be moved sideways.
func TestPhone(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t, phone)
	maya.signsIn("Maya Lindqvist", "/")
	menu := maya.GetByRole("navigation", playwright.PageGetByRoleOptions{Name: "Switchboard"})
	maya.must(maya.expect.Locator(menu).ToBeHidden())
	maya.must(maya.button("Menu").Tap())
	maya.sees(menu)
	maya.must(menu.GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Connectors"}).Tap())
	maya.isOn("Connectors")
	maya.must(maya.expect.Locator(menu).ToBeHidden())
	maya.fits()

	maya.visits(pathOf(id))
	maya.fits()
	maya.must(maya.link("Edit").Tap())
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.fits()
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.must(maya.button("Review 1 change").Tap())
	maya.isOn("Review 1 change")
	maya.fits()
	maya.must(maya.button("Save 1 change").Tap())
	maya.outcome("applied")
	maya.fits()
}

// TestNarrow: at 320 px, as at a zoom of 400 %, no page is wider than the window.
func TestNarrow(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t, playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: 320, Height: 640}})
	maya.visits("/signed-out")
	maya.fits()
	maya.visits("/")
	maya.sees(maya.heading("Who would you like to be?"))
	maya.fits()
	maya.signsIn("Maya Lindqvist", "/")
	maya.meets(404)
	for _, path := range []string{"/", "/connectors", "/connectors?q=nothing-like-it", pathOf(id), pathOf(id, "/edit"), "/changes", "/nowhere"} {
		maya.visits(path)
		maya.isWhole()
		maya.fits()
	}
}

// fits checks that the page does not scroll sideways.
func (p *person) fits() {
	p.t.Helper()
	widths, err := p.Evaluate(`() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]`)
	p.must(err)
	pair, _ := widths.([]any)
	if len(pair) != 2 || pair[0] != pair[1] {
		p.t.Errorf("%s is %v wide in a window of %v", p.URL(), pair[0], pair[1])
	}
}
