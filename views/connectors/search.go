package connectors

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// search finds rows by the words of a text, in any order, each in any of the ten properties.
type search struct{ words []string }

func searchFor(text string) search { return search{connector.Words(text)} }

// finds says whether the row has all the words; where nothing is searched for, every row does.
func (s search) finds(row Row) bool {
	if len(s.words) == 0 {
		return true
	}
	return s.in(searched(row.Connector))
}

// in says whether a folded text has all the words.
func (s search) in(text string) bool {
	for _, word := range s.words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// tenProperties are asked for once, not for each row.
var tenProperties = connector.Properties()

// searched is all that a connector's page shows of it, folded: of a value with characters that nobody sees, also with
// their names, as they stand on the page and are copied from there.
func searched(c connector.Connector) string {
	var all strings.Builder
	for _, property := range tenProperties {
		text := c.Value(property.Name).Text()
		all.WriteString(connector.Fold(text))
		all.WriteByte('\n')
		if shown := components.Drawn(text); shown != text {
			all.WriteString(connector.Fold(shown))
			all.WriteByte('\n')
		}
	}
	return all.String()
}
