package journeys

// What people do, by what they see: roles, labels and texts.

import (
	"net/http"
	"regexp"

	"github.com/mxschmitt/playwright-go"
)

// visits types an address of Switchboard.
func (p *person) visits(path string) {
	p.t.Helper()
	_, err := p.Goto(p.site.url + path)
	p.must(err)
}

// triesUntilItComes reloads a page that Graph's outage keeps away.
func (p *person) triesUntilItComes(path string) {
	p.t.Helper()
	for {
		answer, err := p.Goto(p.site.url + path)
		p.must(err)
		if answer.Status() == http.StatusOK {
			return
		}
	}
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

// edits opens a connector's form as somebody who has not signed in yet.
func (p *person) edits(name, id string) {
	p.t.Helper()
	p.signsIn(name, pathOf(id, "/edit"))
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

// chooses an option of a property in the edit form.
func (p *person) chooses(label, option string) {
	p.t.Helper()
	_, err := p.field(label).SelectOption(playwright.SelectOptionValues{Labels: &[]string{option}})
	p.must(err)
}

// gives types the reason of a change.
func (p *person) gives(reason string) {
	p.t.Helper()
	p.types(p.reason(), reason)
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

// marks the page, so that a reload would be noticed.
func (p *person) marks() {
	p.t.Helper()
	_, err := p.Evaluate(`() => { window.sameDocument = true }`)
	p.must(err)
}
