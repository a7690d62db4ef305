package connectors

import (
	"strings"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// The ways to match, the best first.
const (
	isName = iota
	beginsName
	beginsWords
	inName
	inProperty
	inFormer
	inDomain
	belowDomain
)

// rank says how well a row matches that is found.
func (s search) rank(row Row) int {
	name := row.Connector.Name()
	short, whole, all := connector.Called(name.Short), connector.Called(name.String()), strings.Join(s.words, " ")
	switch {
	case short == all || whole == all || connector.Fold(row.Connector.ID()) == all:
		return isName
	case strings.HasPrefix(whole, all):
		return beginsName
	}
	worst := beginsWords
	for _, word := range s.words {
		worst = max(worst, s.rankOf(row, whole, word))
	}
	return worst
}

func (s search) rankOf(row Row, whole, word string) int {
	switch {
	case beginsWord(whole, word):
		return beginsWords
	case strings.Contains(whole, word):
		return inName
	case isHealthWord(row.Health, word):
		return inProperty
	}
	if why := s.whyOf(row, word); why.Former != "" {
		return inFormer
	} else if why.Property.Name != "" && s.domains[word] == "" {
		return inProperty
	} else if holdsDomain(searched(row), s.domains[word]) {
		return inDomain
	}
	return belowDomain
}

// beginsWord says whether a word of the text begins so; words end where a letter or digit does.
func beginsWord(text, beginning string) bool {
	for at := 0; ; at++ {
		found := strings.Index(text[at:], beginning)
		if found < 0 {
			return false
		}
		if at += found; at == 0 || strings.IndexByte(" -_.@/", text[at-1]) >= 0 {
			return true
		}
	}
}

// why tells of the first word that is not in the row's name.
func (s search) why(row Row) Why {
	whole := connector.Called(row.Connector.Name().String())
	for _, word := range s.words {
		if !strings.Contains(whole, word) && !isHealthWord(row.Health, word) {
			return s.whyOf(row, word)
		}
	}
	return Why{}
}

// whyOf is the property that has the word or lies in its domain, else the former name that has it.
func (s search) whyOf(row Row, word string) Why {
	has := func(text string) bool { return strings.Contains(connector.Fold(text), word) }
	for _, property := range tenProperties {
		if value := row.Connector.Value(property.Name); has(value.Text()) || has(components.Drawn(value.Text())) {
			return Why{Property: property, Value: value}
		}
	}
	for _, name := range row.Former {
		if has(name) || has(components.Drawn(name)) {
			return Why{Former: name}
		}
	}
	for _, name := range []string{connector.PrimarySMTPAddress, connector.ServerName, connector.ConnectorServerName} {
		property, _ := connector.Lookup(name)
		value := row.Connector.Value(name)
		if s.ofDomain(row, connector.Fold(value.Text()), word) {
			return Why{Property: property, Value: value}
		}
	}
	return Why{}
}
