// Package sheet reads a file of connectors that somebody has edited, most often the list's own export. It knows no tenant: which
// ids there are is for its caller to say.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"switchboard/internal/connector"
)

// The most that a file may have.
const (
	MostBytes = 1_000_000
	MostRows  = 2000
)

// MostFaults is how many faults are looked for: who has more mends these first.
const MostFaults = 100

// Sheet is a file that can be read.
type Sheet struct {
	// Rows are the connectors that it names, in its order.
	Rows []Row
	// Passed are the columns of properties that it has and that were not taken, as nobody asked for them.
	Passed []string
	// Named are the rows of a file that has faults, of which nothing is taken: their ids can be looked up all the same, so that whoever
	// mends the file learns of all that is wrong with it at once.
	Named []Row
}

// Row is what a file asks of one connector.
type Row struct {
	// Line is where it stands, Column where its id does; both count from 1.
	Line, Column int
	ID           string
	// cells are what stands in its columns, by property; those without anything to see are left out.
	cells map[string]string
}

// Asks says whether the row has anything beside its id.
func (r Row) Asks() bool { return len(r.cells) > 0 }

// Wanted is what the row asks of the connector as Graph holds it, by property. A cell that says what the export of that value says
// asks for nothing.
func (r Row) Wanted(held connector.Connector) map[string]string {
	wanted := map[string]string{}
	for name, cell := range r.cells {
		value := held.Value(name)
		if cell != lineFeeds.Replace(connector.Inert(value.Text())) {
			wanted[name] = connector.Bare(cell)
		}
	}
	return wanted
}

// lineFeeds: a reader of CSV, and every spreadsheet, makes one character of a line break in a cell.
var lineFeeds = strings.NewReplacer("\r\n", "\n")

// Fault is what is wrong with the row's id.
func (r Row) Fault(message string) Fault {
	return Fault{Line: r.Line, Column: r.Column, Name: connector.ID, Message: message}
}

// Fault is what is wrong with a file. Line and Column count from 1; 0 is none, so that the fault is of the line, or of the file.
type Fault struct {
	Line, Column int
	// Name heads the column; it may be empty.
	Name string
	// Message says what is wrong and how to mend it.
	Message string
}

// Place says where a fault is.
func (f Fault) Place() string {
	switch {
	case f.Line == 0:
		return "The file"
	case f.Column == 0:
		return "Line " + strconv.Itoa(f.Line)
	case f.Name == "":
		return "Line " + strconv.Itoa(f.Line) + ", column " + strconv.Itoa(f.Column)
	}
	return "Line " + strconv.Itoa(f.Line) + ", column " + strconv.Itoa(f.Column) + " (" + f.Name + ")"
}

// Asked says which of the properties that the service usually sets are to be taken: connector.LastSyncDateTime and connector.Status.
// An export holds them as they were, and to send that back would undo what has happened since.
type Asked func(name string) bool

// Read reads a file. With faults the sheet has nothing but Named.
func Read(file []byte, asked Asked) (Sheet, []Fault) {
	if !bytes.ContainsRune(file, '\n') { // Excel's CSV (Macintosh) ends its lines with the sign for going back alone
		file = bytes.ReplaceAll(file, []byte("\r"), []byte("\n"))
	}
	if faults := unreadable(file); len(faults) > 0 {
		return Sheet{}, faults
	}
	file = bytes.TrimPrefix(file, []byte(byteOrderMark))
	comma, skipped := separator(file)
	r := &reader{asked: asked, before: skipped, lines: bytes.Split(file, []byte("\n")), seen: map[string]int{}}
	for range skipped {
		_, file, _ = bytes.Cut(file, []byte("\n"))
	}
	r.csv = csv.NewReader(bytes.NewReader(file))
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = comma, -1, true
	r.read()
	if len(r.faults) > 0 {
		return Sheet{Named: r.sheet.Rows}, r.faults
	}
	return r.sheet, nil
}

// reader reads one file.
type reader struct {
	csv   *csv.Reader
	asked Asked
	// lines are the file's, before is how many of them stand before what csv reads.
	lines  [][]byte
	before int
	// columns are what the columns hold: a property's name, passedOver, or "" for one without a name.
	columns []string
	// seen is the line of each id.
	seen   map[string]int
	sheet  Sheet
	faults []Fault
}

// passedOver is a column that nothing is taken from.
const passedOver = "-"

func (r *reader) read() {
	header, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		r.fault(0, 0, "This file is empty. Send one with a line of column names, beginning with id, and a line for each connector.")
		return
	}
	if err != nil {
		r.broken(err)
		return
	}
	if !r.header(header) {
		return
	}
	for len(r.faults) < MostFaults {
		record, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // what follows cannot be told apart any more
			r.broken(err)
			return
		}
		if !r.row(record) {
			return
		}
	}
	if len(r.seen) == 0 && len(r.faults) == 0 {
		r.fault(0, 0, "This file has column names and no connector. Give it a line for each one that you want to change.")
	}
}

// row takes one line; false says that the rest is not looked at.
func (r *reader) row(record []string) bool {
	line, _ := r.csv.FieldPos(0)
	line += r.before
	if !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return true // a spreadsheet keeps the separators of rows that were cleared
	}
	if len(record) != len(r.columns) {
		r.fault(line, min(len(record), len(r.columns))+1, "This line has "+cells(len(record))+" and the first line has "+strconv.Itoa(len(r.columns))+
			". Give it as many, with an empty one for what stays as it is.")
		return true
	}
	row := Row{Line: line, Column: slices.Index(r.columns, connector.ID) + 1, cells: map[string]string{}}
	for i, cell := range record {
		switch name := r.columns[i]; {
		case name == connector.ID:
			row.ID = connector.Bare(strings.TrimSpace(cell))
		case strings.TrimSpace(cell) == "": // it looks empty to whoever edits the file
		case name == "":
			r.fault(line, i+1, "This column has no name in the first line. Give it one of Graph’s names, or empty it.")
		case name != passedOver:
			row.cells[name] = cell
		}
	}
	return r.take(row)
}

// take adds a row.
func (r *reader) take(row Row) bool {
	first, doubled := r.seen[connector.Key(row.ID)]
	switch {
	case row.ID == "" && !row.Asks():
		return true // what an export has of something that cannot be read
	case row.ID == "":
		r.fault(row.Line, row.Column, "This line has no id, so nobody can tell which connector it means.")
		return true
	case doubled:
		r.fault(row.Line, row.Column, "The id of this line stands in line "+strconv.Itoa(first)+" already. Keep one of the two.")
		return true
	case len(r.seen) == MostRows:
		r.fault(row.Line, 0, "A file may have "+connector.Thousands(MostRows)+" connectors. Take out the lines from here on, and send them as a second file.")
		return false
	}
	r.seen[connector.Key(row.ID)] = row.Line
	r.sheet.Rows = append(r.sheet.Rows, row)
	return true
}

func (r *reader) fault(line, column int, message string) {
	fault := Fault{Line: line, Column: column, Message: message}
	if column > 0 && column <= len(r.columns) && r.columns[column-1] != passedOver {
		fault.Name = r.columns[column-1]
	}
	r.faults = append(r.faults, fault)
}

// broken tells what encoding/csv could not read.
func (r *reader) broken(err error) {
	var where *csv.ParseError
	message := "This line cannot be read."
	if !errors.As(err, &where) {
		r.fault(0, 0, message)
		return
	}
	switch {
	case errors.Is(where.Err, csv.ErrBareQuote):
		message = `A quote (") stands in the middle of a cell. Put the whole cell in quotes, and write each quote inside it twice.`
	case errors.Is(where.Err, csv.ErrQuote):
		message = `A cell that begins with a quote (") does not end with one before its separator. Close it, or write each quote inside it twice.`
	}
	line := where.StartLine + r.before
	text := r.lines[min(line, len(r.lines))-1]
	if where.Line == where.StartLine {
		text = text[:min(max(where.Column-1, 0), len(text))]
	}
	r.fault(line, cellsIn(text, r.csv.Comma), message+" What comes after it was not looked at.")
}

func cells(count int) string {
	if count == 1 {
		return "1 cell"
	}
	return strconv.Itoa(count) + " cells"
}

// firstCharacters is a text for a message, cut where it is long.
func firstCharacters(text string) string {
	if first, more := connector.First(text, 60); more {
		return first + "…"
	}
	if !utf8.ValidString(text) {
		return "?"
	}
	return text
}
