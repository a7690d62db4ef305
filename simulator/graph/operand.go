package graph

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// valueKind is a type of OData's as far as a $filter on connectors needs it.
type valueKind int

const (
	nullValue valueKind = iota
	textValue
	momentValue
	choiceValue
	boolValue
	numberValue
)

// value is what an operand comes to. Null stands for 'not known' where it is a boolean, as OData has it.
type value struct {
	null bool
	text string    // of texts and choices
	at   time.Time // of dates
	rank float64   // of numbers, and of choices in the order of their members
	yes  bool      // false for null
}

var null = value{null: true}

func truth(yes bool) value { return value{yes: yes} }

// operand is a part of a $filter that has a value for each connector.
type operand struct {
	kind     valueKind
	property *property // of a choice
	literal  string    // the text of a literal; choices are written as texts, too
	value    func(Connector) value
}

// typeName is how Graph names the operand's type in its refusals.
func (o operand) typeName() string {
	if o.kind == choiceValue {
		return "microsoft.graph." + o.property.enum()
	}
	return map[valueKind]string{
		nullValue: "null", textValue: "Edm.String", momentValue: "Edm.DateTimeOffset", boolValue: "Edm.Boolean", numberValue: "Edm.Decimal",
	}[o.kind]
}

func constant(kind valueKind, v value) operand {
	return operand{kind: kind, literal: v.text, value: func(Connector) value { return v }}
}

// propertyOperand is the value of a property; false when there is none of that name.
func propertyOperand(name string) (operand, bool) {
	if name == "id" {
		return operand{kind: textValue, value: func(c Connector) value { return value{text: c.ID} }}, true
	}
	i := slices.IndexFunc(properties, func(p property) bool { return p.name == name })
	if i < 0 {
		return operand{}, false
	}
	p := &properties[i]
	kinds := map[kind]valueKind{text: textValue, moment: momentValue, choice: choiceValue}
	return operand{kind: kinds[p.kind], property: p, value: func(c Connector) value {
		stored, ok := c.Value(name)
		if !ok {
			return null
		}
		return p.read(stored)
	}}, true
}

// read makes a value of a stored text. A date that is none is null, a choice that metadata lacks comes behind all others.
func (p *property) read(stored string) value {
	switch p.kind {
	case moment:
		at, ok := instant(stored)
		return value{null: !ok, at: at}
	case choice:
		rank := slices.Index(append(slices.Clone(p.members), sentinel), stored)
		if rank < 0 {
			rank = len(p.members) + 1
		}
		return value{text: stored, rank: float64(rank)}
	}
	return value{text: stored}
}

// compareNullFirst orders two connectors by the operand.
func (o operand) compareNullFirst(a, b Connector) int {
	left, right := o.value(a), o.value(b)
	switch {
	case left.null && right.null:
		return 0
	case left.null:
		return -1
	case right.null:
		return 1
	}
	return left.compare(right)
}

// compare orders two values of one kind, neither of them null.
func (v value) compare(other value) int {
	return cmp.Or(cmp.Compare(v.rank, other.rank), v.at.Compare(other.at), strings.Compare(v.text, other.text), boolRank(v)-boolRank(other))
}

func boolRank(v value) int {
	if v.yes {
		return 1
	}
	return 0
}
