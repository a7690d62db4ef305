// Package runbooks draws what to do about a connector in each state.
package runbooks

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/markdown"
)

// Index lists the runbooks.
type Index struct{ Rows []Row }

// Row is one of them.
type Row struct {
	Health connector.Health
	// Lead says what the health means.
	Lead []markdown.Node
	// HasHouse says that the organization has a runbook of its own for it.
	HasHouse bool
}

// Page is one runbook.
type Page struct {
	Health connector.Health
	// Text is Switchboard's own, its lead first; House the organization's, empty for none.
	Text, House []markdown.Node
}

// Title is the page's.
func (m Page) Title() string { return "Runbook: " + strings.ToLower(m.Health.Label()) }

// lead is the first paragraph, rest what follows.
func (m Page) lead() []markdown.Node { return m.Text[0].Children }
func (m Page) rest() []markdown.Node { return m.Text[1:] }

// listURL is the list of the connectors that it is about.
func listURL(health connector.Health) string { return "/connectors?health=" + string(health) }
