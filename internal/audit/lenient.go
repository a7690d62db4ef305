package audit

import "math"

// lenient reads a number of the database. SQLite keeps a text in a column of numbers: whoever puts one there is to have changed a line,
// and not to have kept the rest from being checked.
type lenient struct{ into *int64 }

// noNumber is what no line says.
const noNumber = math.MinInt64

// Scan makes it a sql.Scanner.
func (n lenient) Scan(value any) error {
	number, is := value.(int64)
	if !is {
		number = noNumber
	}
	*n.into = number
	return nil
}
