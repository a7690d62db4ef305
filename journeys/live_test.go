package journeys

import (
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// tab is another page of the same browser.
func (p *person) tab(path string) *person {
	p.t.Helper()
	page, err := p.Context().NewPage()
	p.must(err)
	one := &person{Page: page, t: p.t, site: p.site, expect: p.expect}
	one.visits(path)
	return one
}

// hearsFrom is what leads to a page, up to where its stream stands.
func (p *person) hearsFrom(way func()) {
	p.t.Helper()
	_, err := p.ExpectResponse("**/events", func() error { way(); return nil })
	p.must(err)
}

// saysChanged: a note says that the connector of an open form has changed.
func (p *person) saysChanged() {
	p.t.Helper()
	note := p.Locator("#changed:not([hidden])")
	p.sees(note)
	ground, err := note.Evaluate(`(element) => getComputedStyle(element).backgroundColor`, nil)
	p.must(err)
	if ground == "rgba(0, 0, 0, 0)" {
		p.t.Error("the note stays in sight over other words and has no ground of its own")
	}
}

// saves gives the connector another server, in one go.
func (p *person) saves(id, server string) {
	p.t.Helper()
	p.visits(pathOf(id, "/edit"))
	p.types(p.field("Exchange server"), server)
	p.types(p.reason(), "ticket 9")
	p.presses("Save")
	p.sees(p.receipt())
}

// TestSixTabs: all tabs of a browser change by themselves, over HTTP/1.1, which gives it six connections in all; a form keeps what
// is typed and says that its connector has changed; what somebody has opened stays open.
func TestSixTabs(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	maya, tom := s.sits(t), s.sits(t)
	tom.signsIn("Tom Okafor", "/connectors?q=s2s-na")
	card, overview, changes, note, runbooks := tom.tab(pathOf(id)), tom.tab("/"), tom.tab("/changes"), tom.tab(pathOf(id)), tom.tab("/runbooks")
	card.clicks(card.summary("Copy as JSON"))
	note.clicks(note.summary("Leave a note…"))
	note.types(note.GetByLabel("Note"), "half a note")

	maya.signsIn("Maya Lindqvist", pathOf(id))
	second := maya.tab(pathOf(id, "/edit"))
	second.types(second.field("Agent version"), "typed")
	maya.saves(id, "LIVE01.contoso.com")

	card.sees(card.GetByText("LIVE01.contoso.com").First())
	card.sees(card.Locator("details[open] > summary", playwright.PageLocatorOptions{HasText: "Copy as JSON"}))
	tom.sees(tom.GetByText("LIVE01.contoso.com").First())
	overview.sees(overview.GetByText("Maya Lindqvist").First())
	changes.sees(changes.GetByText("Maya Lindqvist").First())
	note.saysChanged()
	note.must(note.expect.Locator(note.GetByLabel("Note")).ToHaveValue("half a note"))
	second.saysChanged()
	second.must(second.expect.Locator(second.field("Agent version")).ToHaveValue("typed"))
	second.isAccessible("a form whose connector has changed")
	runbooks.isOn("Runbooks")
	maya.sees(maya.receipt())
}

// TestWhatAPageAsksByItself prolongs no session, and where the answer is none what is shown stays.
func TestWhatAPageAsksByItself(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	maya, tom := s.sits(t), s.sits(t)
	tom.signsIn("Tom Okafor", pathOf(id))
	var asked atomic.Int64
	tom.OnRequest(func(request playwright.Request) {
		if request.ResourceType() != "fetch" || !strings.HasSuffix(request.URL(), pathOf(id)) {
			return
		}
		if asked.Add(1); request.Headers()["switchboard-passive"] != "true" {
			t.Errorf("%s is asked for as if somebody did it", request.URL())
		}
	})
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.saves(id, "LIVE01.contoso.com")
	tom.sees(tom.GetByText("LIVE01.contoso.com").First())
	if asked.Load() == 0 {
		t.Error("the page asked for nothing")
	}
	tom.meets(500)
	tom.must(tom.Route("**"+pathOf(id), func(route playwright.Route) {
		_ = route.Fulfill(playwright.RouteFulfillOptions{
			Status: playwright.Int(500), ContentType: playwright.String("text/html"), Body: "<p>gone</p>",
			Headers: map[string]string{"X-Request-Id": "as Switchboard has it"},
		})
	}))
	_, err := tom.Evaluate(`() => {
		window.failed = new Promise((failed) => document.addEventListener("htmx:finally:request",
			({ detail: { ctx } }) => ctx.response?.status === 500 && failed()));
	}`)
	tom.must(err)
	maya.saves(id, "LIVE02.contoso.com")
	_, err = tom.Evaluate("() => window.failed")
	tom.must(err)
	tom.sees(tom.GetByText("LIVE01.contoso.com").First())
}

// TestReceiptStaysBesideAnothersSave: a page that shows what its person has saved shows another's save as soon as any. The receipt keeps
// its place and the focus, and says what has changed since.
func TestReceiptStaysBesideAnothersSave(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	maya, priya := s.sits(t), s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	priya.signsIn("Priya Raman", pathOf(id))
	maya.saves(id, "LIVE01.contoso.com")
	saved := maya.heading("Saved. Graph stored the field as asked.")
	maya.hasFocus(saved)
	maya.clicks(maya.summary("For support"))
	maya.must(saved.Focus())
	priya.saves(id, "LIVE02.contoso.com")
	since := time.Now()
	maya.shows("serverName", "LIVE02.contoso.com")
	if took := time.Since(since); took > 2*time.Second {
		t.Errorf("the page showed it after %v", took)
	}
	maya.hasFocus(saved)
	maya.sees(maya.receipt().GetByRole("status").GetByText("Changed since then: Exchange server."))
	maya.sees(maya.receipt().Locator("details[open] > summary", playwright.LocatorLocatorOptions{HasText: "For support"}))
	maya.must(maya.expect.Locator(maya.Locator("#changed")).ToBeHidden())
	maya.isAccessible("a receipt beside what has changed since")
	maya.clicks(maya.link("Close the receipt"))
	maya.misses(maya.receipt())
	maya.shows("serverName", "LIVE02.contoso.com")
}

// holdsAnswer keeps back what the page asks for by itself until it is let go, which returns once the page has dealt with it.
func (p *person) holdsAnswer(path string) (asked <-chan struct{}, letGo func()) {
	p.t.Helper()
	begun, release := make(chan struct{}), make(chan struct{})
	p.must(p.Route("**"+path, func(route playwright.Route) {
		if route.Request().Headers()["switchboard-passive"] == "true" {
			close(begun)
			<-release
		}
		if err := route.Continue(); err != nil {
			p.fault(err.Error())
		}
	}, 1))
	_, err := p.Evaluate(`(path) => {
		window.dealt = new Promise((dealt) => document.addEventListener("htmx:finally:request",
			({ detail: { ctx } }) => ctx.request.action === path && ctx.request.headers["Switchboard-Passive"] && dealt()));
	}`, path)
	p.must(err)
	return begun, func() {
		close(release)
		_, err := p.Evaluate("() => window.dealt")
		p.must(err)
	}
}

// TestAnAnswerTouchesNoFormOpenedMeanwhile: what a page asked for by itself comes when somebody has opened a form since, on that page or
// in its place.
func TestAnAnswerTouchesNoFormOpenedMeanwhile(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	for name, test := range map[string]struct {
		open    func(*person) playwright.Locator
		changed bool
	}{
		"on the page": {func(tom *person) playwright.Locator {
			tom.clicks(tom.summary("Leave a note…"))
			return tom.GetByLabel("Note")
		}, true},
		"in its place": {func(tom *person) playwright.Locator {
			tom.follows("Edit")
			return tom.field("Agent version")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			maya, priya := s.sits(t), s.sits(t)
			priya.signsIn("Priya Raman", pathOf(id))
			asked, letGo := priya.holdsAnswer(pathOf(id))
			maya.signsIn("Maya Lindqvist", pathOf(id))
			maya.saves(id, "LIVE01.contoso.com")
			<-asked
			field := test.open(priya)
			priya.types(field, "half a word")
			letGo()
			priya.must(priya.expect.Locator(field).ToHaveValue("half a word"))
			if test.changed {
				priya.saysChanged()
				priya.misses(priya.card().GetByText("LIVE01.contoso.com"))
			}
		})
	}
}

// TestSyncTouchesNoNote: the page that shows a sync's end leaves a note that is being written alone.
func TestSyncTouchesNoNote(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{syncDelay: time.Second})
	maya := s.sits(t)
	maya.must(maya.Clock().Install())
	maya.hearsFrom(func() { maya.signsIn("Maya Lindqvist", pathOf(id)) }) // or it would be late as soon as that clock moves on
	maya.presses("Ask for a sync…")
	maya.gives("Queue looked stuck")
	maya.presses("Ask for a sync")
	maya.outcome("applied")
	maya.clicks(maya.summary("Leave a note…"))
	maya.types(maya.GetByLabel("Note"), "half a note")
	arrived := maya.Locator("#progress").GetByText("Synced in").First()
	for late := time.Now().Add(patience * time.Millisecond); time.Now().Before(late); {
		if there, err := arrived.IsVisible(); err == nil && there {
			break
		}
		maya.passes(30_000)
	}
	maya.sees(arrived)
	maya.saysChanged()
	maya.must(maya.expect.Locator(maya.GetByLabel("Note")).ToHaveValue("half a note"))
}

// TestHeardWhileAFormIsOnItsWay: a page whose form comes back without an answer says what it has heard meanwhile.
func TestHeardWhileAFormIsOnItsWay(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	maya, priya := s.sits(t), s.sits(t)
	maya.meets(502)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	lost := make(chan struct{})
	maya.must(maya.Route("**/notes", func(route playwright.Route) {
		<-lost
		if err := route.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(502)}); err != nil { // as a proxy does
			maya.fault(err.Error())
		}
	}))
	_, err := maya.Evaluate(`() => { window.told = new Promise((told) => document.addEventListener("heard", told)); }`)
	maya.must(err)
	maya.clicks(maya.summary("Leave a note…"))
	maya.types(maya.GetByLabel("Note"), "half a note")
	maya.presses("Leave the note")
	priya.signsIn("Priya Raman", pathOf(id))
	priya.saves(id, "LIVE01.contoso.com")
	_, err = maya.Evaluate("() => window.told.then(() => {})")
	maya.must(err)
	close(lost)
	maya.saysChanged()
	maya.must(maya.expect.Locator(maya.GetByLabel("Note")).ToHaveValue("half a note"))
}

// TestAButtonIsNoOpenForm: a page goes on showing what others do while the focus is on a button with nothing to type beside it.
func TestAButtonIsNoOpenForm(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	maya, priya := s.sits(t), s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.clicks(maya.summary("I am on it…"))
	maya.presses("I am on it")
	maya.must(maya.button("I am done").Focus())
	priya.signsIn("Priya Raman", pathOf(id))
	priya.saves(id, "LIVE01.contoso.com")
	maya.shows("serverName", "LIVE01.contoso.com")
	maya.hasFocus(maya.button("I am done"))
}

// TestTwoProgramsTellEachOther: a save through one is on the open card of the other within two seconds, and on its list within
// fifteen; a program that stops does not wait for the pages that listen.
func TestTwoProgramsTellEachOther(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	sites := openAll(t, settings{kind: databasetest.PostgresKind, settle: 200 * time.Millisecond, idle: 30 * time.Minute}, freeAddress(t), freeAddress(t))
	one, other := sites[0], sites[1]
	maya, tom := one.sits(t), other.sits(t)
	tom.signsIn("Tom Okafor", "/connectors?q=s2s-na")
	card := tom.tab(pathOf(id))
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.saves(id, "LIVE02.contoso.com")
	saved := time.Now()
	card.sees(card.GetByText("LIVE02.contoso.com").First())
	if took := time.Since(saved); took > 2*time.Second {
		t.Errorf("the card showed it after %v", took)
	}
	tom.sees(tom.GetByText("LIVE02.contoso.com").First())
	if took := time.Since(saved); took > 15*time.Second {
		t.Errorf("the list showed it after %v", took)
	}
	tom.meets(0) // whose pages come back before the story ends
	stopped := time.Now()
	tom.must(other.program.process.Signal(syscall.SIGTERM))
	tom.must(<-other.program.ended)
	if took := time.Since(stopped); took > 5*time.Second {
		t.Errorf("the program whose pages listen took %v to stop", took)
	}
}
