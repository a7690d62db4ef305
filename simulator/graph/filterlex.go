package graph

import (
	"regexp"
	"strings"
)

// tokenKind says what a word of a $filter is.
type tokenKind int

const (
	wordToken   tokenKind = iota // a property, an operator, a function, null, true, false
	textToken                    // 'quoted', without its quotes
	enumToken                    // microsoft.graph.TYPE'member'
	momentToken                  // a date, with or without a time
	numberToken
	markToken // a bracket or a comma
	endToken
)

type token struct {
	kind tokenKind
	text string
	typ  string // of an enumToken
	at   int    // bytes from the start
}

var tokenShapes = []struct {
	kind  tokenKind
	shape *regexp.Regexp
}{
	{enumToken, regexp.MustCompile(`^([A-Za-z_][\w.]*)'((?:[^']|'')*)'`)},
	{textToken, regexp.MustCompile(`^()'((?:[^']|'')*)'`)},
	{momentToken, regexp.MustCompile(`^()(\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?)`)},
	{numberToken, regexp.MustCompile(`^()(-?\d+(?:\.\d+)?)`)},
	{wordToken, regexp.MustCompile(`^()([A-Za-z_][\w.]*)`)},
	{markToken, regexp.MustCompile(`^()([(),])`)},
}

// lex cuts a $filter into tokens; the last is an endToken.
func lex(filter string) ([]token, *Problem) {
	var tokens []token
	for at := 0; ; {
		at += len(filter[at:]) - len(strings.TrimLeft(filter[at:], " \t"))
		if at == len(filter) {
			return append(tokens, token{kind: endToken, at: at}), nil
		}
		next, length := lexOne(filter[at:])
		if length == 0 {
			return nil, badFilter("Syntax error at position %d in '%s'.", at, filter)
		}
		next.at = at
		tokens = append(tokens, next)
		at += length
	}
}

func lexOne(rest string) (token, int) {
	for _, try := range tokenShapes {
		if found := try.shape.FindStringSubmatch(rest); found != nil {
			return token{kind: try.kind, typ: found[1], text: strings.ReplaceAll(found[2], "''", "'")}, len(found[0])
		}
	}
	return token{}, 0
}
