package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestInDoubt: when the answer to a PATCH is lost, nobody knows. The page says so, and a later read finds the right word.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault faults.Fault
		then  string // what somebody else stores meanwhile
		word  string
		said  string
		holds string
	}{
		{"applied", faults.LoseAnswer(), "", "applied_observed", "Stored after all: Graph shows what was asked for.", "na-mail"},
		{"not applied", faults.Reset(), "", "not_applied", "Not stored: Graph still shows the values from before.", "hosted-na"},
		{
			"overwritten", faults.LoseAnswer(), "somebody-elses", "superseded",
			"Graph shows neither the value from before nor the one asked for.", "somebody-elses",
		},
	} {
		for script, options := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
			t.Run(test.name+", "+script, func(t *testing.T) {
				t.Parallel()
				id := simulator.ID("hosted-na")
				s := open(t, settings{})
				maya := s.sits(t, options...)
				maya.leavesInDoubt(id, test.fault)
				maya.sees(maya.heading("Graph did not answer. The change may or may not have been stored."))
				if script == "htmx" {
					maya.hasFocus(maya.heading("Graph did not answer. The change may or may not have been stored."))
				}
				if test.then != "" {
					s.elsewhere(t, id, "exchangeAlias", test.then)
				}
				s.tenant.Faults.Clear(readOf(id))
				maya.checksUntil(test.said)
				maya.outcome(test.word)
				maya.visits(pathOf(id)) // a page that has found out by itself shows the change alone
				maya.shows("exchangeAlias", test.holds)
				s.holds(t, id, "exchangeAlias", test.holds)
				s.sent(t, patchOf(id), 1)
			})
		}
	}
}

// checksUntil presses 'Check now' until the receipt says it: that a change was not applied takes a second look, a while
// after the first. The button is gone where the page has found out by itself.
func (p *person) checksUntil(said string) {
	p.t.Helper()
	for late := time.Now().Add(patience * time.Millisecond); time.Now().Before(late); {
		if settled, err := p.heading(said).IsVisible(); err == nil && settled {
			return
		}
		_ = p.button("Check now").Click(playwright.LocatorClickOptions{Timeout: playwright.Float(1000)})
	}
	p.t.Fatalf("no look led to %q", said)
}

// checks presses 'Check now' and waits for the receipt that comes in place of the one before.
func (p *person) checks() {
	p.t.Helper()
	_, err := p.receipt().Evaluate(`(receipt) => receipt.toggleAttribute("data-seen", true)`, nil)
	p.must(err)
	p.presses("Check now")
	p.sees(p.Locator("[data-change]:not([data-seen])"))
}

// TestEditsWait: while a change is in doubt, other edits of that connector wait, and what is typed into them is kept.
func TestEditsWait(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{settle: time.Hour})
	maya, priya := s.sits(t), s.sits(t)
	priya.edits("Priya Raman", id)
	maya.edits("Maya Lindqvist", id)
	s.tenant.Faults.Next(patchOf(id), faults.Reset())
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.outcome("in_doubt")

	priya.types(priya.field("Agent version"), "2026.11.0")
	priya.gives("New agent")
	priya.meets(409)
	priya.answers(pathOf(id), 409, func() { priya.presses("Save") })
	priya.reads("Another change of this connector is in doubt, so yours waits.")
	priya.outcome("in_doubt")
	priya.misses(priya.Locator("[data-conflict]"))
	priya.must(priya.expect.Locator(priya.field("Agent version")).ToHaveValue("2026.11.0"))

	priya.visits(pathOf(id))
	priya.reads("Not right now: a change is in doubt.")
	priya.misses(priya.link("Edit"))
	priya.must(priya.expect.Locator(priya.button("Edit")).ToBeDisabled())
	priya.visits("/")
	priya.reads("1 change is in doubt.")
	priya.follows("Changes 1")
	priya.isOn("Changes")
	priya.sees(priya.button("Check now: hosted-na"))
	s.sent(t, patchOf(id), 1)
}

// leavesInDoubt saves an edit of Maya's whose answer is lost by that fault. The connector cannot be read from then on, so that nobody
// finds out before the story lets them.
func (p *person) leavesInDoubt(id string, fault faults.Fault) {
	p.t.Helper()
	p.edits("Maya Lindqvist", id)
	queue := p.site.tenant.Faults
	queue.Next(patchOf(id), faults.Then(func() {
		queue.Always(readOf(id), faults.Answer(graph.Unavailable.With("0")))
	}, fault))
	p.types(p.field("Alias"), "na-mail")
	p.gives("Renamed")
	p.answers(pathOf(id), 202, func() { p.presses("Save") })
	p.outcome("in_doubt")
}

// TestUnreadable: a change stays in doubt while Graph cannot be read.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.leavesInDoubt(id, faults.LoseAnswer())
	maya.checks()
	maya.outcome("in_doubt")
	s.tenant.Faults.Clear()
	maya.checksUntil("Stored after all: Graph shows what was asked for.")
	s.sent(t, patchOf(id), 1)
}

// TestDoubtThatAnotherResolves is shown at once on the page that waits for it, which asks by itself only now and then.
func TestDoubtThatAnotherResolves(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya, priya := s.sits(t), s.sits(t)
	maya.leavesInDoubt(id, faults.LoseAnswer())
	priya.signsIn("Priya Raman", "/changes")
	priya.must(priya.Route("**/check", func(route playwright.Route) {
		s.tenant.Faults.Clear() // no sooner, or the program might find out by itself before the button is pressed
		priya.must(route.Continue())
	}))
	said := "Stored after all: Graph shows what was asked for."
	priya.presses("Check now: hosted-na")
	priya.sees(priya.heading(said))
	resolved := time.Now()
	maya.sees(maya.heading(said))
	if took := time.Since(resolved); took > 2*time.Second {
		t.Errorf("the page showed it after %v", took)
	}
}

// TestGivingUpIsKeptOverASignIn: why somebody gives up is not lost with their session.
func TestGivingUpIsKeptOverASignIn(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.leavesInDoubt(id, faults.LoseAnswer())
	maya.clicks(maya.GetByText("Give up on it…"))
	maya.gives("Seen in the admin center")
	maya.signsOutElsewhere()
	maya.meets(401)
	maya.presses("Give up on it")
	maya.picks("Maya Lindqvist")
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Seen in the admin center"))
	maya.presses("Give up on it")
	maya.reads("Given up: what Graph stored was not found out.")
	s.sent(t, patchOf(id), 1)
}

// TestDoubtSettlesBeforeOnesEyes: who waits on a page that shows a change in doubt need not ask.
func TestDoubtSettlesBeforeOnesEyes(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya, tom := s.sits(t), s.sits(t)
	tom.signsIn("Tom Okafor", pathOf(id))
	maya.leavesInDoubt(id, faults.LoseAnswer())
	maya.sees(maya.link("Changes 1"))
	tom.visits(pathOf(id))
	tom.outcome("in_doubt")
	s.tenant.Faults.Clear()
	for _, waiting := range []*person{maya, tom} {
		waiting.reads("Stored after all: Graph shows what was asked for.")
		waiting.outcome("applied_observed")
		waiting.misses(waiting.link("Changes 1"))
	}
	tom.isAt(pathOf(id))
	s.sent(t, patchOf(id), 1)
}
