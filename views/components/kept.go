package components

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// Kept draws what shows a model once, and from then on gives out the text: thousands of pages show the same row. The model holds
// all that is shown, which is why it is comparable: two equal ones look alike, whoever looks, but for the zone, which is known to it.
// It is safe for concurrent use.
type Kept[Model comparable] struct {
	draw  func(Model) templ.Component
	short bool

	mu    sync.RWMutex
	texts map[seenIn[Model]]string
	size  int
}

// seenIn is a model as somebody with that zone sees it.
type seenIn[Model comparable] struct {
	model Model
	zone  string
}

// mostKept bounds the texts of one kind, in bytes. All are forgotten then, and what is shown is drawn anew.
const mostKept = 1 << 20

// Keep is draw, once for each model.
func Keep[Model comparable](draw func(Model) templ.Component) *Kept[Model] {
	return &Kept[Model]{draw: draw, texts: map[seenIn[Model]]string{}}
}

// KeepRow is Keep of a table's row, of which a page has many: its text is short.
func KeepRow[Model comparable](draw func(Model) templ.Component) *Kept[Model] {
	kept := Keep(draw)
	kept.short = true
	return kept
}

// Of shows the model. It has no children.
func (k *Kept[Model]) Of(model Model) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text, err := k.text(ctx, seenIn[Model]{model, ZoneName(ctx)})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	})
}

func (k *Kept[Model]) text(ctx context.Context, seen seenIn[Model]) (string, error) {
	k.mu.RLock()
	text, known := k.texts[seen]
	k.mu.RUnlock()
	if known {
		return text, nil
	}
	var drawn strings.Builder
	if err := k.draw(seen.model).Render(templ.ClearChildren(ctx), &drawn); err != nil {
		return "", err
	}
	text = drawn.String()
	if k.short {
		text = quoted.ReplaceAllString(withoutEnds.Replace(text), "=$1")
	}
	k.keep(seen, text)
	return text, nil
}

// A row is written as short as the HTML standard lets it be: without the end tags of cells and rows, which what comes next
// ends, and without quotes around a value that needs none. A text that people wrote has neither, since templ escapes it.
var withoutEnds = strings.NewReplacer("</td>", "", "</th>", "", "</tr>", "")

var quoted = regexp.MustCompile("=\"([^\\s\"'=<>`]+)\"")

func (k *Kept[Model]) keep(seen seenIn[Model], text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.size+len(text) > mostKept {
		k.texts, k.size = map[seenIn[Model]]string{}, 0
	}
	k.texts[seen], k.size = text, k.size+len(text)
}
