package views

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"

	"switchboard/connector"
)

// valueCell is the <dd> of one property around its children. Its data-value is exactly what Graph sent, and absent for
// null. It is written here because an HTML parser reads a bare carriage return as a line feed, and templ does not escape it.
func valueCell(property string, value connector.Value) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		open := `<dd data-field="` + html.EscapeString(property) + `"`
		if !value.IsNull() {
			open += ` data-value="` + strings.ReplaceAll(html.EscapeString(value.Text()), "\r", "&#13;") + `"`
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
