package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// copies selects what a property's cell shows of its value and copies it by hand.
const copies = `(property) => {
	const value = document.querySelector('dd[data-field="' + property + '"] .value');
	getSelection().selectAllChildren(value);
	let copied = "";
	addEventListener("copy", (event) => (copied = event.clipboardData.getData("text/plain")), { once: true });
	document.execCommand("copy");
	return copied || getSelection().toString();
}`

// TestWhatNobodySees has marks with names on the connector's page and in the form as one types, and what is copied by hand is
// the value without them.
func TestWhatNobodySees(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	id := simulator.ID("hosted-na")
	values := map[string]string{"exchangeAlias": "na-mail ", "serverName": "EX01  a", "connectorServerName": "e\u0301x \u00a001", "version": "\u202e1.0\u202c\u200b\u200b", "exchangeOrganization": "👨\u200d👩 x"}
	for name, value := range values {
		s.elsewhere(t, id, name, value)
	}
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.isAccessible("a connector with characters that nobody sees")
	for name, value := range values {
		copied, err := maya.Evaluate(copies, name)
		maya.must(err)
		if copied != value {
			t.Errorf("%s: copied by hand %q, want %q", name, copied, value)
		}
		maya.shows(name, value)
	}
	heading := maya.heading("na-mail space · 👨\u200d👩zero-width joiner (U+200D) x")
	maya.counts(heading, 1)
	maya.counts(heading.GetByRole("img", playwright.LocatorGetByRoleOptions{Name: "space", Exact: playwright.Bool(true)}), 1)
	maya.visits(pathOf(id, "/edit"))
	maya.reads("Graph’s value ends with a space.")
	maya.types(maya.field("Alias"), "na-mail")
	maya.reads("The two values look alike and differ. The value before ends with a space.")
	maya.types(maya.field("Alias"), "na-mail\u00a0")
	maya.reads("The new value ends with a no-break space (U+00A0).")
	maya.gives("CHG-1050")
	maya.presses("Review 1 change")
	maya.isOn("Review 1 change")
	maya.reads("The new value ends with a no-break space (U+00A0).")
	maya.presses("Save 1 change")
	maya.outcome("applied")
	s.holds(t, id, "exchangeAlias", "na-mail\u00a0")
}
