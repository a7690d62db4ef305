package gates

// mostValues are as many values of a claim as somebody can look through: a claim of groups may have a thousand.
const mostValues = 20

// FirstFew are the first values, and how many are left out.
func FirstFew(values []string) (first []string, more int) {
	if len(values) <= mostValues {
		return values, 0
	}
	return values[:mostValues], len(values) - mostValues
}
