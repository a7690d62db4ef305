package components

import (
	"context"
	"html"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
)

// parts draws runs, without a blank that is not theirs. A mark is a picture with a name and no part of what is copied; where
// it stands in the place of characters, data-code says of which, see copy.js.
func parts(runs []run) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var drawn strings.Builder
		for _, part := range runs {
			drawn.WriteString(html.EscapeString(part.text))
			if part.mark == "" {
				continue
			}
			name := html.EscapeString(part.name)
			drawn.WriteString(`<span class="hidden-mark" role="img" aria-label="` + name + `" title="` + name + `"`)
			if part.times > 0 {
				drawn.WriteString(` data-code="` + strconv.FormatInt(int64(part.letter), 16) + " " + strconv.Itoa(part.times) + `"`)
			}
			drawn.WriteString(">" + part.mark + "</span>")
		}
		_, err := io.WriteString(w, drawn.String())
		return err
	})
}

// nameRuns are those of a connector's name, each part by itself.
func nameRuns(name connector.Name) []run {
	runs := partRuns(name.Short)
	if name.Organization == "" {
		return runs
	}
	return append(append(runs, run{text: " · "}), partRuns(name.Organization)...)
}

func partRuns(part string) []run {
	runs, more := textRoom.runs(part, line, false)
	if more > 0 {
		runs = append(runs, run{text: "…"})
	}
	return runs
}
