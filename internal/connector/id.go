package connector

import (
	"regexp"
	"strings"
)

var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsGUID says whether a text is a GUID, in whatever letter case, and so an id and no name.
func IsGUID(text string) bool { return guid.MatchString(text) }

// Key is an id as ids are compared and looked up: they are GUIDs, whose letter case says nothing. Letters beyond ASCII are in
// no GUID and stay as they are, since both databases agree on that alone.
func Key(id string) string {
	if !strings.ContainsFunc(id, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		return id
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, id)
}

// SameID says whether two ids name the same connector.
func SameID(a, b string) bool { return Key(a) == Key(b) }

// Spelt is the connector with its id spelt in that way.
func (c Connector) Spelt(id string) Connector {
	if c.ID() == id {
		return c
	}
	return c.With(map[string]Value{ID: Of(id)})
}
