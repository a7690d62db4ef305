package connector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Value is what Graph holds in one property: its text exactly as it came over the wire, or null. The zero Value is null.
// Values compare with ==.
type Value struct {
	text    string
	present bool
	digest  string // of the whole text, where text is only its beginning
}

// Of is a value that holds the text, which may be empty: Graph tells "" from null.
func Of(text string) Value { return Value{text: text, present: true} }

// Null is Graph's null, the zero Value.
func Null() Value { return Value{} }

// Text is the exact text; it is empty for null.
func (v Value) Text() string { return v.text }

// IsNull says whether Graph holds null rather than a text.
func (v Value) IsNull() bool { return !v.present }

// IsEmpty says whether a person would see nothing: null or a text without characters.
func (v Value) IsEmpty() bool { return v.text == "" }

// FormText is the value as a single-line text field of a browser can hold it: the HTML standard strips line breaks from a
// field, and its parser replaces NUL, so that EX01 with a line break and EX01 would look alike and be sent alike. Each of
// the three is shown by the picture that Unicode has of it, and FromForm puts it back. Of a long value it is the beginning.
func (v Value) FormText() string { return FieldText(v.Brief().text) }

// FieldText is a text that was typed, as such a field can hold it.
func FieldText(text string) string { return intoField.Replace(text) }

// FromForm is what a person means by the text of a field that showed the value. Where the value itself has such pictures,
// those of the text are taken as they are.
func (v Value) FromForm(text string) string {
	if text == v.FormText() {
		return v.text
	}
	if strings.ContainsAny(v.text, pictures) {
		return text
	}
	return outOfField.Replace(text)
}

const pictures = "\u240a\u240d\u2400"

var (
	intoField  = strings.NewReplacer("\n", "\u240a", "\r", "\u240d", "\x00", "\u2400")
	outOfField = strings.NewReplacer("\u240a", "\n", "\u240d", "\r", "\u2400", "\x00")
)

// abridged is a brief value in a form's state.
type abridged struct {
	Beginning string `json:"beginning"`
	SHA256    string `json:"sha256"`
}

// MarshalJSON writes a JSON string or null, and of a brief value an object.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case v.IsNull():
		return []byte("null"), nil
	case v.Abridged():
		return json.Marshal(abridged{v.text, v.digest})
	}
	return json.Marshal(v.text)
}

// UnmarshalJSON reads what MarshalJSON wrote; anything else is an error.
func (v *Value) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		var brief abridged
		if err := json.Unmarshal(data, &brief); err != nil || brief.SHA256 == "" {
			return errors.New("a property is neither a string nor null")
		}
		*v = Value{text: brief.Beginning, present: true, digest: brief.SHA256}
		return nil
	}
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("a property is neither a string nor null: %w", err)
	}
	*v = Null()
	if text != nil {
		*v = Of(*text)
	}
	return nil
}
