package graph

import "slices"

// holds are the comparisons of two values of one kind that are not null.
var holds = map[string]func(order int) bool{
	"eq": func(order int) bool { return order == 0 },
	"ne": func(order int) bool { return order != 0 },
	"gt": func(order int) bool { return order > 0 },
	"ge": func(order int) bool { return order >= 0 },
	"lt": func(order int) bool { return order < 0 },
	"le": func(order int) bool { return order <= 0 },
}

// compared is the comparison of two operands. Null equals null alone, and is neither before nor after anything.
func compared(left, right operand, operator string) (operand, *Problem) {
	left, problem := left.like(right)
	if problem != nil {
		return operand{}, problem
	}
	if right, problem = right.like(left); problem != nil {
		return operand{}, problem
	}
	if left.kind != nullValue && right.kind != nullValue && left.typeName() != right.typeName() {
		return operand{}, incompatible(left, right, operator)
	}
	return operand{kind: boolValue, value: func(c Connector) value {
		a, b := left.value(c), right.value(c)
		if a.null || b.null {
			return truth(operator == "eq" && a.null == b.null || operator == "ne" && a.null != b.null)
		}
		return truth(holds[operator](a.compare(b)))
	}}, nil
}

// like makes a member of a text that is compared with a choice.
func (o operand) like(other operand) (operand, *Problem) {
	if other.kind != choiceValue || o.kind != textValue || o.property != nil || o.literal == "" {
		return o, nil
	}
	if !slices.Contains(other.property.members, o.literal) && o.literal != sentinel {
		return operand{}, badFilter("The string '%s' is not a valid enumeration type constant.", o.literal)
	}
	member := constant(choiceValue, other.property.read(o.literal))
	member.property = other.property
	return member, nil
}

func incompatible(left, right operand, operator string) *Problem {
	return badFilter("A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.",
		left.typeName(), right.typeName(), operator)
}
