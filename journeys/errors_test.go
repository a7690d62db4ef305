package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestFaultyFields: what is wrong is summed up, marked at its field, and nothing typed is lost.
func TestFaultyFields(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Last sync"), "yesterday")
	maya.types(maya.field("Alias"), "na-mail")
	maya.meets(422)
	maya.answers(pathOf(id), 422, func() { maya.presses("Save") })
	summary := maya.GetByRole("alert").Filter(playwright.LocatorFilterOptions{HasText: "2 errors."})
	maya.hasFocus(summary)
	date, reason := maya.field("Last sync"), maya.reason()
	for _, faulty := range []playwright.Locator{date, reason} {
		maya.must(maya.expect.Locator(faulty).ToHaveAttribute("aria-invalid", "true"))
		maya.isExplained(faulty)
	}
	maya.counts(maya.Locator("main [aria-invalid]"), 2)
	maya.must(maya.expect.Locator(date).ToHaveValue("yesterday"))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	s.sent(t, patchOf(id), 0)

	maya.clicks(summary.GetByRole("link").First())
	maya.hasFocus(date)
	maya.types(date, "2026-11-24T10:12:31.4020000Z")
	maya.gives("Corrected")
	maya.sees(maya.GetByText("1 error.")) // the date's fault has gone, and the page stands still
	maya.must(maya.button("Save").Hover())
	maya.must(maya.Mouse().Down()) // leaves the corrected field: nothing may move while the button is held
	_, err := maya.Evaluate(`() => new Promise((done) => setTimeout(() => setTimeout(done)))`)
	maya.must(err)
	maya.must(maya.Mouse().Up())
	maya.outcome("applied")
	maya.shows("lastSyncDateTime", "2026-11-24T10:12:31.4020000Z")
}

// isExplained checks that a field at fault names the element that holds the message.
func (p *person) isExplained(field playwright.Locator) {
	p.t.Helper()
	text, err := field.Evaluate(`(field) => field.getAttribute("aria-describedby").split(" ").
		map((id) => document.getElementById(id)?.textContent.trim()).join(" ")`, nil)
	p.must(err)
	if text, _ := text.(string); len(text) < 10 {
		p.t.Errorf("the field at fault is explained by %q", text)
	}
}

// TestRefusedByGraph: values that Graph refuses come back in the form, with Graph's id of the request.
func TestRefusedByGraph(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	s.tenant.Faults.Next(patchOf(id), faults.Answer(graph.NoReason))
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.meets(422)
	maya.answers(pathOf(id), 422, func() { maya.presses("Save") })
	maya.reads("Graph’s request-id")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.answers(pathOf(id), 200, func() { maya.presses("Save") })
	maya.outcome("applied")
}

// TestOutage: while Graph does not answer, people go on reading what they had read, and edit nothing.
func TestOutage(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	down := faults.Answer(graph.Unavailable.With("0"))
	s.tenant.Faults.Always(listing, down)
	s.tenant.Faults.Always(readOf("*"), down)

	for _, page := range []string{"/", "/connectors"} {
		maya.visits(page)
		maya.reads("You are looking at saved values from")
		maya.sees(maya.GetByText("hosted-eu").First())
	}
	maya.visits(pathOf(id))
	maya.isOn("hosted-na · Contoso North America")
	maya.reads("Editing and syncing are off until Graph answers.")
	maya.shows("exchangeAlias", "hosted-na")
	maya.misses(maya.link("Edit"))
	maya.misses(maya.button("Ask for a sync…"))
	maya.meets(503)
	maya.visits(pathOf(id, "/edit"))
	maya.reads("old values are not edited")

	tom := s.sits(t) // has read nothing yet
	tom.meets(503)
	tom.signsIn("Tom Okafor", "/connectors")
	tom.misses(tom.GetByRole("table"))
	tom.sees(tom.link("Try again"))
	s.tenant.Faults.Clear()
	maya.triesUntilItComes(pathOf(id, "/edit")) // Graph counts as down for a moment after its last refusal
	tom.follows("Try again")
	tom.isOn("Connectors")
	maya.visits(pathOf(id))
	maya.sees(maya.link("Edit"))
}

// TestSaveDuringOutage: a save that cannot read Graph first sends nothing and keeps what was typed.
func TestSaveDuringOutage(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	s.tenant.Faults.Always(readOf(id), faults.Answer(graph.Unavailable.With("0")))
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.meets(503)
	maya.answers(pathOf(id), 503, func() { maya.presses("Save") })
	maya.reads("nothing was sent")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	s.sent(t, patchOf(id), 0)

	s.tenant.Faults.Clear()
	maya.answers(pathOf(id), 200, func() { maya.presses("Save") })
	maya.outcome("applied")
}

// TestNoSuchPage: an address that leads nowhere says so, and where to go.
func TestNoSuchPage(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	maya.meets(404)
	maya.visits("/nowhere")
	maya.isOn("There is no page at this address.")
	maya.visits(pathOf("no-such-connector"))
	maya.isWhole()
	maya.follows("All connectors")
	maya.isOn("Connectors")
}

// TestDoubleClick: however often 'Save' is pressed, one form is one change.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := simulator.ID("hosted-na")
			s := open(t, settings{})
			maya := s.sits(t, options...)
			maya.edits("Maya Lindqvist", id)
			s.tenant.Faults.Next(patchOf(id), faults.Delay(300*time.Millisecond))
			maya.types(maya.field("Alias"), "na-mail")
			maya.gives("Renamed")
			maya.must(maya.button("Save").Dblclick())
			maya.sees(maya.receipt())
			maya.visits(pathOf(id))
			maya.counts(maya.history().GetByRole("listitem").Filter(playwright.LocatorFilterOptions{HasText: "Renamed"}), 1)
			s.sent(t, patchOf(id), 1)
		})
	}
}
