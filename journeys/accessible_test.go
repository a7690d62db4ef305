package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// The tests here bring every page into every state that people meet, and have each looked at with axe.

func TestAccessibleReading(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	for name, path := range map[string]string{
		"overview": "/", "list": "/connectors", "filtered list": "/connectors?health=retired&q=ex0&sort=-name",
		"no match": "/connectors?q=nothing-like-it", "changes, none": "/changes",
	} {
		maya.visits(path)
		maya.isWhole()
		maya.isAccessible(name)
	}
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.sees(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Sign out"}))
	maya.isAccessible("person menu")
}

func TestAccessibleHealth(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t)
	tom.signsIn("Tom Okafor", "/")
	for health, name := range map[string]string{
		"broken": "s2s-emea", "late": "journal-apac", "pending": "wingtip-hosted", "unknown": "future-status",
		"healthy": "hosted-na", "retired": "ex01-hq",
	} {
		tom.visits(pathOf(simulator.ID(name)))
		tom.must(tom.expect.Locator(tom.card()).ToHaveAttribute("data-health", health))
		tom.isAccessible(health + ", seen by helpdesk")
	}
}

func TestAccessibleEdit(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.isAccessible("form")
	maya.types(maya.field("Alias"), "na-mail")
	maya.types(maya.field("Last sync"), "yesterday")
	maya.isAccessible("form with changes")
	maya.meets(422)
	maya.presses("Save")
	maya.reads("2 errors.")
	maya.isAccessible("form with errors")
	maya.types(maya.field("Last sync"), "2026-11-24T10:12:31.4020000Z")
	maya.presses("Review 2 changes")
	maya.isOn("Review 2 changes")
	maya.isAccessible("review")
	maya.gives("Renamed")
	maya.presses("Save 2 changes")
	maya.outcome("applied")
	maya.isAccessible("receipt")
	maya.follows("Edit")
	maya.isOn("Edit na-mail · Contoso North America")
	maya.presses("Save")
	maya.isOn("Nothing to save")
	maya.isAccessible("nothing to save")
	maya.visits("/changes")
	maya.isAccessible("changes")
	maya.clicks(maya.Locator("main").GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Entry"}).First())
	maya.sees(maya.receipt())
	maya.isAccessible("one change")
	maya.visits("/")
	maya.isAccessible("overview with changes")
}

func TestAccessibleConflict(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	s.elsewhere(t, id, "exchangeAlias", "theirs")
	s.elsewhere(t, id, "primarySmtpAddress", "theirs@contoso.com")
	maya.types(maya.field("Alias"), "mine")
	maya.types(maya.field("Agent version"), "2026.11.0")
	maya.gives("Renamed")
	maya.meets(409)
	maya.presses("Save")
	maya.isOn("Someone changed this connector while you were editing.")
	maya.isAccessible("conflict")
}

func TestAccessibleDoubt(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{settle: time.Hour})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	s.tenant.Faults.Next(patchOf(id), faults.Reset())
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.outcome("in_doubt")
	maya.isAccessible("in doubt")
	for name, path := range map[string]string{
		"connector in doubt": pathOf(id), "form that waits": pathOf(id, "/edit"), "changes in doubt": "/changes",
		"overview in doubt": "/", "list in doubt": "/connectors",
	} {
		maya.visits(path)
		maya.isAccessible(name)
	}
}

func TestAccessibleSync(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(simulator.ID("ex01-hq")))
	maya.presses("Ask for a sync…")
	maya.sees(maya.GetByRole("dialog"))
	maya.isAccessible("sync dialog")
	maya.meets(422)
	maya.presses("Ask anyway")
	maya.must(maya.expect.Locator(maya.reason()).ToHaveAttribute("aria-invalid", "true"))
	maya.isAccessible("sync without a reason")
	maya.gives("Queue looked stuck")
	maya.presses("Ask anyway")
	maya.outcome("applied")
	maya.isAccessible("sync receipt")
}

func TestAccessibleRefusals(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	deniz := s.sits(t)
	deniz.visits("/signed-out")
	deniz.isAccessible("signed out")
	deniz.meets(403)
	deniz.visits("/")
	deniz.sees(deniz.heading("Who would you like to be?"))
	deniz.isAccessible("provider's page")
	deniz.presses("Cancel and go back to Switchboard")
	deniz.isOn("The sign-in was cancelled.")
	deniz.isAccessible("sign-in cancelled")
	deniz.signsIn("Deniz Aydın", "/")
	deniz.isOn("You have no role in Switchboard")
	deniz.isAccessible("no role")

	ruth := s.sits(t)
	ruth.meets(403, 404)
	ruth.signsIn("Ruth Brandt", pathOf(simulator.ID("hosted-na"), "/edit"))
	ruth.isOn("Your role does not allow this.")
	ruth.isAccessible("403")
	ruth.visits(pathOf("no-such-connector"))
	ruth.isAccessible("404")
}

func TestAccessibleOutage(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	down := faults.Answer(graph.Unavailable.With("0"))
	s.tenant.Faults.Always(listing, down)
	s.tenant.Faults.Always(readOf("*"), down)
	maya.meets(503)
	for name, path := range map[string]string{
		"stale overview": "/", "stale list": "/connectors", "stale connector": pathOf(id), "503": pathOf(id, "/edit"),
	} {
		maya.visits(path)
		maya.isAccessible(name)
	}
}

// TestAccessibleGaps: a list that lacks connectors and has rows that cannot be read.
func TestAccessibleGaps(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	s.tenant.Faults.Always(listing, faults.Status(200, "application/json", `{"@odata.count":40,"value":[null,{"id":"odd","exchangeAlias":"odd-one","status":2},`+
		`{"id":"dated","exchangeAlias":"dated","status":"connected","exchangeConnectorType":"serviceToService","lastSyncDateTime":"not a date of any kind"}]}`))
	for _, page := range []struct{ name, path string }{ // a search finds in what was read before, so the list comes first
		{"list with gaps", "/connectors"}, {"list without a match", "/connectors?q=nothing-like-it"}, {"overview with gaps", "/"},
	} {
		maya.visits(page.path)
		maya.reads("The list is short: Graph said 40 and sent 3.")
		maya.isWhole()
		maya.isAccessible(page.name)
	}
}

func TestAccessibleRecord(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.outcome("applied")
	maya.follows("Put back…")
	maya.isOn("Put back na-mail · Contoso North America")
	maya.isAccessible("put back")
	for name, path := range map[string]string{"access": "/access", "sessions": "/sessions"} {
		maya.visits(path)
		maya.isAccessible(name)
	}

	ruth := s.sits(t)
	ruth.signsIn("Ruth Brandt", "/audit")
	ruth.isOn("Audit log")
	ruth.isAccessible("audit log")
	ruth.visits("/audit?action=edit&person=maya")
	ruth.isAccessible("filtered audit log")
	ruth.visits("/audit/1")
	ruth.isAccessible("one line of the audit log")
}
