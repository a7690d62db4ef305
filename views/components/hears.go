package components

import (
	"net/url"
	"strings"
)

// Hearing says what a page shows, so that it asks for itself anew when it hears that this has changed.
type Hearing struct {
	// Of is what is shown, one of the constants below, and ID which one of it.
	Of, ID string
	// Address is where the page asks.
	Address string
}

// What a page may show.
const (
	HearsConnector = "connector"
	HearsChange    = "change"
	HearsRun       = "run"
	// HearsAny is of a page that shows many: it asks at most every ten seconds.
	HearsAny = "any"
)

// askURL is a page of ours, never another site's.
func (m Hearing) askURL() string {
	if !strings.HasPrefix(m.Address, "/") || strings.HasPrefix(m.Address, "//") {
		return "/"
	}
	return m.Address
}

// MenuURL is where the menu is asked for, with the link that is lit.
func MenuURL(current string) string { return "/menu?" + url.Values{"at": {current}}.Encode() }
