package connectors

import (
	"context"
	"html"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
)

// valueCell is the <dd> of one property around its children. Its data-value is exactly what Graph sent, and absent for
// null; of a long value it is the beginning, and data-length says how many characters there are. To a whole one that somebody may
// want to paste the script adds a button that copies it (data-copies). It is written here because an HTML parser reads a bare carriage
// return as a line feed, and templ does not escape it.
func valueCell(property connector.Property, value connector.Value) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		open := `<dd data-field="` + property.Name + `"`
		if !value.IsNull() {
			text, cut := connector.First(value.Text(), connector.LongestValue)
			open += ` data-value="` + strings.ReplaceAll(html.EscapeString(text), "\r", "&#13;") + `"`
			if cut {
				open += ` data-length="` + strconv.Itoa(utf8.RuneCountInString(value.Text())) + `"`
			} else if property.Kind != connector.Choice && text != "" {
				open += " data-copies"
			}
		}
		if _, err := io.WriteString(w, open+">"); err != nil {
			return err
		}
		children := templ.GetChildren(ctx)
		if err := children.Render(templ.ClearChildren(ctx), w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</dd>")
		return err
	})
}
