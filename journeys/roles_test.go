package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestReaders: helpdesk and auditors see a connector and no control that would fail, and are told why.
func TestReaders(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	for _, reader := range []struct{ name, role string }{
		{"Tom Okafor", "Connector.Helpdesk"}, {"Ruth Brandt", "Connector.Auditor"},
	} {
		t.Run(reader.role, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			p := s.sits(t)
			p.signsIn(reader.name, pathOf(id))
			p.isOn("hosted-na · Contoso North America")
			p.sees(p.card().GetByText("Read-only", playwright.LocatorGetByTextOptions{Exact: playwright.Bool(true)}))
			p.clicks(p.GetByRole("heading", playwright.PageGetByRoleOptions{Name: "Why can’t I edit?"}))
			p.reads("You have " + reader.role + ". Editing needs Connector.Admin.")
			p.misses(p.link("Edit"))
			p.misses(p.button("Ask for a sync…"))
			p.sees(p.history())

			p.meets(403)
			p.visits(pathOf(id, "/edit"))
			p.isOn("Your role does not allow this.")
			p.reads("Nothing was sent to Graph.")
			p.misses(p.field("Alias"))
			p.sees(p.Locator("main").GetByText("Request id"))
		})
	}
}

// TestNoRole: somebody without a role is told which claim arrived, and comes back as another person.
func TestNoRole(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	p := s.sits(t)
	p.meets(403)
	p.signsIn("Deniz Aydın", "/connectors")
	p.isOn("You have no role in Switchboard")
	p.reads("Deniz Aydın")
	p.reads("No values")
	p.reads("Connector.Helpdesk")
	p.misses(p.link("Connectors"))

	p.presses("Use another account")
	p.isOn("You are signed out")
	p.isAt("/signed-out")
	p.follows("Sign in")
	p.picks("Tom Okafor")
	p.isOn("Overview")
	p.sees(p.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Tom Okafor"}))
}

// TestSignedOut: a page that is asked for without a session is what the sign-in ends on, and a sign-out ends it.
func TestSignedOut(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?health=broken&q=emea")
	maya.isOn("Connectors")
	maya.counts(maya.GetByRole("row"), 2)

	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Sign out"}))
	maya.isAt("/signed-out")
	maya.isOn("You are signed out")
	maya.visits("/")
	maya.sees(maya.heading("Who would you like to be?"))
	maya.meets(403)
	maya.presses("Cancel and go back to Switchboard")
	maya.isOn("The sign-in was cancelled.")
}

// TestConsentRefused: without consent to the write scope nothing is sent, and the page says who can give it.
func TestConsentRefused(t *testing.T) {
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
	lena.reads("Nothing was sent to Graph.")
	lena.reads("Send an administrator the link below")
	lena.sees(lena.Locator("main").GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "/adminconsent?"}))
	s.sent(t, patchOf(id), 0)
	s.holds(t, id, "exchangeAlias", "hosted-na")

	lena.follows("Back to where you were")
	lena.isOn("Edit hosted-na · Contoso North America")
	lena.must(lena.expect.Locator(lena.field("Alias")).ToHaveValue("na-mail"))
	lena.must(lena.expect.Locator(lena.reason()).ToHaveValue("Renamed"))
}

// TestForbiddenByIntune: what Intune's own access control refuses is not stored, and said as that.
func TestForbiddenByIntune(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	omar := s.sits(t)
	omar.edits("Omar Haddad", id)
	omar.types(omar.field("Alias"), "na-mail")
	omar.gives("Renamed")
	omar.meets(403)
	omar.answers(pathOf(id), 403, func() { omar.presses("Save") })
	omar.reads("Graph’s request-id")
	s.sent(t, patchOf(id), 1)
	s.holds(t, id, "exchangeAlias", "hosted-na")

	omar.visits(pathOf(id))
	omar.sees(omar.history().GetByText("Refused"))
}
