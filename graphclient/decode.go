package graphclient

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"switchboard/internal/connector"
)

// page is one page of the list.
type page struct {
	rows
	next  string // @odata.nextLink, empty on the last page
	count int    // @odata.count, 0 where it is missing or is no number
}

var (
	errName  = errors.New("a property comes twice in one object")
	errShape = errors.New("the answer's JSON is not what was asked for")
)

// decodeOne reads a connector, bare or wrapped in value, alone or as the only one of an array. whole says whether the
// answer held all ten properties; one that is left out is null here, and may be something else in Graph.
func decodeOne(body []byte, id string) (object connector.Connector, whole bool, err error) {
	w := newWalker(body)
	read, err := w.one()
	err = w.end(err)
	objects := read.connectors
	switch {
	case err != nil:
		return connector.Connector{}, false, err
	case len(objects) == 0 && len(read.unreadable) == 1:
		return connector.Connector{}, false, read.unreadable[0]
	case len(objects)+len(read.unreadable) != 1:
		return connector.Connector{}, false, fmt.Errorf("the answer holds %d connectors, not one", len(objects)+len(read.unreadable))
	case !strings.EqualFold(objects[0].ID(), id):
		return connector.Connector{}, false, errors.New("the answer is another connector")
	}
	return objects[0], !w.partial, nil
}

// decodePage reads a page of the list. A row that is no connector costs that row alone.
func decodePage(body []byte) (page, error) {
	w := newWalker(body)
	var read page
	var next, value bool
	err := w.object(func(name []byte) (err error) {
		switch string(name) {
		case "value":
			if value {
				return errName
			}
			value = true
			read.rows, err = w.array()
		case "@odata.nextLink":
			if next {
				return errName
			}
			next = true
			var link []byte
			link, _, err = w.nullable()
			read.next = string(link)
		case "@odata.count":
			read.count = w.count()
		default:
			w.skip()
		}
		return err
	})
	if err == nil && !value {
		err = errShape
	}
	return read, w.end(err)
}

// count reads a number, which OData may write as a text too; what is neither is passed over as 0.
func (w *walker) count() int {
	w.peek()
	start := w.rest
	w.skip()
	count, err := strconv.Atoi(strings.Trim(string(start[:len(start)-len(w.rest)]), `"`))
	if err != nil {
		return 0
	}
	return count
}

// one reads a whole object that is a connector or wraps one.
func (w *walker) one() (rows, error) {
	var wrapped rows
	var wraps bool
	bare := newRow()
	err := w.object(func(name []byte) (err error) {
		switch {
		case string(name) != "value":
			w.property(name, bare)
		case wraps:
			return errName
		case w.peek() == '[':
			wraps = true
			wrapped, err = w.array()
		default:
			wraps = true
			wrapped.add(w.row(newRow()))
		}
		return err
	})
	if err != nil || wraps {
		return wrapped, err
	}
	var alone rows
	alone.add(w.finished(bare))
	return alone, nil
}

// array reads an array of connectors.
func (w *walker) array() (rows, error) {
	if w.peek() != '[' {
		return rows{}, errShape
	}
	var all rows
	read := newRow()
	for more := w.open(']'); more; more = w.next(']') {
		all.add(w.row(read))
	}
	return all, nil
}
