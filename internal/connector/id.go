package connector

import "regexp"

var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsGUID says whether a text is a GUID, in whatever letter case, and so an id and no name.
func IsGUID(text string) bool { return guid.MatchString(text) }

// Key is an id as ids are compared and looked up: they are GUIDs, whose letter case says nothing. Letters beyond ASCII are in
// no GUID and stay as they are, since both databases agree on that alone.
func Key(id string) string {
	for i := range len(id) {
		if 'A' <= id[i] && id[i] <= 'Z' {
			return lower(id)
		}
	}
	return id
}

func lower(id string) string {
	lowered := []byte(id)
	for i, letter := range lowered {
		if 'A' <= letter && letter <= 'Z' {
			lowered[i] += 'a' - 'A'
		}
	}
	return string(lowered)
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
