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
	values map[string]connector.Value
	faults []string
}

func newRow() *row { return &row{values: make(map[string]connector.Value, len(known))} }

// known finds a property's name without making a string of it.
var known = func() map[string]string {
	names := map[string]string{}
	for _, property := range connector.Properties() {
		names[property.Name] = property.Name
	}
	return names
}()

// row reads one element, whatever it is; into is room to work in.
func (w *walker) row(into *row) *row {
	clear(into.values)
	into.faults = nil
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
	kept, exact := known[string(name)]
	if !exact {
		if kept = inOtherCase(name); kept == "" {
			w.skip()
			return
		}
		into.fault(kept + " has its name in other letter case")
	}
	_, twice := into.values[kept]
	if twice {
		into.fault(kept + " comes twice")
	}
	kind := w.kind()
	start := w.rest
	value, err := w.value()
	switch {
	case errors.Is(err, errUTF8):
		into.fault(kept + " is not in UTF-8")
	case err != nil:
		w.rest = start
		w.skip()
		into.fault(kept + " is " + kind)
	case twice: // which of the two is meant is not known
		value = connector.Null()
	}
	into.values[kept] = value
}

func (r *row) fault(what string) {
	if !slices.Contains(r.faults, what) {
		r.faults = append(r.faults, what)
	}
}

func inOtherCase(name []byte) string {
	for _, kept := range known {
		if len(kept) == len(name) && bytes.EqualFold(name, []byte(kept)) {
			return kept
		}
	}
	return ""
}

// finished judges the id, without which nobody could ask for the connector.
func (w *walker) finished(read *row) *row {
	w.partial = w.partial || len(read.values) < len(known)
	id := read.values[connector.ID].Text()
	odd := slices.ContainsFunc(read.faults, func(fault string) bool { return strings.HasPrefix(fault, connector.ID+" ") })
	switch {
	case askable(id):
		return read
	case strings.TrimSpace(id) != "":
		read.fault("id is too long, or has characters that no id has")
	case !odd:
		read.fault("there is no id")
	}
	read.values[connector.ID] = connector.Null()
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
	object := connector.New(read.values)
	if len(read.faults) > 0 {
		r.unreadable = append(r.unreadable, connector.Unreadable{Part: object, Faults: read.faults})
		return
	}
	r.connectors = append(r.connectors, object)
}
