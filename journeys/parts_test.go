package journeys

// The parts of pages, by what people know them by.

import (
	"regexp"
	"strings"

	"github.com/mxschmitt/playwright-go"
)

func (p *person) named(role playwright.AriaRole, name string) playwright.Locator {
	return p.GetByRole(role, playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
}

func (p *person) button(name string) playwright.Locator { return p.named("button", name) }

func (p *person) link(name string) playwright.Locator { return p.named("link", name) }

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

func pathOf(id string, more ...string) string { return "/connectors/" + id + strings.Join(more, "") }
