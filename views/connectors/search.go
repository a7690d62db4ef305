package connectors

import (
	"slices"
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// search finds rows by the words of a text, in any order: each in any of the ten properties, in a name that the connector had,
// or as a word of its health.
type search struct {
	words []string
	// domains stand in the place of addresses that no connector has, by the word: then those of its domain are meant.
	domains map[string]string
}

// searchFor is the search for a text among these rows.
func searchFor(text string, among []Row) search {
	s := search{words: connector.Words(text)}
	for _, word := range s.words {
		domain := domainOf(word)
		if domain != "" && !slices.ContainsFunc(among, func(row Row) bool { return strings.Contains(searched(row), word) }) {
			if s.domains == nil {
				s.domains = map[string]string{}
			}
			s.domains[word] = domain
		}
	}
	return s
}

// finds says whether the row has all the words; where nothing is searched for, every row does.
func (s search) finds(row Row) bool {
	if len(s.words) == 0 {
		return true
	}
	return s.in(row, searched(row))
}

// in says whether the row, whose folded text that is, has all the words.
func (s search) in(row Row, text string) bool {
	for _, word := range s.words {
		if !strings.Contains(text, word) && !isHealthWord(row.Health, word) && !s.ofDomain(row, text, word) {
			return false
		}
	}
	return true
}

// tenProperties are asked for once, not for each row.
var tenProperties = connector.Properties()

// searched is all that a connector's page shows of it, and what it was called before, folded.
func searched(row Row) string {
	text := row.Connector.Once(connector.SearchText, func() string { return searchText(row.Connector) })
	if len(row.Former) == 0 {
		return text
	}
	var all strings.Builder
	all.WriteString(text)
	for _, name := range row.Former {
		addSearched(&all, name)
	}
	return all.String()
}

// searchText are the values of a connector, folded. Nobody's search waits for that a second time.
func searchText(c connector.Connector) string {
	var all strings.Builder
	all.Grow(256)
	for _, property := range tenProperties {
		addSearched(&all, c.Value(property.Name).Text())
	}
	return all.String()
}

// addSearched adds a text: of one with characters that nobody sees, also with their names, as they stand on the page and are copied
// from there.
func addSearched(all *strings.Builder, text string) {
	all.WriteString(connector.Fold(text))
	all.WriteByte('\n')
	if shown := components.Drawn(text); shown != text {
		all.WriteString(connector.Fold(shown))
		all.WriteByte('\n')
	}
}

// healthWords are the words of each health's short label, folded.
var healthWords = func() map[connector.Health][]string {
	words := map[connector.Health][]string{}
	for _, health := range connector.Healths() {
		words[health] = connector.Words(components.HealthShort(health))
	}
	return words
}()

// isHealthWord says whether the word, whole, is one of that health. A part of one would find half the tenant.
func isHealthWord(health connector.Health, word string) bool {
	return slices.Contains(healthWords[health], word)
}

// domainOf is that of an address, for instance "contoso.com"; empty for any other word.
func domainOf(word string) string {
	word = strings.Trim(word, "<>()[],;:.")
	at := strings.LastIndexByte(word, '@')
	if at < 1 || !strings.Contains(word[at+1:], ".") {
		return ""
	}
	return word[at+1:]
}

// ofDomain says whether the connector belongs to the domain of an address that none has: a host or an address of it lies in the
// domain, or its own address lies in one above.
func (s search) ofDomain(row Row, text, word string) bool {
	domain := s.domains[word]
	if domain == "" {
		return false
	}
	own := domainOf(connector.Fold(row.Connector.Value(connector.PrimarySMTPAddress).Text()))
	return holdsDomain(text, domain) || own != "" && strings.HasSuffix(domain, "."+own)
}

// holdsDomain says whether the domain stands in the text with nothing before it that makes it another.
func holdsDomain(text, domain string) bool {
	for {
		at := strings.Index(text, domain)
		if at < 0 {
			return false
		}
		end := at + len(domain)
		if (at == 0 || strings.IndexByte(".@\n ", text[at-1]) >= 0) && (end == len(text) || strings.IndexByte("\n ", text[end]) >= 0) {
			return true
		}
		text = text[at+1:]
	}
}
