package sheet

import (
	"slices"
	"strings"

	"switchboard/internal/connector"
)

// exported are columns of the list's export that are no property and are passed over.
var exported = []string{"health", "name"}

// usuallySet are the properties that the service sets, which are taken only where somebody asks for them.
var usuallySet = []string{connector.LastSyncDateTime, connector.Status}

// header reads the names of the columns; false says that nothing can be told of the lines below them.
func (r *reader) header(names []string) bool {
	line, _ := r.csv.FieldPos(0)
	line += r.before
	seen := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		_, known := connector.Lookup(name)
		column := name
		switch {
		case name == "":
		case seen[name]:
			r.fault(line, i+1, "The column "+firstCharacters(name)+" is there twice. Keep one of the two.")
			column = passedOver
		case slices.Contains(usuallySet, name) && !r.asked(name):
			column = passedOver
			r.sheet.Passed = append(r.sheet.Passed, name)
		case slices.Contains(exported, name):
			column = passedOver
		case !known:
			r.fault(line, i+1, "No property is called “"+firstCharacters(name)+"”. The names are id, "+strings.Join(properties(), ", ")+
				", and an export’s health and name. Mend it, or take the column out.")
			column = passedOver
		}
		r.columns, seen[name] = append(r.columns, column), true
	}
	if !slices.Contains(r.columns, connector.ID) {
		r.fault(line, 0, "The column id is missing, so nobody can tell which connectors are meant. The first line has to name the columns.")
		return false
	}
	if len(r.faults) == 0 && !slices.ContainsFunc(r.columns, func(name string) bool { return name != connector.ID && name != passedOver && name != "" }) {
		r.fault(line, 0, nothingToTake(r.sheet.Passed))
	}
	return true
}

func nothingToTake(passed []string) string {
	if len(passed) > 0 {
		return "Of the properties the file has " + strings.Join(passed, " and ") + " alone, which count only where they are ticked beside the file."
	}
	return "The file has no column of a property. Add one of " + strings.Join(properties(), ", ") + "."
}

// properties are the names that a column may have beside the id.
func properties() []string {
	var names []string
	for _, property := range connector.Properties() {
		if property.Kind != connector.Identifier {
			names = append(names, property.Name)
		}
	}
	return names
}

// separator is what stands between the cells, by the first line that is not blank, and how many lines to skip before the names: Excel
// tells itself the separator in a line sep=; of its own.
func separator(file []byte) (comma rune, skipped int) {
	first, rest := "", string(file[:min(len(file), 1<<16)])
	for first == "" && rest != "" {
		first, rest, _ = strings.Cut(rest, "\n")
		first = strings.TrimSuffix(first, "\r")
		skipped++
	}
	if sign, told := strings.CutPrefix(first, "sep="); told && len(sign) == 1 && strings.Contains(",;\t", sign) {
		return rune(sign[0]), skipped
	}
	comma = ','
	for _, other := range []rune{';', '\t'} {
		if cellsIn([]byte(first), other) > cellsIn([]byte(first), comma) {
			comma = other
		}
	}
	return comma, 0
}

// cellsIn is how many cells a line has, or the beginning of one: separators in quotes part nothing.
func cellsIn(line []byte, comma rune) int {
	count, quoted := 1, false
	for _, r := range string(line) {
		switch {
		case r == '"':
			quoted = !quoted
		case r == comma && !quoted:
			count++
		}
	}
	return count
}
