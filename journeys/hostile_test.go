package journeys

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// census counts what a page is made of, and what in it could run: elements by name, inline handlers, htmx's attributes and
// addresses of other sites. The marks that name letters which nobody would see are left out: harmless texts have none.
const census = `() => {
	const counts = {};
	const add = (name) => (counts[name] = (counts[name] ?? 0) + 1);
	const later = document.querySelector("[data-later]")?.content.children ?? []; // which come when somebody does something
	for (const element of [...document.querySelectorAll("*:not(.hidden-mark)"), ...later]) {
		add(element.localName);
		for (const { name, value } of element.attributes) {
			if (name.startsWith("on")) add("handler " + name);
			if (name.startsWith("hx-")) add(name);
			if (["href", "src", "action", "formaction"].includes(name) && new URL(value, location).origin !== location.origin) add("foreign " + name);
		}
	}
	return counts;
}`

// TestHostile: texts that look like markup, script or addresses are texts. A page that shows them is made of the same
// elements as one with harmless texts.
func TestHostile(t *testing.T) {
	t.Parallel()
	hostile, harmless := simulator.ID("hostile"), simulator.ID("harmless")
	var evil graph.Connector
	for _, connector := range simulator.Connectors(time.Now()) {
		if connector.ID == hostile {
			evil = connector
		}
	}
	calm := graph.Connector{ID: harmless, Values: map[string]*string{}}
	for name, value := range evil.Values {
		calm.Values[name] = value
		if name != "lastSyncDateTime" && name != "status" && name != "exchangeConnectorType" {
			plain := "plain"
			if strings.ContainsRune(*value, '\u202e') { // which an edit form says in a sentence
				plain = "plain\u202e"
			}
			calm.Values[name] = &plain
		}
	}
	bad, good := pagesWith(t, evil), pagesWith(t, calm)
	if len(good) != 9 {
		t.Errorf("pages looked at: got %d, want 9", len(good))
	}
	for page, elements := range good {
		if !reflect.DeepEqual(bad[page], elements) {
			t.Errorf("%s with hostile texts is made of\n%v\nand with harmless ones of\n%v", page, bad[page], elements)
		}
	}
}

// pagesWith goes through every page that shows the connector's texts, edits its alias and leaves a conflict, and returns
// what each is made of.
func pagesWith(t *testing.T, connector graph.Connector) map[string]any {
	id := connector.ID
	alias := *connector.Values["exchangeAlias"]
	s := open(t, settings{connectors: []graph.Connector{connector}})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	made := map[string]any{}
	look := func(page string) {
		t.Helper()
		maya.must(maya.Keyboard().Press("Shift")) // brings what the script adds to a page once it is touched
		maya.must(maya.expect.Locator(maya.Locator("#unreachable")).ToBeAttached())
		counted, err := maya.Evaluate(census)
		maya.must(err)
		made[page] = counted
		if danger, err := maya.Evaluate(`() => "owned" in window || document.querySelector("h1 ~ h1") !== null`); err != nil || danger == true {
			t.Errorf("%s: the texts did something (%v)", page, err)
		}
	}
	for page, path := range map[string]string{"overview": "/", "list": "/connectors", "connector": pathOf(id), "form": pathOf(id, "/edit")} {
		maya.visits(path)
		maya.isWhole()
		look(page)
	}
	server := *connector.Values["serverName"] + "s"
	maya.visits(pathOf(id, "/edit"))
	maya.types(maya.field("Organization"), server)
	maya.types(maya.field("Agent version"), "2026.11.0")
	maya.gives(server)
	maya.presses("Review 2 changes")
	maya.isOn("Review 2 changes")
	look("review")
	maya.presses("Save 2 changes")
	maya.outcome("applied")
	maya.shows("exchangeOrganization", server)
	look("receipt")
	maya.visits("/changes")
	look("changes")
	maya.visits("/connectors?q=" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	look("no match")

	maya.visits(pathOf(id, "/edit"))
	s.elsewhere(t, id, "exchangeAlias", alias+alias)
	maya.types(maya.field("Alias"), alias+server)
	maya.gives(server)
	maya.meets(409)
	maya.presses("Save")
	maya.isOn("Someone changed this connector while you were editing.")
	look("conflict")
	return made
}

// TestLong: texts of hundreds of letters without a space make no page wider than the window, and hide no control.
func TestLong(t *testing.T) {
	t.Parallel()
	id := simulator.ID("long")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/")
	for _, width := range []int{1280, 768, 390, 320} {
		maya.must(maya.SetViewportSize(width, 844))
		for _, path := range []string{"/", "/connectors?q=xxxx", pathOf(id), pathOf(id, "/edit")} {
			maya.visits(path)
			maya.fits()
		}
	}
	maya.types(maya.field("Agent version"), "7")
	maya.gives("Shortened")
	maya.presses("Review 1 change")
	maya.isOn("Review 1 change")
	maya.fits()
	maya.presses("Save 1 change")
	maya.outcome("applied")
	maya.fits()
}
