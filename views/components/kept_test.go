package components_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	nethtml "golang.org/x/net/html"

	"switchboard/views/components"
)

// counter draws a number, and how often it was drawn before.
type counter struct {
	mu    sync.Mutex
	drawn map[int]int
}

func (c *counter) draw(number int) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drawn[number]++
		_, err := fmt.Fprintf(w, "%d %s %s", number, components.ZoneName(ctx), strings.Repeat("x", 1000))
		return err
	})
}

// TestKeptIsDrawnOnce: each model once for each zone, and as it is drawn without being kept; with more of them than are kept, again.
func TestKeptIsDrawnOnce(t *testing.T) {
	t.Parallel()
	zurich, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{drawn: map[int]int{}}
	kept := components.Keep(c.draw)
	here := components.InZone(t.Context(), zurich)
	var all sync.WaitGroup
	for range 4 {
		for number := range 100 {
			for _, ctx := range []context.Context{t.Context(), here} {
				kept.Of(number).Render(ctx, io.Discard)
				all.Go(func() {
					var shown, anew strings.Builder
					if err := kept.Of(number).Render(ctx, &shown); err != nil {
						t.Error(err)
					}
					_ = (&counter{drawn: map[int]int{}}).draw(number).Render(ctx, &anew)
					if shown.String() != anew.String() {
						t.Errorf("shown %.40s, not %.40s", shown.String(), anew.String())
					}
				})
			}
		}
	}
	all.Wait()
	for number, times := range c.drawn {
		if times != 2 {
			t.Errorf("%d was drawn %d times for two zones", number, times)
		}
	}
	for number := range 3000 { // three megabytes
		_ = kept.Of(number).Render(t.Context(), io.Discard)
		_ = kept.Of(0).Render(t.Context(), io.Discard)
	}
	if c.drawn[0] != 2 {
		t.Errorf("what was seen again and again was drawn %d times", c.drawn[0])
	}
	if _ = kept.Of(1).Render(t.Context(), io.Discard); c.drawn[1] != 3 {
		t.Errorf("what was forgotten was drawn %d times", c.drawn[1])
	}
}

// TestGapsAreFilledOnEachPage: what differs from page to page is no part of what is kept, and is escaped like all that is shown.
func TestGapsAreFilledOnEachPage(t *testing.T) {
	t.Parallel()
	drawn := 0
	kept := components.Keep(func(label string) templ.Component {
		return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			drawn++
			_, err := fmt.Fprintf(w, "<%s %s|%s|%s>", label, components.Gap(1), components.Gap(0), components.Gap(1))
			return err
		})
	})
	for _, token := range []string{"one", "another", `"><script>`} {
		var shown strings.Builder
		if err := kept.With("form", token, "state of "+token).Render(t.Context(), &shown); err != nil {
			t.Fatal(err)
		}
		token = html.EscapeString(token)
		if want := fmt.Sprintf("<form state of %s|%s|state of %s>", token, token, token); shown.String() != want {
			t.Errorf("shown is %s, want %s", shown.String(), want)
		}
	}
	if drawn != 1 {
		t.Errorf("it was drawn %d times", drawn)
	}
}

// TestKeptTellsFailures: what could not be drawn is drawn again.
func TestKeptTellsFailures(t *testing.T) {
	t.Parallel()
	tries := 0
	kept := components.Keep(func(int) templ.Component {
		return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			if tries++; tries == 1 {
				return io.ErrUnexpectedEOF
			}
			_, err := io.WriteString(w, "drawn")
			return err
		})
	})
	var shown strings.Builder
	if err := kept.Of(1).Render(t.Context(), &shown); err == nil || shown.Len() > 0 {
		t.Errorf("%v, %q", err, shown.String())
	}
	if err := kept.Of(1).Render(t.Context(), &shown); err != nil || shown.String() != "drawn" {
		t.Errorf("%v, %q", err, shown.String())
	}
}

// TestARowIsShortAndTheSame: without what the standard lets be left out, a browser reads just what was drawn.
func TestARowIsShortAndTheSame(t *testing.T) {
	t.Parallel()
	for _, drawn := range []string{
		`<tr data-row="a/b"><td><input name="pick.1" form="picked/"></td><th><a href="/c?x=1&amp;y=2"><b>&lt;/td&gt; a=&#34;b&#34;</b></a></th><td></td></tr>`,
		`<tr id="` + components.Gap(0) + `"><td title="two words" class="">a = b</td><td data-x="it&#39;s" data-y="a=b" data-z="&#34;&gt;">/</td></tr>`,
	} {
		row := func(string) templ.Component { return templ.Raw(drawn) }
		var short strings.Builder
		if err := components.KeepRow(row).With(drawn, "two words").Render(t.Context(), &short); err != nil {
			t.Fatal(err)
		}
		drawn = strings.ReplaceAll(drawn, components.Gap(0), "two words")
		table := func(rows string) string {
			root, err := nethtml.Parse(strings.NewReader("<table><tbody>" + rows + rows))
			if err != nil {
				t.Fatal(err)
			}
			var read strings.Builder
			_ = nethtml.Render(&read, root) // a builder does not fail
			return read.String()
		}
		if table(short.String()) != table(drawn) {
			t.Errorf("%s is read as %s, want %s", short.String(), table(short.String()), table(drawn))
		}
		if short.Len() >= len(drawn) {
			t.Errorf("%s is no shorter than %s", short.String(), drawn)
		}
	}
}
