package journeys

import (
	"regexp"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestConflict: two admins edit one field. The second gets both sides, nothing is overwritten, and they choose. With htmx
// and without JavaScript.
func TestConflict(t *testing.T) {
	t.Parallel()
	for name, second := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
		for _, side := range []string{"yours", "theirs"} {
			t.Run(name+", "+side, func(t *testing.T) {
				t.Parallel()
				s := open(t, settings{})
				conflict(t, s, s.sits(t, second...), name == "htmx", side)
			})
		}
	}
}

func conflict(t *testing.T, s *site, priya *person, script bool, side string) {
	id := simulator.ID("hosted-na")
	maya := s.sits(t)
	priya.edits("Priya Raman", id)
	maya.edits("Maya Lindqvist", id)
	maya.types(maya.field("Alias"), "from-maya")
	maya.gives("Renamed by the mail team")
	maya.presses("Save")
	maya.outcome("applied")

	priya.types(priya.field("Alias"), "from-priya")
	priya.types(priya.field("Agent version"), "2026.11.0")
	priya.gives("Renamed by the migration team")
	priya.meets(409)
	priya.answers(pathOf(id), 409, func() { priya.presses("Save") })
	priya.isOn("Someone changed this connector while you were editing.")
	clash := priya.Locator(`[data-conflict="exchangeAlias"]`)
	for part, text := range map[string]string{"base": "hosted-na", "theirs": "from-maya", "yours": "from-priya"} {
		priya.must(priya.expect.Locator(clash.Locator(`[data-side="` + part + `"]`)).ToHaveText(text))
	}
	priya.counts(priya.Locator("[data-conflict]"), 1)
	priya.readsOnAPhone(priya.GetByRole("region", playwright.PageGetByRoleOptions{Name: "Changes that do not clash"}), "After saving")
	priya.reads("Maya Lindqvist")
	priya.reads("Renamed by the mail team")
	if script {
		priya.hasFocus(priya.heading("Someone changed this connector while you were editing."))
	}
	s.sent(t, patchOf(id), 1)
	s.holds(t, id, "exchangeAlias", "from-maya")

	theirs, yours := sideOf(clash, "Now in Graph"), sideOf(clash, "Yours")
	for _, choice := range []playwright.Locator{theirs, yours} {
		priya.must(priya.expect.Locator(choice).ToBeChecked(playwright.LocatorAssertionsToBeCheckedOptions{Checked: playwright.Bool(false)}))
	}
	priya.presses("Save") // the browser asks for the choice first
	priya.isOn("Someone changed this connector while you were editing.")
	s.sent(t, patchOf(id), 1)

	chosen, stored, properties := yours, "from-priya", 2
	if side == "theirs" {
		chosen, stored, properties = theirs, "from-maya", 1
	}
	priya.must(chosen.Check())
	priya.presses("Save")
	priya.outcome("applied")
	priya.isAt(pathOf(id))
	priya.shows("exchangeAlias", stored)
	priya.shows("version", "2026.11.0")
	s.holds(t, id, "exchangeAlias", stored)
	requests := s.tenant.Requests(patchOf(id))
	if len(requests) != 2 || requests[1].Person != "priya" {
		t.Fatalf("PATCHes: got %d, want 2 with priya's last", len(requests))
	}
	if body := bodyOf(t, requests[1]); len(body) != properties {
		t.Errorf("the second PATCH: got %v, want %d properties", body, properties)
	}
}

// sideOf is the choice of a side, by its head.
func sideOf(clash playwright.Locator, head string) playwright.Locator {
	return clash.GetByRole("radio", playwright.LocatorGetByRoleOptions{Name: regexp.MustCompile("^" + head)})
}

// TestOthersStay: what somebody else changed in other fields stops no save and stays.
func TestOthersStay(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	s.elsewhere(t, id, "version", "2026.12.0")
	maya.types(maya.field("Alias"), "na-mail")
	maya.gives("Renamed")
	maya.presses("Save")
	maya.outcome("applied")
	maya.reads("Others changed 1 field while the form was open. Their changes stay.")
	maya.shows("version", "2026.12.0")
	if body, _ := s.patched(t, id); len(body) != 1 {
		t.Errorf("the PATCH: got %v, want the alias alone", body)
	}
}

// readsOnAPhone checks that a part of the page scrolls nowhere sideways at 390 px, and that each of its rows says those words.
func (p *person) readsOnAPhone(part playwright.Locator, words string) {
	p.t.Helper()
	p.must(p.SetViewportSize(390, 844))
	fault, err := part.Evaluate(`(part, words) => {
		if (part.scrollWidth > part.clientWidth) return "it scrolls sideways";
		const last = [...part.querySelectorAll("tr > td:last-child")].map((cell) => getComputedStyle(cell, "::before").content);
		return last.length > 0 && last.every((label) => label === JSON.stringify(words)) ? "" : "its last values have the labels " + last;
	}`, words)
	p.must(err)
	if fault != "" {
		p.t.Errorf("on a phone: %v, want %q at each", fault, words)
	}
	p.must(p.SetViewportSize(1280, 900))
}
