package journeys

import (
	"regexp"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// countsClicks has the tab count what is clicked, over all of its pages.
func (p *person) countsClicks() (clicks func() int) {
	p.t.Helper()
	p.must(p.AddInitScript(playwright.Script{Content: playwright.String(
		`addEventListener("click", (e) => e.isTrusted && sessionStorage.setItem("clicks", 1 + Number(sessionStorage.getItem("clicks"))), true)`,
	)}))
	return func() int {
		count, err := p.Evaluate(`Number(sessionStorage.getItem("clicks"))`)
		p.must(err)
		number, _ := count.(int)
		return number
	}
}

// run is the section of the run that is shown.
func (p *person) run(state string) playwright.Locator {
	return p.Locator(`section[data-run][data-state="` + state + `"]`)
}

func (p *person) row(outcome string) playwright.Locator {
	return p.Locator(`tr[data-outcome="` + outcome + `"]`)
}

// organization is the field of the form of many.
func (p *person) organization() playwright.Locator {
	return p.named("textbox", "Organization of all of them")
}

// TestAFieldOfManyTypedBeforeTheScriptCame is one that shall change all the same. One whose tick was taken away is none, also after a
// reload that puts its text back.
func TestAFieldOfManyTypedBeforeTheScriptCame(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors?q=hosted-na")
	maya.clicks(maya.named("checkbox", "Select all connectors of this page"))
	maya.picked("1")
	typed := make(chan struct{})
	maya.must(maya.Route("**/static/*.js", func(route playwright.Route) {
		<-typed
		maya.must(route.Continue())
	}))
	maya.presses("Edit…")
	maya.must(maya.organization().Fill("Contoso Deutschland"))
	close(typed)
	maya.isScripted()
	tick := maya.named("checkbox", "Change Organization exchangeOrganization")
	maya.must(maya.expect.Locator(tick).ToBeChecked())
	maya.must(maya.expect.Locator(maya.GetByRole("checkbox", playwright.PageGetByRoleOptions{Name: "Change", Checked: playwright.Bool(true)})).ToHaveCount(1))
	maya.must(tick.Uncheck())
	_, err := maya.Reload()
	maya.must(err)
	maya.must(maya.expect.Locator(maya.organization()).ToHaveValue("Contoso Deutschland"))
	maya.must(maya.expect.Locator(tick).Not().ToBeChecked())
}

// TestTwentyRepairs: twenty connectors are repaired with at most 15 clicks and one reason, though somebody changes one of them
// meanwhile and Graph asks to wait once.
func TestTwentyRepairs(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(20)})
	maya := s.sits(t)
	clicks := maya.countsClicks()
	maya.signsIn("Maya Lindqvist", "/connectors")
	before := clicks()
	maya.clicks(maya.named("checkbox", "Select all connectors of this page"))
	maya.picked("20")
	maya.presses("Edit…")
	maya.isOn("Edit 20 connectors together")
	maya.isAccessible("the form of many")
	maya.clicks(maya.organization())
	maya.keys("Contoso Deutschland")
	maya.must(maya.expect.Locator(maya.named("checkbox", "Change Organization exchangeOrganization")).ToBeChecked())
	maya.clicks(maya.reason())
	maya.keys("Renamed after the merger. CHG-20951.")
	maya.presses("Preview")
	maya.sees(maya.button("Apply to 20 connectors"))
	maya.isAccessible("the preview of many")

	moved, throttled := simulator.ID("exchange-011"), simulator.ID("exchange-005")
	s.elsewhere(t, moved, "exchangeOrganization", "Litware")
	s.tenant.Faults.Next(patchOf(throttled), faults.Status(429, "application/json", `{"error":{"code":"TooManyRequests","message":"Too many requests."}}`, "Retry-After", "1"))
	maya.presses("Apply to 20 connectors")
	maya.sees(maya.run("done"))
	maya.isAccessible("a run that is done")
	maya.counts(maya.row("applied"), 19)
	maya.counts(maya.row("conflict"), 1)
	maya.reads("Applied, after a wait asked for by Graph")
	maya.presses("Try the other 1 again…")
	maya.presses("Apply to 1 connector")
	maya.sees(maya.Locator(`section[data-run][data-state="done"][data-total="1"][data-applied="1"]`))
	if used := clicks() - before; used > 15 {
		t.Errorf("%d clicks", used)
	} else {
		t.Logf("%d clicks", used)
	}
	s.holds(t, moved, "exchangeOrganization", "Contoso Deutschland")
	s.holds(t, throttled, "exchangeOrganization", "Contoso Deutschland")
	s.sent(t, patchOf(throttled), 2)
	maya.visits("/connectors")
	maya.misses(maya.button("Export CSV"))
}

// TestManyByKeyboard: the whole way without a mouse.
func TestManyByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(3)})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/connectors")
	maya.reaches(maya.named("checkbox", "Select all connectors of this page"), "Space")
	maya.reaches(maya.button("Edit…"), "Enter")
	maya.isOn("Edit 3 connectors together")
	maya.reaches(maya.organization(), "")
	maya.keys("Contoso Deutschland")
	maya.reaches(maya.reason(), "")
	maya.keys("Renamed after the merger")
	maya.reaches(maya.button("Preview"), "Enter")
	maya.sees(maya.button("Apply to 3 connectors"))
	maya.reaches(maya.named("checkbox", "Apply to exchange-001"), "Enter") // begins nothing
	maya.must(maya.Keyboard().Press("Space"))
	maya.sees(maya.button("Apply to 2 connectors"))
	maya.reaches(maya.button("Apply to 2 connectors"), "Enter")
	maya.sees(maya.run("done"))
	maya.counts(maya.row("applied"), 2)
	s.sent(t, patchOf(simulator.ID("exchange-001")), 0)
}

// reaches goes on with the tabulator until what is wanted has the focus, and presses a key there.
func (p *person) reaches(what playwright.Locator, key string) {
	p.t.Helper()
	p.sees(what)
	for range 200 {
		if focused, err := what.Evaluate(`(element) => element === document.activeElement`, nil); err == nil && focused == true {
			if key != "" {
				p.must(p.Keyboard().Press(key))
			}
			return
		}
		p.must(p.Keyboard().Press("Tab"))
	}
	p.t.Fatal("the tabulator does not lead there")
}

// TestManyWithoutScript: ticks of a page, form, preview, run, a look again, and putting back.
func TestManyWithoutScript(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(4)})
	maya := s.sits(t, withoutScript)
	maya.signsIn("Maya Lindqvist", "/connectors")
	maya.must(maya.plainTick("exchange-001").Check())
	maya.must(maya.plainTick("exchange-003").Check())
	maya.presses("Edit…")
	maya.isOn("Edit 2 connectors together")
	maya.meets(422)
	maya.types(maya.organization(), "Contoso Deutschland")
	maya.presses("Preview")
	maya.reads("Tick at least one that shall change.")
	maya.must(maya.named("checkbox", "Change Organization exchangeOrganization").Check())
	maya.presses("Preview")
	maya.presses("Apply to 2 connectors")
	maya.reads("Say why")
	maya.types(maya.reason(), "Renamed after the merger")
	maya.presses("Apply to 2 connectors")
	maya.must(maya.expect.Page(maya.Page).ToHaveURL(regexp.MustCompile(`/bulk/[0-9a-f-]{36}$`)))
	maya.looksUntilDone()
	maya.presses("Put back the 2 applied…")
	maya.types(maya.reason(), "Not these")
	maya.presses("Put back 2 connectors")
	maya.looksUntilDone()
	maya.visits("/connectors")
	maya.presses("Edit all 4 that match…")
	maya.isOn("Edit 4 connectors together")
	s.sent(t, patchOf(simulator.ID("exchange-001")), 2)
	s.sent(t, patchOf(simulator.ID("exchange-000")), 0)
}

// looksUntilDone follows the link that shows the run again, for as long as the run goes on.
func (p *person) looksUntilDone() {
	p.t.Helper()
	for {
		if done, err := p.run("done").Count(); err == nil && done == 1 {
			return
		}
		if again, err := p.link("Look again").Count(); err == nil && again == 1 {
			p.follows("Look again")
		}
	}
}

// TestSheetInTheBrowser: the list's export, edited, comes back by a form; a broken one is told so.
func TestSheetInTheBrowser(t *testing.T) {
	t.Parallel()
	s := open(t, settings{connectors: many(3)})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", "/bulk/import")
	maya.isAccessible("the form of a file")
	maya.meets(422)
	send := func(content string) {
		maya.must(maya.GetByLabel("CSV file").SetInputFiles(playwright.InputFile{Name: "connectors.csv", MimeType: "text/csv", Buffer: []byte(content)}))
		maya.presses("Preview")
	}
	send("id;serverName\r\n" + simulator.ID("exchange-001") + ";ex01\r\nnobody;ex02\r\n")
	maya.reads("Line 3")
	maya.isAccessible("a file with faults")
	send("\ufeffid;serverName\r\n" + simulator.ID("exchange-001") + ";'=ex01\r\n")
	maya.types(maya.reason(), "From the sheet")
	maya.presses("Apply to 1 connector")
	maya.sees(maya.run("done"))
	s.holds(t, simulator.ID("exchange-001"), "serverName", "=ex01")
}
