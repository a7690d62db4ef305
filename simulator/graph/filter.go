package graph

import (
	"slices"
	"strconv"
	"strings"
)

// deepest bounds how far brackets and negations of a $filter may nest.
const deepest = 100

// filterParser reads a $filter by recursive descent, and checks types as it goes: a filter that was read cannot fail.
type filterParser struct {
	text   string
	tokens []token
	depth  int
}

// parseFilter makes a boolean operand of a $filter's text.
func parseFilter(filter string) (operand, *Problem) {
	tokens, problem := lex(filter)
	if problem != nil {
		return operand{}, problem
	}
	p := &filterParser{text: filter, tokens: tokens}
	whole, problem := p.or()
	switch {
	case problem != nil:
		return operand{}, problem
	case p.peek().kind != endToken:
		return operand{}, p.syntax()
	case whole.kind != boolValue:
		return operand{}, badFilter("The $filter expression must evaluate to a single boolean value.")
	}
	return whole, nil
}

func (p *filterParser) peek() token { return p.tokens[0] }

// take consumes the next token if it is this word or mark.
func (p *filterParser) take(kind tokenKind, text string) bool {
	if next := p.peek(); next.kind != kind || next.text != text {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *filterParser) syntax() *Problem {
	return badFilter("Syntax error at position %d in '%s'.", p.peek().at, p.text)
}

func (p *filterParser) or() (operand, *Problem) {
	return p.chain("or", p.and, func(a, b value) value {
		if a.yes || b.yes {
			return truth(true)
		}
		return value{null: a.null || b.null}
	})
}

func (p *filterParser) and() (operand, *Problem) {
	return p.chain("and", p.not, func(a, b value) value {
		if !a.null && !a.yes || !b.null && !b.yes {
			return truth(false)
		}
		if a.null || b.null {
			return null
		}
		return truth(true)
	})
}

// chain reads parts that a word joins.
func (p *filterParser) chain(word string, part func() (operand, *Problem), join func(a, b value) value) (operand, *Problem) {
	left, problem := part()
	for problem == nil && p.take(wordToken, word) {
		var right operand
		if right, problem = part(); problem != nil {
			break
		}
		if left.kind != boolValue || right.kind != boolValue {
			return operand{}, incompatible(left, right, word)
		}
		a, b := left.value, right.value
		left = operand{kind: boolValue, value: func(c Connector) value { return join(a(c), b(c)) }}
	}
	return left, problem
}

func (p *filterParser) not() (operand, *Problem) {
	if !p.take(wordToken, "not") {
		return p.comparison()
	}
	if problem := p.deeper(); problem != nil {
		return operand{}, problem
	}
	defer func() { p.depth-- }()
	inner, problem := p.not()
	if problem == nil && inner.kind != boolValue {
		problem = badFilter("The operand of 'not' has the type '%s', which is not boolean.", inner.typeName())
	}
	return operand{kind: boolValue, value: func(c Connector) value {
		v := inner.value(c)
		return value{null: v.null, yes: !v.null && !v.yes}
	}}, problem
}

func (p *filterParser) deeper() *Problem {
	if p.depth++; p.depth > deepest {
		return badFilter("The recursion limit of %d was exceeded.", deepest)
	}
	return nil
}

func (p *filterParser) comparison() (operand, *Problem) {
	left, problem := p.primary()
	if problem != nil {
		return operand{}, problem
	}
	next := p.peek()
	if next.kind != wordToken {
		return left, nil
	}
	if p.take(wordToken, "in") {
		return p.membership(left)
	}
	if holds[next.text] == nil {
		return left, nil
	}
	p.tokens = p.tokens[1:]
	right, problem := p.primary()
	if problem != nil {
		return operand{}, problem
	}
	return compared(left, right, next.text)
}

// membership reads the list behind 'in'.
func (p *filterParser) membership(left operand) (operand, *Problem) {
	if !p.take(markToken, "(") {
		return operand{}, p.syntax()
	}
	var equals []func(Connector) value
	for {
		member, problem := p.primary()
		if problem != nil {
			return operand{}, problem
		}
		equal, problem := compared(left, member, "eq")
		if problem != nil {
			return operand{}, problem
		}
		equals = append(equals, equal.value)
		if p.take(markToken, ")") {
			break
		}
		if !p.take(markToken, ",") {
			return operand{}, p.syntax()
		}
	}
	return operand{kind: boolValue, value: func(c Connector) value {
		return truth(slices.ContainsFunc(equals, func(equal func(Connector) value) bool { return equal(c).yes }))
	}}, nil
}

// primary reads brackets, a literal, a function or a property.
func (p *filterParser) primary() (operand, *Problem) {
	if p.take(markToken, "(") {
		if problem := p.deeper(); problem != nil {
			return operand{}, problem
		}
		defer func() { p.depth-- }()
		inner, problem := p.or()
		if problem == nil && !p.take(markToken, ")") {
			problem = p.syntax()
		}
		return inner, problem
	}
	next := p.peek()
	if next.kind == markToken || next.kind == endToken {
		return operand{}, p.syntax()
	}
	p.tokens = p.tokens[1:]
	if next.kind != wordToken {
		return literal(next)
	}
	switch next.text {
	case "null":
		return constant(nullValue, null), nil
	case "true", "false":
		return constant(boolValue, truth(next.text == "true")), nil
	}
	if p.take(markToken, "(") {
		return p.call(next.text)
	}
	if found, ok := propertyOperand(next.text); ok {
		return found, nil
	}
	return operand{}, badFilter("%s", noSuchProperty(next.text))
}

func literal(t token) (operand, *Problem) {
	switch t.kind {
	case momentToken:
		text := t.text
		if !strings.Contains(text, "T") {
			text += "T00:00:00Z"
		}
		at, ok := instant(text)
		if !ok {
			return operand{}, badFilter("Unrecognized 'Edm.DateTimeOffset' literal '%s'.", t.text)
		}
		return constant(momentValue, value{at: at}), nil
	case numberToken:
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return operand{}, badFilter("Unrecognized 'Edm.Decimal' literal '%s'.", t.text)
		}
		return constant(numberValue, value{rank: n}), nil
	case enumToken:
		return enumLiteral(t)
	}
	return constant(textValue, value{text: t.text}), nil
}
