package gallery

import (
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"switchboard/views/auditlog"
	"switchboard/views/viewstest"
)

// TestAuditHostileTextsStayTexts holds every string of the audit log's pages to be text.
func TestAuditHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	draw := func(text string) map[string]templ.Component {
		fragments := map[string]templ.Component{
			"faults": flooded(text, auditlog.Content),
			"line":   flooded(text, auditlog.LineContent),
			"empty":  flooded(text, auditlog.Content, func(m *auditlog.Log) { m.Rows, m.Search.Errors = nil, nil }),
		}
		for _, action := range []string{"edit", "denied", "export", "resolved", "sign_in", text} {
			fragments["rows "+action] = flooded(text, auditlog.Content, func(m *auditlog.Log) { m.Search.Errors, m.Rows[0].Event.Action = nil, action })
		}
		return fragments
	}
	plain := map[string][]string{}
	for name, fragment := range draw("plain") {
		plain[name] = shape(viewstest.Parsed(t, fragment))
	}
	for _, text := range corpus {
		for name, fragment := range draw(text) {
			got := viewstest.Parsed(t, fragment)
			if want := plain[strings.Replace(name, "rows "+text, "rows plain", 1)]; !slices.Equal(shape(got), want) {
				t.Errorf("%s with %q has other elements or attributes:\n%s\nwant:\n%s", name, text, strings.Join(shape(got), " "), strings.Join(want, " "))
			}
			checkHarmless(t, name+" with "+text, got)
		}
	}
}
