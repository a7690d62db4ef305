package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestALineBreakIsMended: no text field holds a line break, so that a browser would send EX01 for both. Left alone it is no
// change; once its picture is deleted it is one, with script and without.
func TestALineBreakIsMended(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"with script": nil, "without": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			id := simulator.ID("hosted-na")
			s.elsewhere(t, id, "serverName", "EX01\n")
			s.elsewhere(t, id, "version", "1\r\n2\n")
			maya := s.sits(t, options...)
			maya.signsIn("Maya Lindqvist", pathOf(id, "/edit"))
			maya.types(maya.field("Alias"), "na-mail")
			maya.gives("CHG-1043")
			maya.sends(pathOf(id), func() { maya.presses("Save") })
			maya.outcome("applied")
			maya.visits(pathOf(id, "/edit"))
			maya.must(maya.expect.Locator(maya.field("Exchange server")).ToHaveValue("EX01␊"))
			maya.types(maya.field("Exchange server"), "EX01")
			maya.gives("CHG-1044")
			maya.presses(map[bool]string{true: "Review 1 change", false: "Review changes"}[options == nil])
			maya.isOn("Review 1 change")
			maya.sends(pathOf(id), func() { maya.presses("Save 1 change") })
			maya.outcome("applied")
			sent := s.tenant.Requests(patchOf(id))
			if len(sent) != 2 || string(sent[0].Body) != `{"exchangeAlias":"na-mail"}` || string(sent[1].Body) != `{"serverName":"EX01"}` {
				t.Errorf("the PATCHes: %v", sent)
			}
			s.holds(t, id, "version", "1\r\n2\n")
		})
	}
}
