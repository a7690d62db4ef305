package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// TestEnterFilters: Enter in a field of the audit log's filter filters. It exports nothing, so it records nothing.
func TestEnterFilters(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			ruth := s.sits(t, options...)
			ruth.signsIn("Ruth Brandt", "/audit")
			ruth.types(ruth.GetByLabel("Person"), "Ruth Brandt")
			ruth.hits("Enter")
			ruth.sees(ruth.GetByText("Person: Ruth Brandt"))
			ruth.visits("/audit?action=export")
			ruth.sees(ruth.heading("No entry matches these filters"))
		})
	}
}

// TestFilterFaults: what is wrong with a filter is said at its field and takes no focus; once it is corrected, no word of
// it is left.
func TestFilterFaults(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	ruth := s.sits(t)
	ruth.signsIn("Ruth Brandt", "/audit")
	from, until := ruth.GetByLabel("From (UTC)"), ruth.GetByLabel("Until (UTC)")
	ruth.meets(400)
	ruth.clicks(from)
	ruth.hasHtmx()
	ruth.types(from, "last week")
	ruth.hits("Tab")
	ruth.must(until.PressSequentially("2026"))
	ruth.must(ruth.expect.Locator(from).ToHaveAttribute("aria-invalid", "true"))
	ruth.sees(ruth.GetByText("1 error."))
	ruth.hasFocus(until)
	ruth.must(ruth.expect.Locator(until).ToHaveValue("2026"))
	ruth.isAccessible("a filter at fault")
	ruth.types(until, "")
	ruth.types(from, "2026-11-24 10:00")
	ruth.hits("Tab")
	ruth.must(ruth.expect.Locator(from).Not().ToHaveAttribute("aria-invalid", "true"))
	ruth.misses(ruth.GetByText("1 error."))
	ruth.must(ruth.expect.Locator(ruth.Locator("#fault-from")).ToBeHidden())
	ruth.isAccessible("a filter that was corrected")
}

// TestFormFaults: a field's fault goes when the corrected field is left, and what tells of it elsewhere goes with it.
func TestFormFaults(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", simulator.ID("hosted-na"))
	maya.types(maya.field("Last sync"), "yesterday")
	maya.meets(422)
	maya.presses("Save")
	maya.sees(maya.GetByText("2 errors."))
	maya.gives("Renamed")
	maya.hits("Tab")
	maya.sees(maya.GetByText("1 error."))
	date := maya.field("Last sync")
	maya.types(date, "the day before")
	maya.hits("Tab")
	maya.sees(maya.GetByText("1 change, 1 to correct"))
	maya.must(maya.expect.Locator(date).ToHaveAttribute("aria-invalid", "true"))
	maya.types(date, "2026-11-24T10:12:31Z")
	maya.hits("Tab")
	maya.must(maya.expect.Locator(date).Not().ToHaveAttribute("aria-invalid", "true"))
	maya.misses(maya.GetByText("1 error."))
	maya.must(maya.expect.Page(maya.Page).ToHaveTitle("Edit hosted-na · Switchboard"))
	maya.isAccessible("a form that was corrected")
}

// TestSearchIsOneEntryOfTheHistory: however many pauses there are in the typing, Back leads to the list before it.
func TestSearchIsOneEntryOfTheHistory(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	search := maya.named("searchbox", "Name, organization, server, address or id")
	for _, letters := range []string{"con", "toso", " em"} {
		answer, err := maya.ExpectResponse("**/connectors?q=*", func() error { return search.PressSequentially(letters) })
		maya.must(err)
		maya.must(answer.Finished())
	}
	maya.isAt("/connectors?q=contoso+em")
	maya.goesBack()
	maya.isAt("/connectors")
	maya.must(maya.expect.Locator(search).ToHaveValue(""))
}

// TestWayBackToTheList: from a connector and after a save the breadcrumb leads to the list as it was filtered.
func TestWayBackToTheList(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?health=healthy&q=hosted-na")
	maya.clicks(maya.GetByRole("rowheader").GetByRole("link"))
	maya.isAt(pathOf(id))
	maya.follows("Edit")
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.outcome("applied")
	maya.clicks(maya.Locator(".crumbs").GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Connectors"}))
	maya.isAt("/connectors?health=healthy&q=hosted-na")
}

// TestSaveUnderWay: the button says that the change is being sent; a reload meanwhile says so too, and puts nothing back.
func TestSaveUnderWay(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	held := make(chan struct{})
	t.Cleanup(func() { close(held) })
	s.tenant.Faults.Next(patchOf(id), faults.Then(func() { <-held }, nil))
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.sees(maya.button("Sending to Graph…"))
	maya.must(maya.expect.Locator(maya.Locator("#announcer")).ToHaveText("Sending to Graph…"))
	maya.isAccessible("a save under way")
	maya.OnDialog(func(dialog playwright.Dialog) {
		if err := dialog.Accept(); err != nil {
			maya.fault(err.Error())
		}
	})
	_, err := maya.Reload()
	maya.must(err)
	maya.sees(maya.GetByText("Another change of this connector is still being sent, so yours waits."))
	maya.must(maya.expect.Locator(maya.GetByText("The form holds what you had typed.")).ToBeHidden())
}

// TestReloadOnReview: what was typed is in the form that the reload leads to.
func TestReloadOnReview(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Review 1 change")
	maya.isOn("Review 1 change")
	maya.OnDialog(func(dialog playwright.Dialog) {
		if err := dialog.Accept(); err != nil {
			maya.fault(err.Error())
		}
	})
	_, err := maya.Reload()
	maya.must(err)
	maya.sees(maya.GetByText("It was kept when the page was loaded again."))
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("na-mail"))
	maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Renamed"))
	maya.sees(maya.button("Review 1 change"))
}

// TestReadJustNowAges: the page says how old its values are for as long as it stands open.
func TestReadJustNowAges(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.hearsNothing()
	maya.must(maya.Clock().Install())
	maya.signsIn("Maya Lindqvist", pathOf(simulator.ID("hosted-na")))
	maya.sees(maya.GetByText("read from Graph just now"))
	maya.jumps("06:00")
	maya.sees(maya.GetByText("read from Graph 6 minutes ago"))
	maya.visits("/connectors")
	maya.sees(maya.GetByText("read from Graph just now"))
}

// TestCopyRefused: where the browser does not allow copying, everybody is told so, and not only who hears the page.
func TestCopyRefused(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.must(maya.AddInitScript(playwright.Script{Content: playwright.String(
		`navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"))`)}))
	maya.signsIn("Maya Lindqvist", pathOf(simulator.ID("hosted-na")))
	maya.clicks(maya.button("Copy Id").First())
	maya.sees(maya.GetByText("Not copied: the browser does not allow it. Select the text instead.").First())
}

// TestEditLinkWithoutTheRole: it leads to the connector.
func TestEditLinkWithoutTheRole(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	tom := s.sits(t)
	tom.meets(403)
	tom.signsIn("Tom Okafor", pathOf(id, "/edit"))
	tom.follows("Open the connector")
	tom.isAt(pathOf(id))
}
