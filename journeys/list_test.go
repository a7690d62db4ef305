package journeys

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// ticks are the row's.
func (p *person) tick(name string) playwright.Locator {
	return p.GetByRole("checkbox", playwright.PageGetByRoleOptions{Name: "Select " + name, Exact: playwright.Bool(true)})
}

// plainTick is the row's where no script has named it: it is told from others by the head of its row.
func (p *person) plainTick(name string) playwright.Locator {
	row := p.GetByRole("row").Filter(playwright.LocatorFilterOptions{Has: p.GetByRole("rowheader", playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})})
	return row.GetByRole("checkbox", playwright.LocatorGetByRoleOptions{Name: "Select", Exact: playwright.Bool(true)})
}

// picked is how many the bar says are selected.
func (p *person) picked(count string) {
	p.t.Helper()
	p.must(p.expect.Locator(p.Locator("[data-picked-count]")).ToHaveText(count + " selected"))
}

// downloads does something that brings a CSV file, and returns the ids in it.
func (p *person) downloads(do func()) []string {
	p.t.Helper()
	file, err := p.ExpectDownload(func() error {
		do()
		return nil
	})
	p.must(err)
	path, err := file.Path()
	p.must(err)
	content, err := os.ReadFile(path)
	p.must(err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff"))).ReadAll()
	p.must(err)
	var ids []string
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	slices.Sort(ids)
	return ids
}

func sortedIDs(aliases ...string) []string {
	var ids []string
	for _, alias := range aliases {
		ids = append(ids, simulator.ID(alias))
	}
	slices.Sort(ids)
	return ids
}

// TestTicksSurvive: what is ticked stays so over a filter, an order, a page and a look at a connector, and goes into the export from
// all of them.
func TestTicksSurvive(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(120)})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?sort=name")
	maya.misses(maya.button("Export CSV"))
	maya.must(maya.tick("exchange-003").Check())
	maya.follows("Next")
	maya.isAt("/connectors?page=2&sort=name")
	maya.must(maya.tick("exchange-057").Check())
	maya.picked("2")
	search := maya.named("searchbox", "Name, organization, server, address or id")
	maya.types(search, "exchange-11")
	maya.counts(maya.GetByRole("row"), 11)
	maya.must(maya.tick("exchange-110").Check())
	maya.must(maya.Locator("#sort-name").Click())
	maya.isAt("/connectors?q=exchange-11&sort=-name")
	maya.must(maya.expect.Locator(maya.tick("exchange-110")).ToBeChecked())
	maya.clicks(maya.GetByRole("rowheader").GetByRole("link").First())
	_, err := maya.GoBack()
	maya.must(err)
	maya.picked("3")
	got := maya.downloads(func() { maya.presses("Export CSV") })
	if want := sortedIDs("exchange-003", "exchange-057", "exchange-110"); !slices.Equal(got, want) {
		t.Errorf("the export has %q, want %q", got, want)
	}

	maya.visits("/connectors?sort=name")
	maya.picked("3")
	maya.isAccessible("a list with ticks")
	asked := len(s.tenant.Requests(listing))
	maya.presses("Select all 120 that match")
	maya.picked("120")
	maya.misses(maya.button("Select all 120 that match"))
	maya.must(maya.tick("exchange-007").Uncheck())
	maya.picked("119")
	s.sent(t, listing, asked)
	if got := maya.downloads(func() { maya.presses("Export CSV") }); len(got) != 119 || slices.Contains(got, simulator.ID("exchange-007")) {
		t.Errorf("the export of 119 has %d", len(got))
	}
	maya.presses("Clear")
	maya.misses(maya.button("Export CSV"))
	maya.must(maya.expect.Locator(maya.tick("exchange-003")).Not().ToBeChecked())
}

// TestTicksWithoutScript: those of the page go with its form.
func TestTicksWithoutScript(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(5)})
	maya := s.sits(t, withoutScript)
	maya.signsIn("Maya Lindqvist", "/connectors")
	maya.must(maya.plainTick("exchange-001").Check())
	maya.must(maya.plainTick("exchange-004").Check())
	got := maya.downloads(func() { maya.presses("Export CSV") })
	if want := sortedIDs("exchange-001", "exchange-004"); !slices.Equal(got, want) {
		t.Errorf("the export has %q, want %q", got, want)
	}
}

// TestKeysOfTheList: a row is found, ticked, opened and edited without a mouse, and none of it where the keys are off.
func TestKeysOfTheList(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(6)})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?sort=name")
	row := func(name string) playwright.Locator {
		return maya.GetByRole("rowheader").GetByRole("link", playwright.LocatorGetByRoleOptions{Name: name})
	}
	maya.hits("j")
	maya.hasFocus(row("exchange-000"))
	maya.hits("j", "ArrowDown", "k")
	maya.hasFocus(row("exchange-001"))
	maya.hits("x")
	maya.must(maya.expect.Locator(maya.tick("exchange-001")).ToBeChecked())
	maya.hasFocus(row("exchange-001"))
	maya.hits("j", "x")
	maya.picked("2")
	maya.hits("Enter")
	maya.isAt(pathOf(simulator.ID("exchange-002")))
	maya.visits("/connectors?sort=name")
	maya.isScripted()
	maya.hits("j", "e")
	maya.isAt(pathOf(simulator.ID("exchange-000"), "/edit"))

	maya.visits("/connectors?sort=name")
	keys := maya.heading("Keys")
	maya.isScripted()
	maya.hits("?")
	maya.sees(keys)
	maya.isAccessible("the list of keys")
	maya.hits("?")
	maya.misses(keys)
	search := maya.named("searchbox", "Name, organization, server, address or id")
	maya.must(search.Focus())
	maya.must(maya.Keyboard().Type("j?"))
	maya.must(maya.expect.Locator(search).ToHaveValue("j?"))
	maya.misses(keys)

	maya.visits("/connectors?sort=name")
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.must(maya.GetByLabel("Keyboard shortcuts, such as / to find").Uncheck())
	maya.hits("Escape", "j", "?")
	maya.misses(keys)
	maya.must(maya.expect.Locator(row("exchange-000")).Not().ToBeFocused())
}

// TestAViewIsSavedAndDeleted by somebody with a mouse, and with script or without.
func TestAViewIsSavedAndDeleted(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{connectors: many(60)})
			maya := s.sits(t, options...)
			maya.signsIn("Maya Lindqvist", "/connectors?q=exchange-01")
			maya.clicks(maya.Locator("#views > summary"))
			if options == nil { // the look needs script
				maya.isAccessible("the menu of views")
			}
			maya.types(maya.GetByLabel("Name of this view"), "The tens")
			maya.presses("Save this view")
			maya.isAt("/connectors?q=exchange-01")
			side := maya.GetByRole("navigation", playwright.PageGetByRoleOptions{Name: "Switchboard"}).GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "The tens 10"})
			maya.must(maya.expect.Locator(side).ToHaveAttribute("aria-current", "page"))
			maya.visits("/changes")
			maya.clicks(side)
			maya.isAt("/connectors?q=exchange-01")
			maya.clicks(maya.Locator("#views > summary"))
			maya.presses("Delete the view The tens")
			maya.misses(side)
			maya.clicks(maya.Locator("#layout > summary"))
			maya.must(maya.GetByLabel("Server", playwright.PageGetByLabelOptions{Exact: playwright.Bool(true)}).Uncheck())
			maya.presses("Show these columns")
			maya.must(maya.expect.Locator(maya.Locator("#sort-server")).ToHaveCount(0))
			maya.isAt("/connectors?q=exchange-01")
		})
	}
}

// brokenWords are the cells of the list whose text has more than a line; what is marked within a text stands a little off.
const brokenWords = `() => [...document.querySelectorAll(".list [data-label]:not(:has(.hidden-mark)), .list td b, .list .badge")].filter((one) => {
	const text = document.createRange();
	text.selectNodeContents(one);
	const lines = [...text.getClientRects()];
	return lines.some(({ top }) => lines.some((other) => other.bottom <= top));
}).map((one) => one.textContent)`

// TestWordsOfTheListAreWhole: an enumeration or a host is in one line at any width, and the page is no wider than the window.
func TestWordsOfTheListAreWhole(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	for _, width := range []int{320, 390, 768, 1000, 1100, 1280, 1900, 2400} {
		maya.must(maya.SetViewportSize(width, 900))
		broken, err := maya.Evaluate(brokenWords)
		maya.must(err)
		if words, _ := broken.([]any); len(words) > 0 {
			t.Errorf("at %d px these are broken: %q", width, words)
		}
		maya.fits()
	}
	table, err := maya.Locator("table.list").BoundingBox()
	maya.must(err)
	if table.Width < 1900 {
		t.Errorf("in a window of 2400 px the list is %v wide", table.Width)
	}
}
