package journeys

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mxschmitt/playwright-go"

	"switchboard/journeys/chromium"
)

// axeSource is put into pages by the browser itself: a script tag would be stopped by the content security policy.
var axeSource = sync.OnceValues(func() (string, error) {
	root, err := chromium.Root()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(root, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core looks at the pages: run npm ci --ignore-scripts: %w", err)
	}
	return string(source), nil
})

// runAxe asks for every rule of WCAG 2.0 to 2.2, levels A and AA, or for those about colour alone.
const runAxe = `async ([colours, part]) => {
	const level = new Set(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]);
	const rules = axe.getRules(colours ? ["cat.color"] : [...level]).filter(({ tags }) => tags.some((tag) => level.has(tag)));
	const found = await axe.run(part, { runOnly: rules.map(({ ruleId }) => ruleId), resultTypes: ["violations"] });
	return JSON.stringify(found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary) })));
}`

type violation struct {
	ID, Help string
	Nodes    []string
}

type look struct {
	name    string
	scheme  *playwright.ColorScheme
	size    playwright.Size
	colours bool // alone
}

// looks are how a page is looked at: as wide as a desktop and as a phone, light and dark. From light to dark nothing but
// colours changes.
var looks = []look{
	{"desktop, light", playwright.ColorSchemeLight, playwright.Size{Width: 1280, Height: 900}, false},
	{"desktop, dark", playwright.ColorSchemeDark, playwright.Size{Width: 1280, Height: 900}, true},
	{"phone, dark", playwright.ColorSchemeDark, playwright.Size{Width: 390, Height: 844}, true},
	{"phone, light", playwright.ColorSchemeLight, playwright.Size{Width: 390, Height: 844}, false},
}

// isAccessible has axe look at the page as it stands, in all looks unless some are named.
func (p *person) isAccessible(scene string, some ...look) {
	p.t.Helper()
	source, err := axeSource()
	p.must(err)
	_, err = p.Evaluate(source)
	p.must(err)
	if len(some) == 0 {
		some = looks
	}
	for _, look := range some {
		p.must(p.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: look.scheme, ReducedMotion: playwright.ReducedMotionReduce}))
		p.must(p.SetViewportSize(look.size.Width, look.size.Height))
		part := "html"
		if look.colours && p.framed {
			part = "main"
		}
		answer, err := p.Evaluate(runAxe, []any{look.colours, part})
		p.must(err)
		p.judges(scene+", "+look.name, answer)
	}
	p.must(p.SetViewportSize(looks[0].size.Width, looks[0].size.Height))
}

// judges reports what axe has found.
func (p *person) judges(scene string, answer any) {
	p.t.Helper()
	var violations []violation
	text, _ := answer.(string)
	p.must(json.Unmarshal([]byte(text), &violations))
	for _, v := range violations {
		p.t.Errorf("%s: %s (%s)\n\t%s", scene, v.Help, v.ID, strings.Join(v.Nodes, "\n\t"))
	}
}
