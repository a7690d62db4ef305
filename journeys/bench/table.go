package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one line of the table: what was measured, what it should come to, and what came of it.
type row struct {
	what, goal, got string
	holds           bool
}

type table struct{ rows []row }

// ratio adds a row of ratios, one a round; the median is held against the goal.
func (t *table) ratio(what string, most float64, ratios []float64) {
	slices.Sort(ratios)
	if len(ratios) == 0 {
		return
	}
	median := ratios[len(ratios)/2]
	t.rows = append(t.rows, row{what, fmt.Sprintf("≤ %g", most), fmt.Sprintf("%.2f [%.2f-%.2f]", median, ratios[0], ratios[len(ratios)-1]), median <= most})
}

// least is ratio where more is better.
func (t *table) least(what string, least float64, values []float64) {
	slices.Sort(values)
	if len(values) == 0 {
		return
	}
	median := values[len(values)/2]
	t.rows = append(t.rows, row{what, fmt.Sprintf("≥ %g", least), fmt.Sprintf("%.3g [%.3g-%.3g]", median, values[0], values[len(values)-1]), median >= least})
}

// number adds a row of one figure.
func (t *table) number(what, unit string, most, got float64) {
	t.rows = append(t.rows, row{what, fmt.Sprintf("≤ %g %s", most, unit), fmt.Sprintf("%.4g %s", got, unit), got <= most})
}

// word adds a row that holds or does not.
func (t *table) word(what, goal, got string, holds bool) {
	t.rows = append(t.rows, row{what, goal, got, holds})
}

func (t *table) failed(what string, err error) {
	t.rows = append(t.rows, row{what, "measured", "could not be measured: " + strings.ReplaceAll(err.Error(), "\n", " "), false})
}

// String is the table in Markdown.
func (t *table) String() string {
	var all strings.Builder
	all.WriteString("| what | goal | measured | |\n|---|---|---|---|\n")
	for _, one := range t.rows {
		mark := "holds"
		if !one.holds {
			mark = "**not yet**"
		}
		fmt.Fprintf(&all, "| %s | %s | %s | %s |\n", one.what, one.goal, one.got, mark)
	}
	return all.String()
}

const (
	begin = "<!-- table: written by make bench -->\n"
	end   = "<!-- end of table -->\n"
)

// writeInto puts the table between its marks in the document.
func (t *table) writeInto(path string, o options) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table", path)
	}
	kind := "SQLite"
	if o.database != "" {
		kind = "PostgreSQL"
	}
	said := fmt.Sprintf("Measured on %s: %d rounds of %d requests, %d processors, %s, pages and saves on %s, other jobs beside it: load %s.\n\n",
		time.Now().UTC().Format(time.DateOnly), o.rounds, o.requests, runtime.NumCPU(), runtime.Version(), kind, load())
	return os.WriteFile(path, []byte(before+begin+"\n"+said+t.String()+"\n"+end+after), 0o644)
}

// load is the machine's, for who judges the figures.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}
