package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestUnsaved: leaving a form with unsaved edits asks first, by the browser's own question or within the page; leaving
// on purpose does not.
func TestUnsaved(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	var asked []string
	stay := true
	maya.OnDialog(func(dialog playwright.Dialog) {
		asked = append(asked, dialog.Type())
		if stay {
			_ = dialog.Dismiss()
		} else {
			_ = dialog.Accept()
		}
	})
	maya.follows("Edit")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.field("Alias").PressSequentially("typed-"))

	maya.follows("Overview")
	maya.asked(&asked, "beforeunload")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed-hosted-na"))

	maya.goesBack()
	maya.asked(&asked, "confirm")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed-hosted-na"))

	maya.follows("Cancel")
	maya.isAt(pathOf(id))
	maya.isOn("hosted-na · Contoso North America")
	maya.asked(&asked)

	maya.follows("Edit")
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.must(maya.field("Alias").PressSequentially("again-"))
	stay = false
	maya.goesBack()
	maya.isAt(pathOf(id))
	maya.isOn("hosted-na · Contoso North America")
	maya.asked(&asked, "confirm")
	s.sent(t, patchOf(id), 0)
}

// goesBack presses the browser's own button, which may be held up by a question.
func (p *person) goesBack() {
	p.t.Helper()
	_, err := p.Evaluate(`() => { history.back() }`)
	p.must(err)
}

// asked checks which questions came up since the last time.
func (p *person) asked(questions *[]string, want ...string) {
	p.t.Helper()
	_, err := p.Title() // a round trip: what the browser asked before has arrived
	p.must(err)
	got := *questions
	*questions = nil
	if len(got) != len(want) || len(want) == 1 && got[0] != want[0] {
		p.t.Errorf("questions: got %q, want %q", got, want)
	}
}
