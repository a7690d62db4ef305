package gallery

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/markdown"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/connectors"
	"switchboard/views/edit"
	"switchboard/views/viewstest"
)

// corpus are texts that have become markup, script or an address elsewhere in other products.
var corpus = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</dd></section><h1>owned</h1>`,
	`</textarea><script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</option></select><b>owned</b>`, `</pre><iframe src=//evil.example>`,
	`javascript:alert(1)//&quot;&amp;`, `//evil.example/x`, `/\evil.example`, `../../etc`, `x" hx-on:click="alert(1)" y="`, `x' autofocus onfocus='alert(1)`,
	"a\r\nb\rc\nd", "\u202e1.0\u202c {{7*7}} ${7*7}", `<!-- `, `<![CDATA[x]]>`, `&#x3c;script&#x3e;`, "`${alert(1)}`",
}

// flood puts the text into every string that a model holds, however deep.
func flood(v reflect.Value, text string) {
	switch model := v.Addr().Interface().(type) {
	case *time.Time:
		*model = viewstest.Now.Add(-time.Minute)
	case *access.Actor:
		*model = access.Actor{OID: text, TID: text, Name: text, Username: text, Claims: []string{text, text}, Granting: []string{text}, Roles: viewstest.Admin.Roles}
	case *connector.Connector:
		values := map[string]connector.Value{}
		for _, property := range connector.Properties() {
			values[property.Name] = connector.Of(text)
		}
		*model = connector.New(values)
	case *connector.Value:
		*model = connector.Of(text)
	case *connector.Name:
		*model = connector.Name{Short: text, Organization: text}
	case *problem.Problem:
		*model = problem.New(problem.Invalid, text).Saying(text).Advising(text).Quoting(text, text).Verbatim(text)
	case *map[string]string:
		// each with a fault of its own: what is wrong with a text must not decide what is drawn
		*model = map[string]string{connector.ServerName: text + "\x012", connector.Status: text + "2"}
	case *[]markdown.Node: // what was read of Markdown
		words := []markdown.Node{{Kind: markdown.Text, Text: text}}
		for _, kind := range []markdown.Kind{markdown.Strong, markdown.Emphasis, markdown.Struck} {
			words = append(words, markdown.Node{Kind: kind, Children: words[:1]})
		}
		words = append(words, markdown.Node{Kind: markdown.Code, Text: text}, markdown.Node{Kind: markdown.Link, Target: "/runbooks/" + text, Children: words[:1]})
		*model = []markdown.Node{{Kind: markdown.Item, Children: []markdown.Node{{Kind: markdown.Paragraph, Children: words}}}}
	case *map[string]connector.Side:
		*model = map[string]connector.Side{connector.ServerName: connector.Side(text)}
	default:
		floodInside(v, text)
	}
}

func floodInside(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		flood(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		flood(v.Index(0), text)
	case reflect.Struct:
		for i := range v.NumField() {
			flood(v.Field(i), text)
		}
	}
}

func flooded[M any](text string, draw func(M) templ.Component, adjust ...func(*M)) templ.Component {
	var model M
	flood(reflect.ValueOf(&model).Elem(), text)
	for _, change := range adjust {
		change(&model)
	}
	return draw(model)
}

// flooded fragments hold the text wherever a text may stand; the outcomes and actions choose what is drawn.
func hostileFragments(text string) map[string]templ.Component {
	fragments := map[string]templ.Component{
		"card":    flooded(text, connectors.ConnectorCard),
		"asking":  flooded(text, connectors.ConnectorCard, func(m *connectors.Card) { m.Sync.ReasonError, m.Problem = "", problem.Problem{} }),
		"edit":    flooded(text, edit.EditForm),
		"faults":  flooded(text, edit.EditForm, func(m *edit.Edit) { m.Problem = faults(text) }),
		"review":  flooded(text, edit.ReviewForm),
		"nothing": flooded(text, edit.NothingChanged),
		"conflict": flooded(text, edit.ConflictForm, func(m *edit.Conflict) {
			m.Merge.Conflicts[0].Name, m.Refused = connector.ServerName, faults(text).Quoting(text, text)
		}),
		"changes":   flooded(text, changes.ListContent),
		"elsewhere": flooded(text, changes.ElsewhereContent),
		"history":   changes.History(text, []changes.Event{{Who: text, Action: text, Outcome: text, Reason: text, Quote: text, Change: text}}, true, viewstest.Now),
	}
	for _, outcome := range []string{"pending", "applied", "rejected", "in_doubt", "applied_observed", "not_applied", "superseded"} {
		fragments["edit "+outcome] = flooded(text, changes.ReceiptDetail, func(m *changes.Receipt) {
			m.Outcome, m.Action, m.SyncType, m.Fields[0].Name = outcome, "edit", "", connector.ExchangeAlias
			m.Fields[0].Before = connector.Of(text + "1")
		})
		fragments["sync "+outcome] = flooded(text, changes.ReceiptDetail, func(m *changes.Receipt) { m.Outcome, m.Action = outcome, "sync" })
	}
	return fragments
}

func faults(text string) problem.Problem {
	return problem.New(problem.Invalid, text).At(problem.Field{Name: connector.ServerName, Message: text}, problem.Field{Name: connector.Reason, Message: text})
}

// calm is a plain text; where the hostile one has line breaks or hidden characters so has it, since an edit form says so.
func calm(text string) string {
	switch {
	case strings.ContainsAny(text, "\r\n"):
		return "plain\r\ntext"
	case strings.ContainsRune(text, '\u202e'):
		return "plain\u202e"
	case components.Peculiar(text) != "":
		return "plain "
	}
	return "plain"
}

// TestHostileTextsStayTexts compares the markup around a hostile text with that around a plain one.
func TestHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	for _, text := range corpus {
		plain := map[string][]string{}
		for name, fragment := range hostileFragments(calm(text)) {
			plain[name] = shape(viewstest.Parsed(t, fragment))
		}
		for name, fragment := range hostileFragments(text) {
			got := viewstest.Parsed(t, fragment)
			if !slices.Equal(shape(got), plain[name]) {
				t.Errorf("%s with %q has other elements or attributes:\n%s\nwant:\n%s", name, text, strings.Join(shape(got), " "), strings.Join(plain[name], " "))
			}
			checkHarmless(t, name+" with "+text, got)
		}
	}
}

// shape is every element with its attributes' names, in order; the marks that name an invisible character are left out.
func shape(root *html.Node) (elements []string) {
	for _, n := range viewstest.Find(root, "") {
		if viewstest.Value(n, "class") == "hidden-mark" {
			continue
		}
		names := []string{n.Data}
		for _, a := range n.Attr {
			names = append(names, a.Key)
		}
		elements = append(elements, strings.Join(names, ":"))
	}
	return elements
}
