package journeys

import (
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
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
func (p *person) countsLists() *atomic.Int64 {
	var asked atomic.Int64
	p.OnRequest(func(request playwright.Request) {
		if partOf.MatchString(request.URL()) {
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

// passes lets time pass on a page whose clock stands.
func (p *person) passes(milliseconds int) {
	p.t.Helper()
	p.must(p.Clock().RunFor(milliseconds))
}

// stopsClock stands the clock of the page still, so that the story says when a pause is over.
func (p *person) stopsClock() {
	p.t.Helper()
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
	maya.stopsClock()

	alias, list := maya.field("Alias"), maya.liveList()
	maya.clicks(alias)
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
	maya.isAsked(questions, "beforeunload")
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

// typesOn goes on typing once the session was found to be over, and says so when the pause after it is over too. It is left
// to the page: nothing else is done on one that is about to go.
const typesOn = `() => addEventListener("htmx:response:error", () => setTimeout(() => {
	const field = document.activeElement;
	field.value = "na-mail-2";
	field.dispatchEvent(new Event("input", { bubbles: true }));
	setTimeout(() => console.log("typed on"), 400);
}), { once: true, capture: true })`

// TestLiveDiffAfterSignOut: typing into a form whose session was ended elsewhere leads to the sign-in, once, and back to the
// form, which holds all that was typed, and lists it.
func TestLiveDiffAfterSignOut(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.gives("Renamed")
	maya.signsOutElsewhere()
	asked, login := maya.countsLists(), make(chan playwright.Route, 1)
	maya.must(maya.Route(regexp.MustCompile(`/login$`), func(route playwright.Route) { login <- route }))
	maya.OnConsole(func(message playwright.ConsoleMessage) {
		if message.Text() == "typed on" { // so slowly does the sign-in come
			go func() {
				if err := (<-login).Continue(); err != nil {
					maya.fault(err.Error())
				}
			}()
		}
	})
	_, err := maya.Evaluate(typesOn)
	maya.must(err)
	maya.meets(401)
	maya.types(maya.field("Alias"), "na-mail")
	maya.picks("Maya Lindqvist")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail-2"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Renamed"))
	maya.lists("1 change")
	equalCount(t, asked, 2) // one that found the session over, and one of the form that was filled in again
	maya.sees(maya.liveList().GetByText("na-mail-2"))
}

// TestLiveDiffOfAnotherSession: a form of a session that was renewed elsewhere stays as it is while one types; only sending
// it says what is the matter.
func TestLiveDiffOfAnotherSession(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.signsOutElsewhere()
	page, err := maya.Context().NewPage()
	maya.must(err)
	other := &person{Page: page, t: t, site: s, expect: maya.expect}
	other.signsIn("Maya Lindqvist", "/changes")
	maya.must(page.Close())

	maya.meets(403)
	maya.types(maya.field("Alias"), "na-mail")
	maya.sees(maya.liveList().GetByText("This list is older than what you typed"))
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.presses("Review 1 change")
	maya.reads("This form was not made for your session.")
	maya.follows("Open the form again")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.lists("1 change")
}
