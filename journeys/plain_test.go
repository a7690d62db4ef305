package journeys

import (
	"testing"

	"switchboard/simulator"
)

// TestPlainEdit: the same without JavaScript. A save is answered by a redirect, and the receipt is shown once.
func TestPlainEdit(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]func(p *person, id string){
		"saved": func(p *person, id string) {
			p.answers(pathOf(id), 303, func() { p.presses("Save") })
		},
		"reviewed": func(p *person, id string) {
			p.answers(pathOf(id, "/review"), 200, func() { p.presses("Review changes") })
			p.isOn("Review 2 changes")
			p.answers(pathOf(id), 303, func() { p.presses("Save 2 changes") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plainEdit(t, open(t, settings{}), save)
		})
	}
}

func plainEdit(t *testing.T, s *site, save func(*person, string)) {
	id := simulator.ID("hosted-na")
	maya := s.sits(t, withoutScript)
	maya.signsIn("Maya Lindqvist", "/connectors")
	maya.types(maya.named("searchbox", "Name, organization, server, address or id"), "hosted-na")
	maya.presses("Search")
	maya.counts(maya.GetByRole("row"), 2) // the heads and the one that is sought
	maya.clicks(maya.GetByRole("rowheader").GetByRole("link"))
	maya.isAt(pathOf(id))
	maya.follows("Edit")
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.types(maya.field("Alias"), "na-mail")
	maya.types(maya.field("Agent version"), "2026.11.0")
	maya.gives("New agent, CHG-1043")
	maya.must(maya.expect.Locator(maya.GetByText("No changes")).ToBeHidden()) // nothing counts them here
	save(maya, id)

	maya.isAt(pathOf(id))
	maya.isOn("na-mail · Contoso North America")
	maya.outcome("applied")
	maya.shows("exchangeAlias", "na-mail")
	maya.shows("version", "2026.11.0")
	maya.sees(maya.history().GetByText("New agent, CHG-1043"))
	body, person := s.patched(t, id)
	if len(body) != 2 || *body["exchangeAlias"] != "na-mail" || *body["version"] != "2026.11.0" || person != "maya" {
		t.Errorf("the PATCH: got %v of %s, want alias and version of maya", body, person)
	}

	_, err := maya.Reload()
	maya.must(err)
	maya.isOn("na-mail · Contoso North America")
	maya.misses(maya.receipt())
	s.sent(t, patchOf(id), 1)
}
