package journeys

import (
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestEdit: an admin finds a connector by typing, edits two fields, and saves them with one PATCH of those two, without a
// reload. On both databases.
func TestEdit(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		for name, save := range map[string]func(*person){
			"saved": func(p *person) { p.presses("Save") },
			"reviewed": func(p *person) {
				p.presses("Review 2 changes")
				p.isOn("Review 2 changes")
				p.presses("Save 2 changes")
			},
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				editTwoFields(t, open(t, settings{kind: kind}), save)
			})
		}
	}
}

func editTwoFields(t *testing.T, s *site, save func(*person)) {
	id := simulator.ID("hosted-na")
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	maya.follows("Connectors 43")
	maya.isOn("Connectors")
	maya.marks()
	maya.must(maya.named("searchbox", "Name, organization, server, address or id").PressSequentially("hosted-na"))
	maya.must(maya.expect.Locator(maya.GetByRole("row")).ToHaveCount(2)) // the heads and the one that is sought
	maya.isSameDocument()
	maya.clicks(maya.GetByRole("rowheader").GetByRole("link"))
	maya.isOn("hosted-na · Contoso North America")
	maya.isAt(pathOf(id))

	maya.marks()
	maya.follows("Edit")
	maya.isOn("Edit hosted-na · Contoso North America")
	maya.types(maya.field("Alias"), "na-mail")
	maya.types(maya.field("Connector server"), "conn09.na.contoso.com")
	maya.gives("Moved to a new host, CHG-1042")
	save(maya)

	maya.outcome("applied")
	maya.hasFocus(maya.heading("Saved. Graph stored both fields as asked."))
	maya.isSameDocument()
	maya.isAt(pathOf(id))
	maya.isOn("na-mail · Contoso North America")
	maya.shows("exchangeAlias", "na-mail")
	maya.shows("connectorServerName", "conn09.na.contoso.com")
	maya.sees(maya.history().GetByText("Moved to a new host, CHG-1042"))
	maya.sees(maya.history().GetByText("conn09.na.contoso.com"))

	body, person := s.patched(t, id)
	if len(body) != 2 || *body["exchangeAlias"] != "na-mail" || *body["connectorServerName"] != "conn09.na.contoso.com" {
		t.Errorf("the PATCH: got %v, want the two properties that were edited", body)
	}
	if person != "maya" {
		t.Errorf("the PATCH's bearer belongs to %q, want maya", person)
	}

	_, err := maya.GoBack()
	maya.must(err)
	maya.isAt(pathOf(id, "/edit"))
	maya.isOn("Edit na-mail · Contoso North America")
	maya.sees(maya.link("Overview")) // the frame came with it
	s.sent(t, patchOf(id), 1)
}
