package journeys

import (
	"testing"

	"switchboard/simulator"
)

// TestKeyboard edits without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.visits("/")
	maya.sees(maya.heading("Who would you like to be?"))
	maya.hits("Enter") // the first person has the focus
	maya.isOn("Overview")

	maya.hits("Tab")
	maya.hasFocus(maya.link("Skip to content"))
	maya.hits("Enter")
	maya.hasFocus(maya.Locator("main"))

	search := maya.named("combobox", "Find a connector")
	maya.hits("/")
	maya.hasFocus(search)
	maya.must(maya.Keyboard().Type("hosted-na/"))
	maya.must(maya.expect.Locator(search).ToHaveValue("hosted-na/")) // in a field it is a letter
	maya.hits("Backspace", "Enter")
	maya.isOn("Connectors")
	maya.counts(maya.GetByRole("row"), 2)
	maya.tabsTo(maya.GetByRole("rowheader").GetByRole("link"))
	maya.hits("Enter")
	maya.isAt(pathOf(id))
	maya.tabsTo(maya.link("Edit"))
	maya.hits("Enter")
	maya.hasFocus(maya.heading("Edit hosted-na · Contoso North America"))

	order := []string{"Alias", "Organization", "Primary SMTP address", "Exchange server"}
	for _, label := range order {
		maya.hits("Tab")
		maya.hasFocus(maya.field(label))
	}
	maya.hits("Shift+Tab", "Shift+Tab", "Shift+Tab")
	maya.hasFocus(maya.field("Alias"))
	maya.must(maya.Keyboard().Type("na-mail")) // a field that is tabbed into is selected
	maya.hits("Enter")
	maya.hasFocus(maya.heading("Review 1 change"))
	s.sent(t, patchOf(id), 0)
	maya.tabsTo(maya.reason())
	maya.must(maya.Keyboard().Type("Renamed"))
	maya.tabsTo(maya.button("Save 1 change"))
	maya.hits("Enter")
	maya.hasFocus(maya.heading("Saved. Graph stored the field as asked."))
	s.holds(t, id, "exchangeAlias", "na-mail")
}
