package graphclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"switchboard/connector"
)

// page is one page of the list.
type page struct {
	connectors []connector.Connector
	next       string // @odata.nextLink, empty on the last page
}

// maxNames bounds the names of one object; a connector has ten and some annotations.
const maxNames = 256

var properties = len(connector.Properties())

// reader walks one answer. It refuses what encoding/json lets pass: a name twice, of which one value would be shown and
// the other meant, and texts that are not UTF-8.
type reader struct {
	*json.Decoder
	partial bool // a connector lacked some of its properties
}

func newReader(body []byte) (*reader, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the answer is not UTF-8")
	}
	return &reader{Decoder: json.NewDecoder(bytes.NewReader(body))}, nil
}

// decodeOne reads a connector, bare or wrapped in value, alone or as the only one of an array. whole says whether the
// answer held all ten properties; one that is left out is null here, and may be something else in Graph.
func decodeOne(body []byte, id string) (object connector.Connector, whole bool, err error) {
	r, err := newReader(body)
	if err != nil {
		return connector.Connector{}, false, err
	}
	objects, err := r.one()
	if err == nil {
		err = r.end()
	}
	switch {
	case err != nil:
		return connector.Connector{}, false, err
	case len(objects) != 1:
		return connector.Connector{}, false, fmt.Errorf("the answer holds %d connectors, not one", len(objects))
	case !strings.EqualFold(objects[0].ID(), id):
		return connector.Connector{}, false, errors.New("the answer is another connector")
	}
	return objects[0], !r.partial, nil
}

// decodePage reads a page of the list.
func decodePage(body []byte) (page, error) {
	r, err := newReader(body)
	if err != nil {
		return page{}, err
	}
	var read page
	found := false
	err = r.object(func(name string) (err error) {
		switch name {
		case "value":
			found = true
			read.connectors, err = r.array()
		case "@odata.nextLink":
			var next connector.Value
			next, err = r.value()
			read.next = next.Text()
		default:
			err = r.ignore()
		}
		return err
	})
	if err == nil {
		err = r.end()
	}
	if err == nil && !found {
		err = errors.New("the answer is no list")
	}
	return read, err
}

// one reads a whole object that is a connector or wraps one.
func (r *reader) one() ([]connector.Connector, error) {
	var wrapped []connector.Connector
	values := map[string]connector.Value{}
	err := r.object(func(name string) (err error) {
		if name != "value" {
			return r.property(name, values)
		}
		wrapped, err = r.valueOf()
		return err
	})
	if err != nil || wrapped != nil {
		return wrapped, err
	}
	return r.built(values)
}

// valueOf reads what value wraps.
func (r *reader) valueOf() ([]connector.Connector, error) {
	token, err := r.Token()
	switch {
	case err != nil:
		return nil, err
	case token == json.Delim('{'):
		return r.members()
	case token == json.Delim('['):
		return r.elements()
	}
	return nil, errors.New("value holds no connector")
}

func (r *reader) array() ([]connector.Connector, error) {
	if err := r.expect('['); err != nil {
		return nil, err
	}
	return r.elements()
}

// elements reads the connectors of an array after its bracket.
func (r *reader) elements() ([]connector.Connector, error) {
	all := []connector.Connector{}
	for r.More() {
		if err := r.expect('{'); err != nil {
			return nil, err
		}
		object, err := r.members()
		if err != nil {
			return nil, err
		}
		all = append(all, object...)
	}
	return all, r.expect(']')
}

// members reads one connector after its brace.
func (r *reader) members() ([]connector.Connector, error) {
	values := make(map[string]connector.Value, properties)
	err := r.rest(func(name string) error { return r.property(name, values) })
	if err != nil {
		return nil, err
	}
	return r.built(values)
}

func (r *reader) built(values map[string]connector.Value) ([]connector.Connector, error) {
	r.partial = r.partial || len(values) < properties
	object := connector.New(values)
	if object.ID() == "" {
		return nil, errors.New("an object without an id is no connector")
	}
	return []connector.Connector{object}, nil
}

// property keeps one of the ten properties and passes over others.
func (r *reader) property(name string, values map[string]connector.Value) (err error) {
	if _, known := connector.Lookup(name); !known {
		return r.ignore()
	}
	values[name], err = r.value()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// value reads a string or null.
func (r *reader) value() (connector.Value, error) {
	token, err := r.Token()
	if err != nil {
		return connector.Null(), err
	}
	switch text := token.(type) {
	case nil:
		return connector.Null(), nil
	case string:
		return connector.Of(text), nil
	}
	return connector.Null(), errors.New("neither a string nor null")
}

// ignore passes over a value of any kind; encoding/json bounds its depth.
func (r *reader) ignore() error {
	var skipped json.RawMessage
	return r.Decode(&skipped)
}

// object reads a whole object; member reads the value of each name.
func (r *reader) object(member func(name string) error) error {
	if err := r.expect('{'); err != nil {
		return err
	}
	return r.rest(member)
}

func (r *reader) rest(member func(name string) error) error {
	names := make([]string, 0, 2*properties)
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		for _, other := range names {
			if name == other {
				return errors.New("a name comes twice in one object")
			}
		}
		if names = append(names, name); len(names) > maxNames {
			return fmt.Errorf("an object has more than %d names", maxNames)
		}
		if err := member(name); err != nil {
			return err
		}
	}
	return r.expect('}')
}

func (r *reader) expect(delimiter json.Delim) error {
	token, err := r.Token()
	if err == nil && token != delimiter {
		err = fmt.Errorf("%q is missing", delimiter.String())
	}
	return err
}

// end makes sure that nothing follows.
func (r *reader) end() error {
	if _, err := r.Token(); err != io.EOF {
		return errors.New("something follows the answer's JSON")
	}
	return nil
}
