package journeys

import (
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// answersLists answers in Switchboard's place, as something between here and there does.
func (p *person) answersLists(status int) {
	p.t.Helper()
	p.must(p.Route(partOf, func(route playwright.Route) {
		err := route.Fulfill(playwright.RouteFulfillOptions{
			Status: &status, ContentType: playwright.String("text/html"),
			Body: "<html><head><title>No</title></head><body><h1>No</h1></body></html>",
		})
		if err != nil {
			p.fault(err.Error())
		}
	}))
}

// TestLiveDiffFails: where no list comes, the one that is there says that it is old, and all else stays as it was. It does
// not count as an answer of the form, and leaving still asks first.
func TestLiveDiffFails(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	id := simulator.ID("hosted-na")
	maya.edits("Maya Lindqvist", id)
	alias := maya.field("Alias")
	late := maya.liveList().GetByText("This list is older than what you typed")
	maya.meets(403, 404, 503)
	for _, status := range []int{403, 404, 503} {
		maya.answersLists(status)
		maya.types(alias, "kept")
		maya.sees(late)
		maya.isOn("Edit hosted-na · Contoso North America")
		maya.must(maya.expect.Page(maya.Page).ToHaveTitle("Edit hosted-na · Switchboard"))
		maya.must(maya.expect.Locator(alias).ToHaveValue("kept"))
		maya.hasFocus(alias)
		maya.must(maya.Unroute(partOf))
		maya.types(alias, "followed")
		maya.lists("1 change")
		maya.must(maya.expect.Locator(late).ToBeHidden())
		maya.presses("Undo the change of Alias")
		maya.lists("No changes")
	}

	maya.must(maya.Route(partOf, func(route playwright.Route) { _ = route.Abort() }))
	maya.types(alias, "no network")
	maya.sees(late)
	maya.must(maya.expect.Locator(maya.Locator("#unreachable")).ToBeHidden())
	maya.forgives("net::ERR_FAILED", "Failed to fetch")

	questions := make(chan string, 1)
	maya.OnDialog(func(dialog playwright.Dialog) {
		if err := dialog.Dismiss(); err != nil {
			maya.fault(err.Error())
		}
		questions <- dialog.Type()
	})
	maya.follows("Overview")
	maya.isAsked(questions, "confirm")
	maya.must(maya.expect.Locator(alias).ToHaveValue("no network"))
}

// forgives takes back what the console said of something that the story brought about.
func (p *person) forgives(texts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []string
	for _, fault := range p.faults {
		forgiven := false
		for _, text := range texts {
			forgiven = forgiven || strings.Contains(fault, text)
		}
		if !forgiven {
			left = append(left, fault)
		}
	}
	p.faults = left
}
