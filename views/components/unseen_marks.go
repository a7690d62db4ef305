package components

import (
	"html"
	"io"
	"strconv"
)

// writeMarked writes a text, without a blank that is not its own. A mark is a picture with a name and no part of what is copied; where
// it stands in the place of characters, data-code says of which, see copy.js.
func writeMarked(w io.Writer, text string, form form, twin bool) error {
	if !twin && plainly(text, form) {
		return Write(w, html.EscapeString(text))
	}
	for _, part := range runsOf(text, form, twin) {
		if err := writeRun(w, part); err != nil {
			return err
		}
	}
	return nil
}

func writeRun(w io.Writer, part run) error {
	if err := Write(w, html.EscapeString(part.text)); err != nil || part.mark == "" {
		return err
	}
	name, code := html.EscapeString(part.name), ""
	if part.times > 0 {
		code = ` data-code="` + strconv.FormatInt(int64(part.letter), 16) + " " + strconv.Itoa(part.times) + `"`
	}
	return Write(w, `<span class="hidden-mark" role="img" aria-label="`, name, `" title="`, name, `"`, code, ">", part.mark, "</span>")
}
