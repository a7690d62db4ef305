package graphclient

import (
	"encoding/json"
	"errors"
)

// readCut reads JSON into what it is for, and JSON that ends too early as far as it goes: an error object says by its
// beginning whose it is and why, however long its message is.
func readCut(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if odd := (*json.SyntaxError)(nil); !errors.As(err, &odd) {
		return err
	}
	return json.Unmarshal(closed(text), into)
}

// closed ends a text and the objects and arrays that are open at the end of JSON which was cut within a text. What was cut
// elsewhere is not mended by it.
func closed(text []byte) []byte {
	var open []byte
	quoted, start := false, 0 // start is where the last character or escape sequence begins
	for i := 0; i < len(text); i++ {
		start = i
		switch c := text[i]; {
		case quoted && c == '\\' && i+1 < len(text) && text[i+1] == 'u':
			i += 5
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
		if i >= len(text) {
			text = text[:start]
		}
	}
	whole := append([]byte(nil), text...)
	if quoted {
		whole = append(whole, '"')
	}
	for i := len(open) - 1; i >= 0; i-- {
		whole = append(whole, open[i])
	}
	return whole
}
