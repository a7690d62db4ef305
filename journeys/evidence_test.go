package journeys

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// lastWeek records a change made elsewhere on Wednesday of last week, one just now, and returns the record's public key.
func lastWeek(t *testing.T, database, keyFile string) string {
	t.Helper()
	key, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	db := databasetest.Open(t, database)
	log, err := audit.New(audit.Options{Database: db, SignerKey: strings.TrimSpace(string(key)), Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	now := at.UTC()
	monday := -int((now.Weekday() + 6) % 7)
	wednesday := now.AddDate(0, 0, monday-5)
	for i, day := range []time.Time{wednesday, now} {
		at = day
		stored := connector.Of(fmt.Sprintf("CHG-2093%d Zürich", i))
		if _, err := log.Note(t.Context(), audit.Entry{
			Action: audit.Observed, Connector: simulator.ID("hosted-na"), Actor: access.Actor{OID: "o1", TID: "t1", Name: "Maya Lindqvist", Claims: []string{"Connector.Admin"}},
			Fields: []connector.FieldChange{{Name: connector.Version, Before: connector.Of("15.1"), Stored: &stored}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return log.VerifierKey()
}

// countHands counts what hands do from here on, over all pages of this tab.
const countHands = `for (const [what, kind] of [["clicks", "pointerdown"], ["keys", "keydown"]])
	addEventListener(kind, () => sessionStorage.setItem(what, 1 + Number(sessionStorage.getItem(what) ?? 0)), true)`

// TestLastWeeksEvidence is had from the overview with three clicks and no key, also without script; it verifies, and its report
// is a page that a person reads and prints.
func TestLastWeeksEvidence(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"with script": nil, "without script": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var key string
			s := open(t, settings{before: func(database, keyFile string) { key = lastWeek(t, database, keyFile) }})
			ruth := s.sits(t, options...)
			ruth.signsIn("Ruth Brandt", "/")
			ruth.isOn("Overview")
			ruth.must(ruth.AddInitScript(playwright.Script{Content: playwright.String(countHands)}))
			ruth.visits("/")

			ruth.clicks(ruth.link("Audit log"))
			ruth.isOn("Audit log")
			ruth.clicks(ruth.GetByText("Last week", playwright.PageGetByTextOptions{Exact: playwright.Bool(true)}))
			if options == nil {
				ruth.reads("CHG-20930")
				ruth.misses(ruth.GetByText("CHG-20931"))
			}
			pack := ruth.keepsFile(func() { ruth.clicks(ruth.button("Evidence pack")) })

			if options == nil {
				hands, err := ruth.Evaluate(`[sessionStorage.getItem("clicks"), sessionStorage.getItem("keys")].join()`)
				ruth.must(err)
				if hands != "3," {
					t.Errorf("clicks and keys: %v, want 3 and none", hands)
				}
				ruth.counts(ruth.Locator("#verify").GetByText(filepath.Base(pack)), 1)
			}
			verified, err := exec.Command(binary, "verify", "-key", key, pack).CombinedOutput()
			if err != nil || !strings.Contains(string(verified), "lines       1 of ") || !strings.Contains(string(verified), "good, by the key given") {
				t.Errorf("verify: %v\n%s", err, verified)
			}
			isReadable(t, unpacked(t, pack, "report.html"))
		})
	}
}

// keepsFile is the path of the file that the browser is given, under its own name.
func (p *person) keepsFile(do func()) string {
	p.t.Helper()
	download, err := p.ExpectDownload(func() error { do(); return nil })
	p.must(err)
	path := filepath.Join(p.t.TempDir(), download.SuggestedFilename())
	p.must(download.SaveAs(path))
	return path
}

func unpacked(t *testing.T, pack, name string) string {
	t.Helper()
	archive, err := zip.OpenReader(pack)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// isReadable looks at a report as a file of its own: with axe, narrow, and on paper.
func isReadable(t *testing.T, report string) {
	t.Helper()
	for _, want := range []string{"Maya Lindqvist", "noticed a change made outside Switchboard, of", "CHG-20930 Zürich", "What it does not prove"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	context, err := browser.NewContext(playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: 320, Height: 800}, BypassCSP: playwright.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, statuses: map[int]bool{}, expect: playwright.NewPlaywrightAssertions(patience)}
	p.Page, err = context.NewPage()
	p.must(err)
	defer context.Close()
	p.must(p.SetContent(report))
	p.fits()
	p.isAccessible("the report")
	paper, err := p.PDF(playwright.PagePdfOptions{Format: playwright.String("A4")})
	p.must(err)
	if len(paper) < 5000 {
		t.Errorf("the report prints as %d bytes", len(paper))
	}
}

// TestRowsOpen where they stand, by mouse and by key, while a text is looked for; and close again.
func TestRowsOpen(t *testing.T) {
	t.Parallel()
	s := open(t, settings{before: func(database, keyFile string) { lastWeek(t, database, keyFile) }})
	ruth := s.sits(t)
	ruth.signsIn("Ruth Brandt", "/audit")
	ruth.types(ruth.named("searchbox", "Words in reasons, names and values"), "ZURICH 20930")
	ruth.counts(ruth.Locator("[data-seq]"), 1)
	ruth.isAt("/audit?q=ZURICH+20930")
	row := ruth.button("Show entry 1 here")
	ruth.clicks(row)
	opened := ruth.Locator("#open-1")
	ruth.sees(opened.GetByText("in the tree"))
	ruth.must(ruth.expect.Locator(row).ToHaveAttribute("aria-expanded", "true"))
	ruth.isAccessible("an open row")
	ruth.must(row.Focus())
	ruth.hits("Enter")
	ruth.must(ruth.expect.Locator(opened).ToBeHidden())
	ruth.hits("Enter")
	ruth.sees(opened.GetByText("in the tree"))
	ruth.isAt("/audit?q=ZURICH+20930")

	from := ruth.GetByLabel("From (UTC)")
	ruth.types(from, "yesterday")
	ruth.hits("Tab")
	ruth.reads("No entry matches these filters")
	ruth.clicks(ruth.GetByText("Last week", playwright.PageGetByTextOptions{Exact: playwright.Bool(true)}))
	ruth.counts(ruth.Locator("[data-seq]"), 1)
	ruth.must(ruth.expect.Locator(from).ToHaveValue("")) // a period takes the place of dates
}
