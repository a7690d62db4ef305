package graphclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// walker goes through JSON once. It exists because encoding/json lets pass what must not be shown: a property that comes twice, of
// which Graph may mean the other, and texts that are not UTF-8. What is no JSON breaks it: nothing follows then.
type walker struct {
	body, rest []byte
	broken     bool
	partial    bool // a connector lacked some of its properties
}

// errCutShort is JSON that ends too early although the answer came whole: a gateway may cut what it passes on.
var errCutShort = errors.New("the answer's JSON is cut short")

var errNoJSON = errors.New("the answer is not JSON")

func newWalker(body []byte) *walker { return &walker{body: body, rest: body} }

// end is what is wrong with an answer that was walked through: that it is no JSON, or else what was found.
func (w *walker) end(found error) error {
	if w.peek(); found == nil && !w.broken && len(w.rest) == 0 {
		return nil
	}
	if found != nil && json.Valid(w.body) {
		return found
	}
	var cut json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(w.body)).Decode(&cut); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errCutShort
	}
	return errNoJSON
}

func (w *walker) fail() { w.broken, w.rest = true, nil }

// object reads a whole object; member has to read the value of each name.
func (w *walker) object(member func(name []byte) error) error {
	if w.peek() != '{' {
		return errShape
	}
	for more := w.open('}'); more; more = w.next('}') {
		name := w.text()
		if w.peek() != ':' {
			w.fail()
			return nil
		}
		w.rest = w.rest[1:]
		if err := member(name); err != nil {
			return err
		}
	}
	return nil
}

// open passes over a bracket and says whether anything is in it; end is the one that closes it.
func (w *walker) open(end byte) bool {
	w.rest = w.rest[1:]
	if w.peek() != end {
		return true
	}
	w.rest = w.rest[1:]
	return false
}

// next passes over what follows a value and says whether that is a comma.
func (w *walker) next(end byte) bool {
	follows := w.peek()
	if follows != ',' && follows != end {
		w.fail()
		return false
	}
	w.rest = w.rest[1:]
	return follows == ','
}

var null = []byte("null")

var errUTF8 = errors.New("a text that is not in UTF-8")

// nullable reads a string or null. The text may be a part of the answer's.
func (w *walker) nullable() (text []byte, isNull bool, err error) {
	switch w.peek() {
	case '"':
		if text = w.text(); !utf8.Valid(text) {
			return nil, false, errUTF8
		}
		return text, false, nil
	case 'n':
		if !bytes.HasPrefix(w.rest, null) {
			w.fail()
			return nil, true, nil
		}
		w.rest = w.rest[len(null):]
		return nil, true, nil
	}
	return nil, false, errors.New("neither a string nor null")
}

// text reads a string.
func (w *walker) text() []byte {
	if w.peek() != '"' {
		w.fail()
		return nil
	}
	for end := 1; end < len(w.rest); end++ {
		switch c := w.rest[end]; {
		case c == '"':
			text := w.rest[1:end]
			w.rest = w.rest[end+1:]
			return text
		case c == '\\':
			return w.escaped()
		case c < ' ':
			w.fail()
			return nil
		}
	}
	w.fail()
	return nil
}

// escaped reads a string that has escapes.
func (w *walker) escaped() []byte {
	end := 1
	for end < len(w.rest) && w.rest[end] != '"' {
		if w.rest[end] == '\\' {
			end++
		}
		end++
	}
	var text string
	if end >= len(w.rest) || json.Unmarshal(w.rest[:end+1], &text) != nil {
		w.fail()
		return nil
	}
	quoted := w.rest[:end+1]
	w.rest = w.rest[end+1:]
	if !utf8.Valid(quoted) { // which encoding/json has mended
		return quoted
	}
	return []byte(text)
}

// skip passes over a value of any kind.
func (w *walker) skip() {
	if w.peek() == '"' {
		w.text()
		return
	}
	var value json.RawMessage // of a kind that a connector hardly has
	decoder := json.NewDecoder(bytes.NewReader(w.rest))
	if decoder.Decode(&value) != nil {
		w.fail()
		return
	}
	w.rest = w.rest[decoder.InputOffset():]
}

// peek passes over blanks and looks at what follows; it is 0 where nothing does.
func (w *walker) peek() byte {
	for len(w.rest) > 0 {
		switch w.rest[0] {
		case ' ', '\t', '\r', '\n':
			w.rest = w.rest[1:]
		default:
			return w.rest[0]
		}
	}
	return 0
}
