package journeys

import (
	"testing"

	"switchboard/simulator"
)

// TestIdleWarning: before a session ends the page asks, and what the person answers prolongs it. After the end the page
// says so, and the way back in leads to the same form with what was typed.
func TestIdleWarning(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.must(maya.Clock().Install())
	maya.edits("Maya Lindqvist", id)
	_, err := maya.ExpectResponse(partOf, func() error { return maya.reason().Fill("Renamed") }) // which asks for the list too
	maya.must(err)
	maya.types(maya.field("Alias"), "na-mail")
	maya.lists("1 change") // asking for the list is the last that is done
	maya.jumps("27:00")
	maya.misses(maya.heading("Are you still there?"))
	maya.jumps("01:30")
	maya.sees(maya.heading("Are you still there?"))
	maya.hasFocus(maya.button("Stay signed in"))
	maya.isAccessible("the question before a session ends")
	maya.answers("/sessions/keep", 204, func() { maya.presses("Stay signed in") })
	maya.misses(maya.heading("Are you still there?"))

	maya.jumps("29:00")
	maya.sees(maya.heading("Are you still there?"))
	maya.jumps("01:30")
	maya.sees(maya.heading("Your session has ended"))
	maya.follows("Sign in")
	maya.isAt(pathOf(id, "/edit"))
	maya.sees(maya.GetByText("It was kept while you signed in again."))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Renamed"))
	maya.presses("Save")
	maya.outcome("applied")
	s.sent(t, patchOf(id), 1)
}

// TestTypedIsKeptInTheTab: whoever was signed out elsewhere while they typed has it back after they signed in again.
func TestTypedIsKeptInTheTab(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.lists("1 change")
	maya.signsOutElsewhere()
	maya.meets(401)
	maya.answers(pathOf(id), 401, func() { maya.presses("Save") })
	maya.picks("Maya Lindqvist")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Renamed"))
	maya.presses("Save")
	maya.outcome("applied")
	s.sent(t, patchOf(id), 1)
}

// TestTypedIsNobodyElses: another person who signs in at that tab does not get it.
func TestTypedIsNobodyElses(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.lists("1 change")
	maya.signsOutElsewhere()
	maya.meets(401)
	maya.answers(pathOf(id), 401, func() { maya.presses("Save") })
	maya.picks("Priya Raman")
	maya.isAt(pathOf(id, "/edit"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue(""))
	s.sent(t, patchOf(id), 0)
}

// TestConsentMissing: an admin whose write scope nobody has consented to meets a page that says so, with a link to send
// on, and finds what was typed in the form once it is there.
func TestConsentMissing(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	lena := s.sits(t)
	lena.edits("Lena Novak", id)
	lena.types(lena.field("Alias"), "na-mail")
	lena.gives("Renamed")
	lena.meets(403)
	lena.answers(pathOf(id), 403, func() { lena.presses("Save") })
	lena.isOn("An administrator of your organization has to allow this first.")
	lena.sees(lena.heading("Which gate is closed"))
	lena.isAccessible("consent missing")
	if err := s.tenant.Directory.Change("lena", func(p *simulator.Person) { p.ConsentRefused = false }); err != nil {
		t.Fatal(err)
	}
	lena.follows("Ask for it now")
	lena.picks("Lena Novak")
	lena.isAt(pathOf(id, "/edit"))
	lena.must(lena.expect.Locator(lena.field("Alias")).ToHaveValue("na-mail"))
	lena.presses("Save")
	lena.outcome("applied")
	s.sent(t, patchOf(id), 1)
}
