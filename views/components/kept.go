package components

import (
	"context"
	"crypto/rand"
	"html"
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
	most  int

	mu    sync.RWMutex
	drawn map[seenIn[Model]][]piece
	size  int                       // of what was drawn, in bytes
	older map[seenIn[Model]][]piece // what was drawn before that, and is forgotten next
}

// piece is a stretch of a text that was drawn, and which gap ends it; -1 for none.
type piece struct {
	text string
	gap  int
}

// seenIn is a model as somebody with that zone sees it.
type seenIn[Model comparable] struct {
	model Model
	zone  string
}

// mostKept bounds the texts of one kind, in bytes, where UpTo does not. When they are more, they become the older half, and the older
// half of before is forgotten, but for what was shown since. So up to twice as much is held.
const mostKept = 1 << 20

// gap marks a gap in what is drawn. Nobody can type it.
var gap = rand.Text()

// Gap stands in a model for a text that is another on each page, such as the token of a form: the n-th, below ten, that With fills in.
func Gap(n int) string { return gap + string(rune('0'+n)) }

// Keep is draw, once for each model.
func Keep[Model comparable](draw func(Model) templ.Component) *Kept[Model] {
	return &Kept[Model]{draw: draw, most: mostKept, drawn: map[seenIn[Model]][]piece{}}
}

// UpTo is the same with another bound of its texts, in bytes.
func (k *Kept[Model]) UpTo(most int) *Kept[Model] {
	k.most = most
	return k
}

// KeepRow is Keep of a table's row, of which a page has many: its text is short.
func KeepRow[Model comparable](draw func(Model) templ.Component) *Kept[Model] {
	kept := Keep(draw)
	kept.short = true
	return kept
}

// Of shows the model. It has no children.
func (k *Kept[Model]) Of(model Model) templ.Component { return k.With(model) }

// With shows the model with these texts in the place of its gaps.
func (k *Kept[Model]) With(model Model, texts ...string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		pieces, err := k.pieces(ctx, seenIn[Model]{model, ZoneName(ctx)})
		if err != nil {
			return err
		}
		for _, one := range pieces {
			if _, err := io.WriteString(w, one.text); err != nil {
				return err
			}
			if one.gap < 0 {
				continue
			}
			if _, err := io.WriteString(w, html.EscapeString(texts[one.gap])); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *Kept[Model]) pieces(ctx context.Context, seen seenIn[Model]) ([]piece, error) {
	k.mu.RLock()
	pieces, known := k.drawn[seen]
	older, was := k.older[seen]
	k.mu.RUnlock()
	switch {
	case known:
		return pieces, nil
	case was:
		k.keep(seen, older)
		return older, nil
	}
	var drawn strings.Builder
	if err := k.draw(seen.model).Render(templ.ClearChildren(ctx), &drawn); err != nil {
		return nil, err
	}
	text := drawn.String()
	if k.short {
		text = shortened(text)
	}
	pieces = parted(text)
	k.keep(seen, pieces)
	return pieces, nil
}

var (
	withoutEnds = strings.NewReplacer("</td>", "", "</th>", "", "</tr>", "")
	quoted      = regexp.MustCompile("=\"[^\\s\"'=<>`]+\"")
)

// shortened is a row as short as the HTML standard lets it be: without the end tags of cells and rows, which what comes next ends, and
// without quotes around a value that needs none. A text that people wrote has neither, since templ escapes it; what will be in a gap
// nobody knows.
func shortened(row string) string {
	return quoted.ReplaceAllStringFunc(withoutEnds.Replace(row), func(value string) string {
		if strings.Contains(value, gap) {
			return value
		}
		return "=" + strings.Trim(value[1:], `"`)
	})
}

// parted cuts a text at its gaps.
func parted(text string) (pieces []piece) {
	for {
		before, after, found := strings.Cut(text, gap)
		if !found {
			return append(pieces, piece{text, -1})
		}
		pieces = append(pieces, piece{before, int(after[0] - '0')})
		text = after[1:]
	}
}

func (k *Kept[Model]) keep(seen seenIn[Model], pieces []piece) {
	size := 0
	for _, one := range pieces {
		size += len(one.text)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.drawn[seen]; known {
		return // somebody else was first
	}
	if k.size+size > k.most {
		k.older, k.drawn, k.size = k.drawn, map[seenIn[Model]][]piece{}, 0
	}
	k.drawn[seen], k.size = pieces, k.size+size
}
