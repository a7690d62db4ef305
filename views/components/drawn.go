package components

import (
	"context"
	"html"
	"io"

	"switchboard/internal/connector"
)

// What a page draws by the hundred is drawn here rather than by templ, which makes a closure and a context for each component, and
// formats each text.

// Icon draws one of Tabler's icons in the colour of the text. It is decoration: words say what it means.
type Icon string

// Render writes the icon.
func (name Icon) Render(_ context.Context, w io.Writer) error {
	return Write(w, pictures[string(name)])
}

// pictures are all icons as they stand in a page.
var pictures = func() map[string]string {
	all := make(map[string]string, len(outlines))
	for name, outline := range outlines {
		all[name] = `<svg class="icon" aria-hidden="true"><use href="` + html.EscapeString(string(outline)) + `"></use></svg>`
	}
	return all
}()

type badge struct {
	tone  Tone
	icon  string
	label string
}

// Badge is an icon and a word in a tone.
func Badge(tone Tone, icon, label string) badge { return badge{tone, icon, label} }

// HealthBadge shows a health as icon, word and colour.
func HealthBadge(health connector.Health) badge {
	return badge{HealthTone(health), HealthIcon(health), health.Label()}
}

// Render writes the badge.
func (b badge) Render(_ context.Context, w io.Writer) error {
	return Write(w, `<span class="badge tone-`, html.EscapeString(string(b.tone)), `">`, pictures[b.icon], " ", html.EscapeString(b.label), "</span>")
}

// Cell is Brief in a cell or a name that stands alone and is not translated: most values are plain, and need nothing around them.
type Cell connector.Value

// Render writes the value.
func (c Cell) Render(ctx context.Context, w io.Writer) error {
	value := connector.Value(c)
	if plain(value) {
		return Write(w, html.EscapeString(value.Text()))
	}
	return Brief(value).Render(ctx, w)
}

// FieldLabel is a property's label, and below it the name it has in Graph.
type FieldLabel connector.Property

// Render writes both.
func (f FieldLabel) Render(_ context.Context, w io.Writer) error {
	return Write(w, `<span class="field-label">`, html.EscapeString(f.Label), `</span> <span class="field-name" translate="no">`, f.Name, "</span>")
}

// drawn is a text between two tags, in which what nobody would see is marked, and how much of it is not shown.
type drawn struct {
	open, text, shut string
	form             form
	twin             bool
	more             int
}

const (
	openValue = `<bdi class="value" translate="no">`
	openProse = `<bdi class="value">`
	shutValue = "</bdi>"
)

// Value shows a property's value as Graph sent it. It is isolated from the direction of the text around it, and what nobody
// would see is marked. Beside are the other values of its row: where it looks like one that it is not, its letters are named.
func Value(value connector.Value, beside ...connector.Value) drawn {
	return valueOf(value, connector.LongestValue, beside)
}

// Brief is Value in a list of many: what is longer than a few lines stands whole where the list leads.
func Brief(value connector.Value, beside ...connector.Value) drawn {
	return valueOf(value, excerpt, beside)
}

func valueOf(value connector.Value, most int, beside []connector.Value) drawn {
	if value.IsNull() {
		return drawn{open: `<span class="unset" translate="yes">Not set</span>`}
	}
	if value.IsEmpty() {
		return drawn{open: `<span class="unset" translate="yes">Empty text</span>`}
	}
	first, more := cut(value.Text(), most)
	return drawn{openValue, first, shutValue, line, twins(value, beside), more}
}

// Text shows a name or an identifier like a value.
func Text(text string) drawn {
	first, more := cut(text, connector.LongestValue)
	return drawn{openValue, first, shutValue, line, false, more}
}

// Prose shows sentences that somebody wrote: isolated and marked, and to be translated like the page.
func Prose(text string) drawn { return sentences(text, connector.LongestValue) }

// Excerpt is Prose in a list of many.
func Excerpt(text string) drawn { return sentences(text, excerpt) }

func sentences(text string, most int) drawn {
	first, more := cut(text, most)
	return drawn{openProse, first, shutValue, prose, false, more}
}

// Code shows an identifier, or what a machine reads; its blanks are marked like those of a value.
func Code(text string) drawn { return drawn{`<code translate="no">`, text, "</code>", line, false, 0} }

// Verbatim is what a machine reads, of several lines, for a <pre> around it: its blanks and line ends are seen there.
func Verbatim(text string) drawn { return drawn{text: text, form: code} }

// Render writes the text.
func (d drawn) Render(_ context.Context, w io.Writer) error {
	if err := Write(w, d.open); err != nil {
		return err
	}
	if err := writeMarked(w, d.text, d.form, d.twin); err != nil {
		return err
	}
	if d.more == 0 {
		return Write(w, d.shut)
	}
	return Write(w, d.shut, `<span class="hidden-mark">and `, connector.Thousands(d.more), " more characters</span>")
}

type called connector.Name

// Name shows what a connector is called, each part by itself.
func Name(name connector.Name) called { return called(name) }

// Render writes the name.
func (c called) Render(_ context.Context, w io.Writer) error {
	if err := Write(w, openValue); err != nil {
		return err
	}
	if err := writeMarked(w, c.Short, line, false); err != nil {
		return err
	}
	if c.Organization != "" {
		if err := Write(w, " · "); err != nil {
			return err
		}
		if err := writeMarked(w, c.Organization, line, false); err != nil {
			return err
		}
	}
	return Write(w, shutValue)
}

// Write writes texts one after the other; what of them is not ours is escaped before.
func Write(w io.Writer, texts ...string) error {
	for _, text := range texts {
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}
