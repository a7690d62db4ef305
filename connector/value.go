package connector

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Value is what Graph holds in one property: its text exactly as it came over the wire, or null. The zero Value is null.
// Values compare with ==.
type Value struct {
	text    string
	present bool
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

// FormText is what a single-line text field of a browser shows of the value and sends back untouched: the HTML standard
// strips line breaks from it, and its parser replaces NUL.
func (v Value) FormText() string { return asField.Replace(v.text) }

var asField = strings.NewReplacer("\r", "", "\n", "", "\x00", "\ufffd")

// MarshalJSON writes a JSON string or null.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.IsNull() {
		return []byte("null"), nil
	}
	return json.Marshal(v.text)
}

// UnmarshalJSON reads a JSON string or null; anything else is an error.
func (v *Value) UnmarshalJSON(data []byte) error {
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
