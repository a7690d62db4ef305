package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// TestShortcutCanBeTurnedOff: who rests a hand on the keys is not thrown into the search (WCAG 2.1.4), on no page.
func TestShortcutCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.must(maya.GetByLabel("Keyboard shortcuts, such as / to find").Uncheck())
	maya.hits("Escape", "/")
	search := maya.named("combobox", "Find a connector")
	maya.must(maya.expect.Locator(search).Not().ToBeFocused())
	maya.visits("/connectors")
	maya.must(maya.expect.Locator(search).Not().ToHaveAttribute("aria-keyshortcuts", "/ Control+K"))
	maya.hits("/")
	maya.must(maya.expect.Locator(search).Not().ToBeFocused())
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.must(maya.GetByLabel("Keyboard shortcuts, such as / to find").Check())
	maya.hits("Escape", "/")
	maya.hasFocus(search)
}
