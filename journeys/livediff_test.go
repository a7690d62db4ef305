package journeys

import (
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

var partOf, reviewOf = regexp.MustCompile(`/review\?part=diff$`), regexp.MustCompile(`/review$`)

// liveList is the list of changes beside the edit form.
func (p *person) liveList() playwright.Locator { return p.Locator("[data-live]") }

// lists waits until the list's heading counts so.
func (p *person) lists(count string) {
	p.t.Helper()
	p.must(p.expect.Locator(p.liveList().GetByRole("heading")).ToHaveText(count))
}

// countsLists counts how often the list is asked for from here on.
func (p *person) countsLists() *atomic.Int64 { return p.countsRequests(partOf) }

// countsRequests counts how often such an address is asked for from here on.
func (p *person) countsRequests(of *regexp.Regexp) *atomic.Int64 {
	var asked atomic.Int64
	p.OnRequest(func(request playwright.Request) {
		if of.MatchString(request.URL()) {
			asked.Add(1)
		}
	})
	return &asked
}

// keys types into what has the focus.
func (p *person) keys(text string) {
	p.t.Helper()
	p.must(p.Keyboard().Type(text))
}

// passes lets time pass on a page by its clock, with nothing on its way: to the page an answer would be late at once.
func (p *person) passes(milliseconds int) {
	p.t.Helper()
	p.misses(p.Locator(".htmx-request"))
	p.must(p.Clock().RunFor(milliseconds))
}

// jumps moves the clock of the page on, "MM:SS": to its scripts it slept. They have run before, or what they count would begin only then.
func (p *person) jumps(by string) {
	p.t.Helper()
	p.isScripted()
	p.must(p.Clock().FastForward(by))
}

// stopsClock stands the clock of the page still, so that the story says when a pause is over. Htmx has come before: it waits for what is
// done meanwhile by that clock.
func (p *person) stopsClock() {
	p.t.Helper()
	p.hasHtmx()
	p.must(p.Clock().PauseAt(time.Now().Add(10 * time.Second)))
}

// TestLiveDiff: the list follows 300 ms after the last key, by one request however many keys there were, and at once after a
// choice and an undo. It neither takes the focus nor asks Graph, and says what could not be sent until that is mended.
func TestLiveDiff(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.must(maya.Clock().Install())
	maya.edits("Maya Lindqvist", id)
	maya.lists("No changes")
	asked, before := maya.countsLists(), len(s.tenant.Requests())
	alias, list := maya.field("Alias"), maya.liveList()
	maya.clicks(alias)
	maya.stopsClock()

	maya.hits("End")
	maya.keys("-mail")
	maya.sees(maya.button("Review 1 change")) // what has to be instant is
	maya.passes(299)
	maya.lists("No changes")
	equalCount(t, asked, 0)
	maya.passes(1)
	maya.lists("1 change")
	maya.sees(list.GetByText("hosted-na-mail"))
	equalCount(t, asked, 1)
	maya.hasFocus(alias)
	maya.keys("2") // the caret is where it was
	maya.must(maya.expect.Locator(alias).ToHaveValue("hosted-na-mail2"))

	maya.chooses("Status", "none") // takes what is still waiting along
	maya.lists("2 changes")
	maya.sees(list.GetByText("hosted-na-mail2"))
	equalCount(t, asked, 2)

	maya.types(maya.field("Last sync"), "yesterday")
	maya.passes(300)
	maya.lists("3 changes, 1 to correct")
	fault := list.GetByText("Enter a date that exists")
	maya.sees(fault)
	maya.hasFocus(maya.field("Last sync"))
	maya.types(maya.field("Last sync"), "2026-11-24T10:12:31.4020000Z")
	maya.passes(300)
	maya.lists("3 changes")
	maya.misses(fault)
	equalCount(t, asked, 4)

	maya.presses("Undo the change of Alias")
	maya.lists("2 changes")
	maya.hasFocus(alias)
	equalCount(t, asked, 5)
	if got := len(s.tenant.Requests()); got != before {
		t.Errorf("the tenant was asked %d times while one typed", got-before)
	}
}

func equalCount(t *testing.T, asked *atomic.Int64, want int64) {
	t.Helper()
	if got := asked.Load(); got != want {
		t.Errorf("the list was asked for %d times, want %d", got, want)
	}
}

// TestLiveDiffIsAccessible: the list with a fault in it, at every width and in both lights, and the list that is late.
func TestLiveDiffIsAccessible(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	maya.types(maya.field("Last sync"), "yesterday")
	maya.lists("1 change, 1 to correct")
	maya.isAccessible("list with a fault")
	maya.meets(503)
	maya.answersLists(503)
	maya.types(maya.field("Last sync"), "today")
	maya.sees(maya.liveList().GetByText("This list is older than what you typed"))
	maya.isAccessible("list that is late")
}

// TestLiveDiffOnThePhone: the list follows at 390 px too, and fits.
func TestLiveDiffOnThePhone(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t, phone)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	maya.types(maya.field("Alias"), strings.Repeat("a-long-alias", 8))
	maya.types(maya.field("Last sync"), "yesterday")
	maya.lists("2 changes, 1 to correct")
	maya.fits()
}
