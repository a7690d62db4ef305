package journeys

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// person is somebody at a browser of their own.
type person struct {
	playwright.Page
	t      *testing.T
	site   *site
	expect playwright.PlaywrightAssertions
	plain  bool // no page runs a script
	framed bool // every page has the frame of the one before: its colours are not looked at each time

	mu       sync.Mutex
	faults   []string
	statuses map[int]bool // answers that the story expects, which the console reports as errors
}

// patience is how long anything on a page may take, in milliseconds.
const patience = 20_000

// sits lets somebody sit down at a fresh browser. The story fails if their pages write an error to the console, throw,
// break the content security policy, or ask another host.
func (s *site) sits(t *testing.T, options ...playwright.BrowserNewContextOptions) *person {
	t.Helper()
	option := playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: 1280, Height: 900}}
	if len(options) > 0 {
		option = options[0]
	}
	option.BaseURL = &s.url
	context, err := browser.NewContext(option)
	if err != nil {
		t.Fatal(err)
	}
	context.SetDefaultTimeout(patience)
	p := &person{
		t: t, site: s, expect: playwright.NewPlaywrightAssertions(patience), statuses: map[int]bool{},
		plain: option.JavaScriptEnabled != nil && !*option.JavaScriptEnabled,
	}
	p.watch(context)
	if p.Page, err = context.NewPage(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			p.photograph()
		}
		p.must(context.Close())
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, fault := range p.faults {
			t.Error(fault)
		}
	})
	return p
}

// withoutScript is a browser whose pages run no JavaScript.
var withoutScript = playwright.BrowserNewContextOptions{
	JavaScriptEnabled: playwright.Bool(false), Viewport: &playwright.Size{Width: 1280, Height: 900},
}

// phone is a small touch screen.
var phone = playwright.BrowserNewContextOptions{
	Viewport: &playwright.Size{Width: 390, Height: 844}, HasTouch: playwright.Bool(true), IsMobile: playwright.Bool(true),
}

const reportViolations = `addEventListener("securitypolicyviolation", (e) =>
	console.error("content security policy: " + e.violatedDirective + " " + e.blockedURI))`

func (p *person) watch(context playwright.BrowserContext) {
	p.must(context.AddInitScript(playwright.Script{Content: playwright.String(reportViolations)}))
	hosts := []string{hostOf(p.site.url), p.site.tenant.Host()}
	context.OnConsole(func(message playwright.ConsoleMessage) {
		if message.Type() == "error" && !p.expected(message.Text()) {
			p.fault("the console says: " + message.Text())
		}
	})
	context.OnWebError(func(failure playwright.WebError) { p.fault(fmt.Sprintf("the page throws: %v", failure.Error())) })
	context.OnRequest(func(request playwright.Request) {
		asked, err := url.Parse(request.URL())
		if err != nil || asked.Scheme != "data" && asked.Host != hosts[0] && asked.Host != hosts[1] {
			p.fault("the page asks another host: " + request.URL())
		}
	})
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}

func (p *person) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// failedLoad is what the console says of an answer that is an error, or of none.
var failedLoad = regexp.MustCompile(`^Failed to load resource: (?:the server responded with a status of (\d{3})|net::ERR_)`)

// expected says whether the console only reports a status that the story is about.
func (p *person) expected(message string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := failedLoad.FindStringSubmatch(message)
	if found == nil {
		return false
	}
	status, _ := strconv.Atoi(found[1]) // 0 where there is none
	return p.statuses[status]
}

// meets tells which error answers the story brings about; 0 is none, as of a program that has stopped.
func (p *person) meets(statuses ...int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, status := range statuses {
		p.statuses[status] = true
	}
}

// photograph keeps what a failed story last showed, for go test -artifacts.
func (p *person) photograph() {
	name := strings.ReplaceAll(p.t.Name(), "/", "-") + ".png"
	path := filepath.Join(p.t.ArtifactDir(), name)
	if _, err := p.Page.Screenshot(playwright.PageScreenshotOptions{Path: &path, FullPage: playwright.Bool(true)}); err == nil {
		p.t.Logf("at %s, see %s", p.Page.URL(), path)
	}
}

func (p *person) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}
