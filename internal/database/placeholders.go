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

// Rows are the placeholders of rows to insert, "($1, $2), ($3, $4)", and the values of all of them in that order.
func Rows(rows [][]any) (groups string, args []any) {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = "(" + Placeholders(len(args)+1, len(row)) + ")"
		args = append(args, row...)
	}
	return strings.Join(all, ", "), args
}
