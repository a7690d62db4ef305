package journeys

import (
	"regexp"
	"strings"

	"github.com/mxschmitt/playwright-go"
)

// What people do, by what they see: roles, labels and texts.

// visits types an address of Switchboard.
func (p *person) visits(path string) {
	p.t.Helper()
	_, err := p.Goto(p.site.url + path)
	p.must(err)
}

// signsIn goes to a page of Switchboard and picks a person at the provider, by name.
func (p *person) signsIn(name, path string) {
	p.t.Helper()
	p.visits(path)
	p.picks(name)
	p.isAt(path)
}

// picks is the choice of a person on the provider's page.
func (p *person) picks(name string) {
	p.t.Helper()
	p.sees(p.heading("Who would you like to be?"))
	p.clicks(p.GetByRole("button", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^" + name)}))
}

func (p *person) clicks(what playwright.Locator) {
	p.t.Helper()
	p.must(what.Click())
}

// presses a button or follows a link of exactly that name.
func (p *person) presses(name string) {
	p.t.Helper()
	p.clicks(p.button(name))
}

func (p *person) follows(name string) {
	p.t.Helper()
	p.clicks(p.link(name))
}

// types replaces what a field holds.
func (p *person) types(field playwright.Locator, text string) {
	p.t.Helper()
	p.must(field.Fill(text))
}

// gives types the reason of a change.
func (p *person) gives(reason string) {
	p.t.Helper()
	p.types(p.reason(), reason)
}

func (p *person) named(role playwright.AriaRole, name string) playwright.Locator {
	return p.GetByRole(role, playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
}

func (p *person) button(name string) playwright.Locator  { return p.named("button", name) }
func (p *person) link(name string) playwright.Locator    { return p.named("link", name) }
func (p *person) heading(name string) playwright.Locator { return p.named("heading", name) }

// field is the control of a property in the edit form, by the label that people read.
func (p *person) field(label string) playwright.Locator {
	name := regexp.MustCompile(`^` + regexp.QuoteMeta(label) + `\s`)
	form := p.Locator("main form")
	return form.GetByRole("textbox", playwright.LocatorGetByRoleOptions{Name: name}).
		Or(form.GetByRole("combobox", playwright.LocatorGetByRoleOptions{Name: name}))
}

func (p *person) reason() playwright.Locator {
	return p.GetByRole("textbox", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^Reason")})
}

// card is the connector's section.
func (p *person) card() playwright.Locator { return p.Locator("section#connector") }

// value is what the card shows of a property.
func (p *person) value(property string) playwright.Locator {
	return p.card().Locator(`dd[data-field="` + property + `"]`)
}

func (p *person) receipt() playwright.Locator { return p.Locator("[data-change]") }

// history is the connector's history on its page.
func (p *person) history() playwright.Locator {
	return p.GetByRole("region", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^History")})
}

// What people see.

func (p *person) sees(what playwright.Locator) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToBeVisible())
}

func (p *person) misses(what playwright.Locator) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToHaveCount(0))
}

// reads a text somewhere on the page.
func (p *person) reads(text string) {
	p.t.Helper()
	p.sees(p.Locator("main").GetByText(text).First())
}

func (p *person) isAt(path string) {
	p.t.Helper()
	p.must(p.expect.Page(p.Page).ToHaveURL(p.site.url + path))
}

func (p *person) isOn(heading string) {
	p.t.Helper()
	p.sees(p.GetByRole("heading", playwright.PageGetByRoleOptions{Name: heading, Level: playwright.Int(1)}))
	p.isWhole()
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

// marks the page, so that a reload would be noticed.
func (p *person) marks() {
	p.t.Helper()
	_, err := p.Evaluate(`() => { window.sameDocument = true }`)
	p.must(err)
}

func (p *person) isSameDocument() {
	p.t.Helper()
	same, err := p.Evaluate(`() => window.sameDocument === true`)
	p.must(err)
	if same != true {
		p.t.Error("the page was reloaded")
	}
}

func pathOf(id string, more ...string) string { return "/connectors/" + id + strings.Join(more, "") }

// sends does something that posts a form to the path, and returns the answer's status.
func (p *person) sends(path string, do func()) int {
	p.t.Helper()
	answer, err := p.ExpectEvent("response", func() error {
		do()
		return nil
	}, playwright.PageExpectEventOptions{Predicate: func(answer playwright.Response) bool {
		return answer.Request().Method() == "POST" && answer.URL() == p.site.url+path
	}})
	p.must(err)
	return answer.(playwright.Response).Status()
}

// answers checks the status of what a form was answered with.
func (p *person) answers(path string, want int, do func()) {
	p.t.Helper()
	if got := p.sends(path, do); got != want {
		p.t.Errorf("POST %s: got %d, want %d", path, got, want)
	}
}

func (p *person) counts(what playwright.Locator, want int) {
	p.t.Helper()
	p.must(p.expect.Locator(what).ToHaveCount(want))
}

// edits opens a connector's form as somebody who has not signed in yet.
func (p *person) edits(name, id string) {
	p.t.Helper()
	p.signsIn(name, pathOf(id, "/edit"))
}

// chooses an option of a property in the edit form.
func (p *person) chooses(label, option string) {
	p.t.Helper()
	_, err := p.field(label).SelectOption(playwright.SelectOptionValues{Labels: &[]string{option}})
	p.must(err)
}

// hits keys, one after the other.
func (p *person) hits(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.must(p.Keyboard().Press(key))
	}
}

// tabsTo presses Tab until the focus is there. What it stands on must be seen to have it.
func (p *person) tabsTo(what playwright.Locator) {
	p.t.Helper()
	p.sees(what)
	for range 60 {
		p.hits("Tab")
		there, err := what.Evaluate(`(element) => element === document.activeElement`, nil)
		p.must(err)
		if there == true {
			return
		}
	}
	p.t.Fatalf("60 presses of Tab do not lead to %v", what)
}
