package journeys

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/journeys/gallery"
)

// The tests here look at the gallery: every page in every state, drawn by the tests of views/gallery and served as files.

// exhibits draws the gallery and serves it. The names are its pages'.
func exhibits(t *testing.T) (url string, names []string) {
	t.Helper()
	names, pages, err := gallery.Draw(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL, names
}

// unstyled is the page that has no style sheet: its ground and its colours are the browser's own.
const unstyled = "problem-421"

// tours is how many windows share the gallery.
const tours = 3

// TestGalleryIsSound: axe finds nothing on any page, light or dark, wide or narrow, unfolded, in its dialogs; at 320 px nothing
// scrolls sideways, whatever the length of its texts, and what is pressed has 24 px.
func TestGalleryIsSound(t *testing.T) {
	t.Parallel()
	url, names := exhibits(t)
	for part := range slices.Chunk(names, len(names)/tours+1) {
		t.Run(part[0], func(t *testing.T) {
			t.Parallel()
			context, err := browser.NewContext(playwright.BrowserNewContextOptions{ReducedMotion: playwright.ReducedMotionReduce})
			if err != nil {
				t.Fatal(err)
			}
			context.SetDefaultTimeout(patience)
			t.Cleanup(func() { _ = context.Close() })
			page, err := context.NewPage()
			if err != nil {
				t.Fatal(err)
			}
			p := &person{Page: page, t: t, site: &site{url: url}, framed: true}
			for _, name := range part {
				p.visits("/" + name + ".html")
				p.looksThrough(name)
				p.isNarrow(name)
				p.isPrintable(name)
			}
		})
	}
}

// looksThrough has axe look at the page with everything unfolded, and at its dialog where it has one. Long texts change
// nothing but the room that they need.
func (p *person) looksThrough(name string) {
	p.t.Helper()
	dialog, err := p.Evaluate(`() => {
		document.querySelectorAll("main details").forEach((details) => (details.open = true));
		return Boolean(document.querySelector("main [popover]"));
	}`)
	p.must(err)
	switch {
	case strings.HasPrefix(name, "long-"):
		p.isAccessible(name, looks[0])
		return
	case name == unstyled: // axe takes its ground for white, and the browser draws it dark
		p.isAccessible(name, looks[0], looks[3])
		return
	}
	p.isAccessible(name)
	if dialog == true {
		_, err = p.Evaluate(`() => document.querySelector("main [popover]").showPopover()`)
		p.must(err)
		p.isAccessible(name+", its dialog", looks[0], looks[2])
		_, err = p.Evaluate(`() => document.querySelector("main [popover]").hidePopover()`)
		p.must(err)
	}
}

// narrowly finds what is too wide for the window, and what is too small to be hit: links within a text excepted.
const narrowly = `() => {
	const found = [];
	const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) {
		const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1 && !element.closest(".scroll-region, pre"));
		found.push("is " + document.documentElement.scrollWidth + " wide in a window of " + width + ", for instance " + wide.slice(0, 3).map(name).join(" and "));
	}
	for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
		const target = (/^(radio|checkbox)$/.test(element.type) && element.closest("label")) || element;
		const box = target.getBoundingClientRect();
		if (!element.checkVisibility({ visibilityProperty: true }) || box.width <= 1 || getComputedStyle(element).display === "inline" || element.closest(".visually-hidden")) continue;
		if (box.width < 24 || box.height < 24) found.push("has a target of " + box.width.toFixed(1) + " by " + box.height.toFixed(1) + " px: " + name(element));
	}
	return JSON.stringify(found);
}`

// isNarrow looks at the page in the narrowest window, as at a zoom of 400 %.
func (p *person) isNarrow(name string) {
	p.t.Helper()
	p.must(p.SetViewportSize(320, 640))
	p.tells(name+" at 320 px", narrowly)
}

// isPrintable looks at the page on paper, with a screen that is dark.
func (p *person) isPrintable(name string) {
	p.t.Helper()
	p.must(p.SetViewportSize(700, 1000)) // A4 less its margins
	p.must(p.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint, ColorScheme: playwright.ColorSchemeDark}))
	p.tells(name+" on paper", `() => JSON.stringify(document.documentElement.scrollWidth > document.documentElement.clientWidth
		? ["is " + document.documentElement.scrollWidth + " wide on a sheet of " + document.documentElement.clientWidth] : [])`)
	if name != unstyled {
		answer, err := p.Evaluate(runAxe, []any{true, "main"})
		p.must(err)
		p.judges(name+" on paper", answer)
	}
	p.must(p.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaScreen}))
}

// tells reports what a script finds on the page.
func (p *person) tells(scene, script string) {
	p.t.Helper()
	answer, err := p.Evaluate(script)
	p.must(err)
	text, _ := answer.(string)
	var found []string
	p.must(json.Unmarshal([]byte(text), &found))
	for _, one := range found {
		p.t.Errorf("%s %s", scene, one)
	}
}
