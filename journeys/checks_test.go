package journeys

// What people see. Each waits until it is so.

import "github.com/mxschmitt/playwright-go"

func (p *person) sees(what playwright.Locator) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToBeVisible())
}

func (p *person) misses(what playwright.Locator) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToHaveCount(0))
}

func (p *person) counts(what playwright.Locator, want int) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToHaveCount(want))
}

// reads a text somewhere on the page.
func (p *person) reads(text string) {
	p.t.Helper()
	p.sees(p.Locator("main").GetByText(text).First())
}

// isAt waits for the page of that path, and for what its scripts do: what is done before that is done without them.
func (p *person) isAt(path string) {
	p.t.Helper()
	p.must(p.expect.Page(p.Page).ToHaveURL(p.site.url + path))
	if !p.plain {
		p.isScripted()
	}
}

func (p *person) isOn(heading string) {
	p.t.Helper()
	p.sees(p.GetByRole("heading", playwright.PageGetByRoleOptions{Name: heading, Level: playwright.Int(1)}))
	p.isWhole()
}

// isScripted waits until the page's scripts have run: its address and its words are there before them.
func (p *person) isScripted() {
	p.t.Helper()
	p.must(p.expect.Locator(p.Locator("html.scripted")).ToHaveCount(1))
}

// hasHtmx waits until htmx is there, which comes once somebody has touched the page. What is done meanwhile is done together then.
func (p *person) hasHtmx() {
	p.t.Helper()
	p.must(p.expect.Locator(p.Locator("[data-htmx-powered]").First()).ToBeAttached())
}

// isWhole checks that the page is one page.
func (p *person) isWhole() {
	p.t.Helper()
	p.must(p.expect.Locator(p.Locator("h1")).ToHaveCount(1))
	p.must(p.expect.Locator(p.Locator("main")).ToHaveCount(1))
}

// shows checks the exact value of a property on the card.
func (p *person) shows(property, value string) {
	p.t.Helper()
	p.must(p.expect.Locator(p.value(property)).ToHaveAttribute("data-value", value))
}

// outcome checks the one receipt and its word.
func (p *person) outcome(word string) {
	p.t.Helper()
	p.must(p.expect.Locator(p.receipt()).ToHaveCount(1))
	p.must(p.expect.Locator(p.receipt()).ToHaveAttribute("data-outcome", word))
}

func (p *person) hasFocus(what playwright.Locator) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToBeFocused())
}

// answers checks the status of what a form was answered with.
func (p *person) answers(path string, want int, do func()) {
	p.t.Helper()
	if got := p.sends(path, do); got != want {
		p.t.Errorf("POST %s: got %d, want %d", path, got, want)
	}
}

func (p *person) isSameDocument() {
	p.t.Helper()
	same, err := p.Evaluate(`() => window.sameDocument === true`)
	p.must(err)
	if same != true {
		p.t.Error("the page was reloaded")
	}
}
