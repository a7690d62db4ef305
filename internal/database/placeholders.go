package database

import (
	"strconv"
	"strings"
)

// Placeholders are n placeholders from $first on, as a list of values has them: "$3, $4, $5".
func Placeholders(first, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(names, ", ")
}
