package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// holdsLists keeps what asks for the list without an answer. The routes that it gives are those that came.
func (p *person) holdsLists() (held chan playwright.Route, givenUp chan string) {
	p.t.Helper()
	held, givenUp = make(chan playwright.Route, 1), make(chan string, 4)
	p.must(p.Route(partOf, func(route playwright.Route) { held <- route }))
	p.OnRequestFailed(func(request playwright.Request) { givenUp <- request.URL() })
	return held, givenUp
}

// awaitsNoList checks that the page gives up the list that it asked for.
func (p *person) awaitsNoList(givenUp <-chan string) {
	p.t.Helper()
	select {
	case address := <-givenUp:
		if !partOf.MatchString(address) {
			p.t.Errorf("%s was given up, want the list", address)
		}
	case <-time.After(patience * time.Millisecond):
		p.t.Fatal("the list is still awaited")
	}
}

// TestLiveDiffGivesWay: the form does not wait for the list. While it is on its way no list is asked for, and none that was
// given up switches its buttons on.
func TestLiveDiffGivesWay(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	asked := maya.countsLists()
	held, givenUp := maya.holdsLists()
	reviews := make(chan playwright.Route, 1)
	maya.must(maya.Route(reviewOf, func(route playwright.Route) { reviews <- route }))
	maya.types(maya.field("Alias"), "na-mail")
	<-held
	maya.presses("Review 1 change")
	review := <-reviews
	maya.awaitsNoList(givenUp)
	maya.must(maya.expect.Locator(maya.button("Save")).ToBeDisabled())
	maya.must(review.Continue())
	maya.isOn("Review 1 change")
	equalCount(t, asked, 1)

	maya.must(maya.Unroute(partOf))
	maya.must(maya.Unroute(reviewOf))
	maya.presses("Back to the form")
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.lists("1 change")
	s.tenant.Faults.Next(readOf(id), faults.Delay(600*time.Millisecond)) // longer than the pause in the typing
	_, err := maya.field("Alias").Evaluate(`(field) => {
		field.value = "na-mail-2";
		field.dispatchEvent(new Event("input", { bubbles: true }));
		field.form.requestSubmit(field.form.querySelector("[formaction]"));
	}`, nil)
	maya.must(err)
	maya.isOn("Review 1 change")
	maya.sees(maya.GetByText("na-mail-2").First())
	equalCount(t, asked, 1)
}

// TestLiveDiffMissesNoPress: a list that comes while a button is held down does not move the button away from under it. It
// is shown once the button is let go, or not asked for any more where the form is on its way.
func TestLiveDiffMissesNoPress(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	lists, _ := maya.holdsLists()
	comesWhileHeld := func(value string) {
		maya.types(maya.field("Alias"), value)
		list := <-lists
		maya.must(maya.button("Review 1 change").Hover())
		maya.must(maya.Mouse().Down())
		_, err := maya.Evaluate(`() => {
			window.listCame = new Promise((done) => addEventListener("htmx:finally:request", done, { once: true, capture: true }));
		}`)
		maya.must(err)
		maya.must(list.Continue())
		_, err = maya.Evaluate(`() => window.listCame.then(() => {})`)
		maya.must(err)
	}

	comesWhileHeld("na-mail")
	maya.lists("No changes")
	maya.must(maya.Mouse().Move(1, 1))
	maya.must(maya.Mouse().Up())
	maya.must((<-lists).Continue())
	maya.lists("1 change")

	comesWhileHeld("na-mail-2")
	maya.must(maya.Mouse().Up())
	maya.isOn("Review 1 change")
	maya.sees(maya.GetByText("na-mail-2").First())
}

// TestLiveDiffCatchesUp: a form that got no answer is still there, and so is its list: up to date.
func TestLiveDiffCatchesUp(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	held, givenUp := maya.holdsLists()
	maya.must(maya.Route(reviewOf, func(route playwright.Route) { _ = route.Abort() }))
	maya.types(maya.field("Alias"), "na-mail")
	<-held
	maya.must(maya.Unroute(partOf))
	maya.presses("Review 1 change")
	maya.awaitsNoList(givenUp)
	maya.sees(maya.GetByText("Switchboard did not answer."))
	maya.lists("1 change")
	maya.sees(maya.liveList().GetByText("na-mail"))
	maya.must(maya.expect.Locator(maya.button("Review 1 change")).ToBeEnabled())
	maya.forgives("net::ERR_FAILED", "Failed to fetch")
}

// TestLiveDiffIsLeftBehind: a page that was left awaits no list.
func TestLiveDiffIsLeftBehind(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	held, givenUp := maya.holdsLists()
	maya.types(maya.field("Alias"), "na-mail")
	<-held
	maya.marks()
	maya.follows("Cancel")
	maya.isOn("hosted-na · Contoso North America")
	maya.isSameDocument()
	maya.awaitsNoList(givenUp)
}
