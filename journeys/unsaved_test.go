package journeys

import (
	"sync/atomic"
	"testing"
	"time"

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
	questions := make(chan string, 10)
	var leaves atomic.Bool
	maya.OnDialog(func(dialog playwright.Dialog) {
		answer := dialog.Dismiss
		if leaves.Load() {
			answer = func() error { return dialog.Accept() }
		}
		if err := answer(); err != nil {
			maya.fault("a question could not be answered: " + err.Error())
		}
		questions <- dialog.Type()
	})
	maya.follows("Edit")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.field("Alias").PressSequentially("typed-"))

	maya.follows("Overview")
	maya.isAsked(questions, "confirm")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed-hosted-na"))

	maya.goesBack()
	maya.isAsked(questions, "confirm")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed-hosted-na"))

	maya.follows("Cancel")
	maya.isAt(pathOf(id))
	maya.isOn("hosted-na · Contoso North America")

	maya.follows("Edit")
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.must(maya.field("Alias").PressSequentially("again-"))
	leaves.Store(true)
	maya.goesBack()
	maya.isAt(pathOf(id))
	maya.isOn("hosted-na · Contoso North America")
	maya.isAsked(questions, "confirm")
	if len(questions) > 0 {
		t.Errorf("asked once more than needed: %s", <-questions)
	}
	s.sent(t, patchOf(id), 0)
}

// goesBack presses the browser's own button, which may be held up by a question.
func (p *person) goesBack() {
	p.t.Helper()
	_, err := p.Evaluate(`() => { history.back() }`)
	p.must(err)
}

// isAsked waits for a question of that kind.
func (p *person) isAsked(questions <-chan string, kind string) {
	p.t.Helper()
	select {
	case got := <-questions:
		if got != kind {
			p.t.Errorf("question: got %s, want %s", got, kind)
		}
	case <-time.After(patience * time.Millisecond):
		p.t.Fatalf("no question came up, want %s", kind)
	}
}
