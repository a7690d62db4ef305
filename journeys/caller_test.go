package journeys

import (
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestAnswersACaller: the four answers stand in the window without scrolling, on a desk and on a phone, to each role, in each health;
// one key copies the summary, and none does where keys are turned off.
func TestAnswersACaller(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	for name, window := range map[string]playwright.BrowserNewContextOptions{
		"Tom Okafor": {Viewport: &playwright.Size{Width: 1280, Height: 800}}, "Maya Lindqvist": phone,
	} {
		p := s.sits(t, window)
		p.signsIn(name, "/")
		for _, connector := range []string{"s2s-emea", "journal-apac", "wingtip-hosted", "future-status", "hosted-na", "ex01-hq"} {
			p.visits(pathOf(simulator.ID(connector)))
			for _, answer := range []string{"since", "underway", "ask", "tell"} {
				p.must(p.expect.Locator(p.Locator("[data-answer=" + answer + "]")).ToBeInViewport(playwright.LocatorAssertionsToBeInViewportOptions{Ratio: playwright.Float(1)}))
			}
			p.fits()
		}
	}
}

func TestCopiesTheSummaryByAKey(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t, playwright.BrowserNewContextOptions{Permissions: []string{"clipboard-read", "clipboard-write"}})
	tom.signsIn("Tom Okafor", pathOf(simulator.ID("s2s-emea")))
	tom.sees(tom.button("Copy summary"))
	tom.hits("c")
	tom.must(tom.expect.Locator(tom.Locator("#announcer")).ToHaveText("Summary copied"))
	copied, err := tom.Evaluate("navigator.clipboard.readText()")
	tom.must(err)
	text, _ := copied.(string)
	if !strings.HasPrefix(text, "s2s-emea · Contoso EMEA: Newly broken (Intune Exchange connector).\n") || !strings.HasSuffix(text, pathOf(simulator.ID("s2s-emea"))) || len([]rune(text)) > 600 {
		t.Errorf("what was copied is %q", text)
	}
	tom.must(tom.Locator("summary", playwright.PageLocatorOptions{HasText: "Copy as JSON"}).Click())
	tom.clicks(tom.button("Copy curl"))
	tom.must(tom.expect.Locator(tom.Locator("#announcer")).ToHaveText("curl copied"))
	copied, err = tom.Evaluate("navigator.clipboard.readText()")
	tom.must(err)
	if text, _ = copied.(string); !strings.HasPrefix(text, "curl ") {
		t.Errorf("what was copied is %q", text)
	}

	tom.hits("/")
	tom.hits("c") // in a field it is a letter
	tom.must(tom.expect.Locator(tom.named("combobox", "Find a connector")).ToHaveValue("c"))
	tom.clicks(tom.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Tom Okafor"}))
	tom.must(tom.Locator("[data-shortcut]").Uncheck())
	tom.hits("Escape")
	_, err = tom.Evaluate("navigator.clipboard.writeText('kept')")
	tom.must(err)
	tom.hits("c")
	copied, err = tom.Evaluate("new Promise((done) => setTimeout(() => done(navigator.clipboard.readText()), 200))")
	tom.must(err)
	if copied != "kept" {
		t.Errorf("a key copied %q although keys are turned off", copied)
	}
}

// TestOwnZone: the browser's zone is offered and kept, and stands beside UTC for who points at a time, has the focus beside it, or prints.
func TestOwnZone(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t, playwright.BrowserNewContextOptions{TimezoneId: playwright.String("Europe/Zurich"), ReducedMotion: playwright.ReducedMotionReduce})
	tom.signsIn("Tom Okafor", pathOf(simulator.ID("s2s-emea")))
	tom.counts(tom.Locator(".zoned"), 0)
	tom.clicks(tom.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Tom Okafor"}))
	tom.must(tom.expect.Locator(tom.GetByLabel("Time zone beside UTC")).ToHaveValue("Europe/Zurich"))
	tom.clicks(tom.button("Keep"))
	tom.isAt(pathOf(simulator.ID("s2s-emea")))
	cell := tom.Locator("dd[data-field=lastSyncDateTime]")
	own := cell.Locator(".zoned")
	tom.must(tom.expect.Locator(own).ToBeHidden())
	tom.must(cell.Locator("time").Hover())
	tom.sees(own)
	tom.must(tom.expect.Locator(own).ToContainText("Europe/Zurich"))
	tom.isAccessible("a time in a zone of one’s own")
	tom.must(tom.Locator("h1").Hover())
	tom.must(tom.expect.Locator(own).ToBeHidden())
	tom.must(cell.GetByRole("button").Focus())
	tom.sees(own)
	tom.must(tom.Locator("h1").Focus())
	tom.must(tom.expect.Locator(own).ToBeHidden())
	tom.must(tom.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint}))
	tom.sees(own)
	tom.sees(tom.Locator(".printed", playwright.PageLocatorOptions{HasText: "Europe/Zurich"}))
}

// TestRunbooksLeadOn: from a connector to its runbook, from there to the connectors of its health, by keyboard and without a violation.
func TestRunbooksLeadOn(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t)
	tom.signsIn("Tom Okafor", pathOf(simulator.ID("ex01-hq")))
	tom.tabsTo(tom.link("Full runbook"))
	tom.hits("Enter")
	tom.isOn("Runbook: retired, as expected")
	tom.isAccessible("a runbook")
	tom.clicks(tom.link("Connectors: Retired"))
	tom.isOn("Connectors")
	tom.clicks(tom.link("Runbooks"))
	tom.isOn("Runbooks")
	tom.isAccessible("runbooks")
}
