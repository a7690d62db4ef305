package graphclient

import (
	"errors"
	"fmt"
	"strings"

	"switchboard/connector"
)

// page is one page of the list.
type page struct {
	connectors []connector.Connector
	next       string // @odata.nextLink, empty on the last page
}

var (
	errName  = errors.New("a property comes twice in one object")
	errShape = errors.New("the answer's JSON is not what was asked for")
)

// known finds a property's name without making a string of it.
var known = func() map[string]string {
	names := map[string]string{}
	for _, property := range connector.Properties() {
		names[property.Name] = property.Name
	}
	return names
}()

// decodeOne reads a connector, bare or wrapped in value, alone or as the only one of an array. whole says whether the
// answer held all ten properties; one that is left out is null here, and may be something else in Graph.
func decodeOne(body []byte, id string) (object connector.Connector, whole bool, err error) {
	w, err := newWalker(body)
	if err != nil {
		return connector.Connector{}, false, err
	}
	objects, err := w.one()
	switch {
	case err != nil:
		return connector.Connector{}, false, err
	case len(objects) != 1:
		return connector.Connector{}, false, fmt.Errorf("the answer holds %d connectors, not one", len(objects))
	case !strings.EqualFold(objects[0].ID(), id):
		return connector.Connector{}, false, errors.New("the answer is another connector")
	}
	return objects[0], !w.partial, nil
}

// decodePage reads a page of the list.
func decodePage(body []byte) (page, error) {
	w, err := newWalker(body)
	if err != nil {
		return page{}, err
	}
	var read page
	var next, value bool
	err = w.object(func(name []byte) (err error) {
		switch string(name) {
		case "value":
			if value {
				return errName
			}
			value = true
			read.connectors, err = w.array()
		case "@odata.nextLink":
			if next {
				return errName
			}
			next = true
			var link connector.Value
			link, err = w.value()
			read.next = link.Text()
		default:
			w.skip()
		}
		return err
	})
	if err == nil && !value {
		err = errShape
	}
	return read, err
}

// one reads a whole object that is a connector or wraps one.
func (w *walker) one() ([]connector.Connector, error) {
	var wrapped []connector.Connector
	values := make(map[string]connector.Value, len(known))
	err := w.object(func(name []byte) (err error) {
		switch {
		case string(name) != "value":
			return w.property(name, values)
		case wrapped != nil:
			return errName
		case w.peek() == '[':
			wrapped, err = w.array()
		default:
			inner := make(map[string]connector.Value, len(known))
			wrapped, err = w.appended(nil, inner)
		}
		return err
	})
	if err != nil || wrapped != nil {
		return wrapped, err
	}
	return w.built(nil, values)
}

// array reads an array of connectors; it is not nil.
func (w *walker) array() ([]connector.Connector, error) {
	if w.peek() != '[' {
		return nil, errShape
	}
	all := []connector.Connector{}
	values := make(map[string]connector.Value, len(known))
	for w.rest = w.rest[1:]; w.peek() != ']'; w.comma() {
		var err error
		if all, err = w.appended(all, values); err != nil {
			return nil, err
		}
	}
	w.rest = w.rest[1:]
	return all, nil
}

// appended reads one connector; values are room to work in.
func (w *walker) appended(all []connector.Connector, values map[string]connector.Value) ([]connector.Connector, error) {
	clear(values)
	if err := w.object(func(name []byte) error { return w.property(name, values) }); err != nil {
		return nil, err
	}
	return w.built(all, values)
}

func (w *walker) built(all []connector.Connector, values map[string]connector.Value) ([]connector.Connector, error) {
	if values[connector.ID].IsEmpty() {
		return nil, errors.New("an object without an id is no connector")
	}
	w.partial = w.partial || len(values) < len(known)
	return append(all, connector.New(values)), nil
}

// property keeps one of the ten properties and passes over others.
func (w *walker) property(name []byte, values map[string]connector.Value) (err error) {
	kept, ok := known[string(name)]
	if !ok {
		w.skip()
		return nil
	}
	if _, twice := values[kept]; twice {
		return errName
	}
	if values[kept], err = w.value(); err != nil {
		return fmt.Errorf("%s: %w", kept, err)
	}
	return nil
}
