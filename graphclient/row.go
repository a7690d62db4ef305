package graphclient

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"switchboard/internal/connector"
)

// row is one object that should be a connector, as far as it has been read.
type row struct {
	text   []byte // of all its values, one after the other: they share what they are kept in
	values [connector.Count]span
	faults []string
}

// span is where a property's value is in the row's text.
type span struct {
	from, to int
	came     bool // the property was there
	held     bool // with a text
}

// newRow has room for most connectors.
func newRow() *row { return &row{text: make([]byte, 0, 256)} }

// names are the properties' in the order of their places.
var names = func() (names [connector.Count]string) {
	for place, property := range connector.Properties() {
		names[place] = property.Name
	}
	return names
}()

// row reads one element, whatever it is; into is room to work in.
func (w *walker) row(into *row) *row {
	*into = row{text: into.text[:0]}
	if kind := w.kind(); kind != "an object" {
		w.skip()
		into.faults = []string{"the row is " + kind}
		return into
	}
	_ = w.object(func(name []byte) error { w.property(name, into); return nil })
	return w.finished(into)
}

// property keeps one of the ten properties and passes over others. Graph writes a name in one way: in other letter case
// it may be another property, so that its value is shown, and the row is none to rely on.
func (w *walker) property(name []byte, into *row) {
	place := slices.Index(names[:], string(name))
	if place < 0 {
		if place = inOtherCase(name); place < 0 {
			w.skip()
			return
		}
		into.fault(names[place] + " has its name in other letter case")
	}
	kept, value := names[place], &into.values[place]
	if value.came {
		into.fault(kept + " comes twice")
	}
	twice := value.came
	*value = span{came: true}
	kind := w.kind()
	start := w.rest
	text, null, err := w.nullable()
	switch {
	case errors.Is(err, errUTF8):
		into.fault(kept + " is not in UTF-8")
	case err != nil:
		w.rest = start
		w.skip()
		into.fault(kept + " is " + kind)
	case !twice && !null: // which of two is meant is not known
		value.held, value.from = true, len(into.text)
		into.text = append(into.text, text...)
		value.to = len(into.text)
	}
}

func (r *row) fault(what string) {
	if !slices.Contains(r.faults, what) {
		r.faults = append(r.faults, what)
	}
}

func inOtherCase(name []byte) int {
	return slices.IndexFunc(names[:], func(kept string) bool { return len(kept) == len(name) && bytes.EqualFold(name, []byte(kept)) })
}

// finished judges the id, without which nobody could ask for the connector.
func (w *walker) finished(read *row) *row {
	for _, value := range read.values {
		w.partial = w.partial || !value.came
	}
	first := &read.values[0] // the id comes first in the table
	id := string(read.text[first.from:first.to])
	odd := slices.ContainsFunc(read.faults, func(fault string) bool { return strings.HasPrefix(fault, connector.ID+" ") })
	switch {
	case askable(id):
		return read
	case strings.TrimSpace(id) != "":
		read.fault("id is too long, or has characters that no id has")
	case !odd:
		read.fault("there is no id")
	}
	first.held = false
	return read
}

// kind says in words what follows.
func (w *walker) kind() string {
	switch first := w.peek(); first {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// rows are connectors and what should have been some, in the order in which they came.
type rows struct {
	connectors []connector.Connector
	unreadable []connector.Unreadable
}

// add keeps a row that was read.
func (r *rows) add(read *row) {
	var values [connector.Count]connector.Value
	text := string(read.text)
	for place, value := range read.values {
		if value.held {
			values[place] = connector.Of(text[value.from:value.to])
		}
	}
	object := connector.Ordered(values)
	if len(read.faults) > 0 {
		r.unreadable = append(r.unreadable, connector.Unreadable{Part: object, Faults: read.faults})
		return
	}
	r.connectors = append(r.connectors, object)
}
