package journeys

import (
	"regexp"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

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
	maya.hearsNothing()
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
	maya.hearsNothing()
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
