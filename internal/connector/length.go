package connector

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// The most characters that a person may send. Graph's own values may be longer.
const (
	LongestValue  = 4096
	LongestReason = 4000
)

// beginning is how many characters of a longer value a form shows.
const beginning = 200

// Characters counts Unicode code points. A line break is one, which a browser's form sends as two.
func Characters(text string) int { return utf8.RuneCountInString(text) - strings.Count(text, "\r\n") }

// First are the first characters of a text, and whether there are more.
func First(text string, most int) (first string, more bool) {
	if len(text) <= most {
		return text, false
	}
	count := 0
	for i := range text {
		if count == most {
			return text[:i], true
		}
		count++
	}
	return text, false
}

// Long says whether the value is longer than a form holds. Its beginning stands in the form then.
func (v Value) Long() bool { _, more := First(v.text, LongestValue); return more }

// Brief is a value as a form carries it: itself, or of a long one its beginning and by what to know it again.
func (v Value) Brief() Value {
	if !v.Long() {
		return v
	}
	first, _ := First(v.text, beginning)
	sum := sha256.Sum256([]byte(v.text))
	return Value{text: first + "…", present: true, digest: hex.EncodeToString(sum[:])}
}

// Abridged says whether the value is only the beginning of one that Graph holds.
func (v Value) Abridged() bool { return v.digest != "" }

// same says whether both are the same value, whichever of them is brief.
func (v Value) same(other Value) bool {
	return v == other || v.present && other.present && v.Abridged() != other.Abridged() && v.Brief() == other.Brief()
}

// Brief is the connector as a form carries it.
func (c Connector) Brief() Connector {
	if c.held == nil || !slices.ContainsFunc(c.held.values[:], Value.Long) {
		return c
	}
	values := map[string]Value{}
	for name, value := range c.all() {
		if value.Long() {
			values[name] = value.Brief()
		}
	}
	return c.With(values)
}
