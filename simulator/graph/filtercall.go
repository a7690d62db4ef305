package graph

import (
	"slices"
	"strings"
)

// predicates are the functions of two texts, conversions those of one.
var (
	predicates = map[string]func(text, part string) bool{
		"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix,
	}
	conversions = map[string]func(string) string{
		"tolower": strings.ToLower, "toupper": strings.ToUpper, "trim": strings.TrimSpace,
	}
)

// call reads a function's arguments, the opening bracket being taken, and applies it. What it makes of null is null.
func (p *filterParser) call(name string) (operand, *Problem) {
	predicate, conversion := predicates[name], conversions[name]
	if predicate == nil && conversion == nil {
		return operand{}, badFilter("An unknown function with name '%s' was found.", name)
	}
	if problem := p.deeper(); problem != nil {
		return operand{}, problem
	}
	defer func() { p.depth-- }()
	arguments, problem := p.arguments()
	if problem != nil {
		return operand{}, problem
	}
	isText := func(o operand) bool { return o.kind == textValue || o.kind == nullValue }
	switch {
	case predicate != nil && len(arguments) == 2 && isText(arguments[0]) && isText(arguments[1]):
		return applied(boolValue, arguments, func(v []value) value { return truth(predicate(v[0].text, v[1].text)) }), nil
	case conversion != nil && len(arguments) == 1 && isText(arguments[0]):
		return applied(textValue, arguments, func(v []value) value { return value{text: conversion(v[0].text)} }), nil
	}
	return operand{}, badFilter("No function signature for the function with name '%s' matches the specified arguments.", name)
}

func (p *filterParser) arguments() ([]operand, *Problem) {
	var arguments []operand
	for {
		argument, problem := p.primary()
		if problem != nil {
			return nil, problem
		}
		arguments = append(arguments, argument)
		if p.take(markToken, ")") {
			return arguments, nil
		}
		if !p.take(markToken, ",") {
			return nil, p.syntax()
		}
	}
}

func applied(kind valueKind, arguments []operand, apply func([]value) value) operand {
	return operand{kind: kind, value: func(c Connector) value {
		values := make([]value, len(arguments))
		for i, argument := range arguments {
			values[i] = argument.value(c)
		}
		if slices.ContainsFunc(values, func(v value) bool { return v.null }) {
			return null
		}
		return apply(values)
	}}
}

// enumLiteral is a member with its type before it.
func enumLiteral(t token) (operand, *Problem) {
	i := slices.IndexFunc(properties, func(p property) bool {
		return p.kind == choice && (t.typ == "microsoft.graph."+p.enum() || t.typ == "graph."+p.enum())
	})
	if i < 0 {
		return operand{}, badFilter("The type '%s' is not defined in the model.", t.typ)
	}
	member := constant(textValue, value{text: t.text})
	return member.like(operand{kind: choiceValue, property: &properties[i]})
}
