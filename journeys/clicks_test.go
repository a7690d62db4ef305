package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestClicksThatOpenElsewhere: a click with Ctrl, Cmd or Shift, or with the middle button, opens a link in another tab,
// and the page with unsaved edits stays guarded.
func TestClicksThatOpenElsewhere(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "typed")
	for name, click := range map[string]playwright.LocatorClickOptions{
		"Control": {Modifiers: []playwright.KeyboardModifier{"Control"}},
		"Shift":   {Modifiers: []playwright.KeyboardModifier{"Shift"}},
		"middle":  {Button: playwright.MouseButtonMiddle},
	} {
		for _, link := range []string{"Overview", "Connectors", "Cancel"} {
			opened, err := maya.Context().ExpectEvent("page", func() error {
				return maya.link(link).First().Click(click)
			})
			if err != nil {
				t.Fatalf("%s click on %s: %v", name, link, err)
			}
			maya.must(opened.(playwright.Page).Close())
			maya.isAt(pathOf(id, "/edit"))
		}
	}
	asked := make(chan string, 1)
	maya.OnDialog(func(dialog playwright.Dialog) {
		asked <- dialog.Type()
		if err := dialog.Dismiss(); err != nil {
			maya.fault(err.Error())
		}
	})
	maya.follows("Overview")
	maya.isAsked(asked, "confirm")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed"))
}
