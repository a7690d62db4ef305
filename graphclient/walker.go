package graphclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// walker goes through JSON that is known to be valid. It exists because encoding/json lets pass what must not be shown:
// a property that comes twice, of which Graph may mean the other, and texts that are not UTF-8. It also halves what
// the client allocates.
type walker struct {
	rest    []byte
	partial bool // a connector lacked some of its properties
}

// errCutShort is JSON that ends too early although the answer came whole: a gateway may cut what it passes on.
var errCutShort = errors.New("the answer's JSON is cut short")

var errNoJSON = errors.New("the answer is not JSON")

func newWalker(body []byte) (*walker, error) {
	if json.Valid(body) {
		return &walker{rest: body}, nil
	}
	var cut json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&cut); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, errCutShort
	}
	return nil, errNoJSON
}

// object reads a whole object; member has to read the value of each name.
func (w *walker) object(member func(name []byte) error) error {
	if w.peek() != '{' {
		return errShape
	}
	for w.rest = w.rest[1:]; w.peek() != '}'; w.comma() {
		name := w.text()
		w.peek()
		w.rest = w.rest[1:] // the colon
		if err := member(name); err != nil {
			return err
		}
	}
	w.rest = w.rest[1:]
	return nil
}

var errUTF8 = errors.New("a text that is not in UTF-8")

// nullable reads a string or null. The text may be a part of the answer’s.
func (w *walker) nullable() (text []byte, null bool, err error) {
	switch w.peek() {
	case '"':
		if text = w.text(); !utf8.Valid(text) {
			return nil, false, errUTF8
		}
		return text, false, nil
	case 'n':
		w.rest = w.rest[len("null"):]
		return nil, true, nil
	}
	return nil, false, errors.New("neither a string nor null")
}

// text reads a string.
func (w *walker) text() []byte {
	end, escaped := 1, false
	for ; w.rest[end] != '"'; end++ {
		if w.rest[end] == '\\' {
			end++
			escaped = true
		}
	}
	quoted := w.rest[:end+1]
	w.rest = w.rest[end+1:]
	if !escaped {
		return quoted[1:end]
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is valid
	return []byte(text)
}

// skip passes over a value of any kind.
func (w *walker) skip() {
	depth := 0
	for {
		switch w.peek() {
		case '"':
			w.text()
		case '{', '[':
			depth++
			w.rest = w.rest[1:]
			continue
		case '}', ']':
			depth--
			w.rest = w.rest[1:]
		case ',', ':':
			w.rest = w.rest[1:]
			continue
		default: // a number, true, false or null
			end := bytes.IndexAny(w.rest, ",]} \t\r\n")
			w.rest = w.rest[max(end, 0):]
		}
		if depth == 0 {
			return
		}
	}
}

// peek passes over blanks and looks at what follows.
func (w *walker) peek() byte {
	for {
		switch w.rest[0] {
		case ' ', '\t', '\r', '\n':
			w.rest = w.rest[1:]
		default:
			return w.rest[0]
		}
	}
}

// comma passes over the comma between two values, if there is one.
func (w *walker) comma() {
	if w.peek() == ',' {
		w.rest = w.rest[1:]
	}
}
