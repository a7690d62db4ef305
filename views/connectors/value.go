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
// null; of a long value it is the beginning, and data-length says how many characters there are. It is written here because
// an HTML parser reads a bare carriage return as a line feed, and templ does not escape it.
func valueCell(property string, value connector.Value) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		open := `<dd data-field="` + html.EscapeString(property) + `"`
		if !value.IsNull() {
			text, cut := connector.First(value.Text(), connector.LongestValue)
			open += ` data-value="` + strings.ReplaceAll(html.EscapeString(text), "\r", "&#13;") + `"`
			if cut {
				open += ` data-length="` + strconv.Itoa(utf8.RuneCountInString(value.Text())) + `"`
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
