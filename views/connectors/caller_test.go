package connectors_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

func broken() connector.Connector {
	return viewstest.With(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "2026-11-19T03:40:00Z"), connector.Status, "disconnected")
}

// answer is what the card says under a question.
func answer(t *testing.T, m connectors.Card, question string) string {
	t.Helper()
	return viewstest.Words(viewstest.One(t, viewstest.Parsed(t, connectors.ConnectorCard(m)), "", "data-answer="+question))
}

// TestSinceSaysWhereNobodyLooked: each way in which an onset can be known, or not.
func TestSinceSaysWhereNobodyLooked(t *testing.T) {
	t.Parallel()
	before, from := viewstest.Now.Add(-75*time.Hour), viewstest.Now.Add(-3*time.Hour)
	retired := viewstest.With(broken(), connector.Type, "onPremises")
	retired = viewstest.With(retired, connector.LastSyncDateTime, "2024-02-18T09:12:00Z")
	for _, test := range []struct {
		connector connector.Connector
		since     connectors.Since
		want      string
	}{
		{broken(), connectors.Since{Before: before, From: from, Counted: true}, "Well until 21 Nov, 07:24 UTC, its last sync. Newly broken since 24 Nov, 07:24 UTC."},
		{broken(), connectors.Since{Before: before, From: from}, "Well until 21 Nov, 07:24 UTC at least, first seen so on 24 Nov, 07:24 UTC. Nobody looked in between."},
		{broken(), connectors.Since{Before: from, From: from, Who: "Priya Raman"}, "Since 24 Nov, 07:24 UTC, by Priya Raman."},
		{broken(), connectors.Since{From: from}, "First seen so on 24 Nov, 07:24 UTC. Nobody looked before."},
		{broken(), connectors.Since{Before: before}, "Well until 21 Nov, 07:24 UTC at least. Nobody has looked in between."},
		{broken(), connectors.Since{}, "Not known: nobody has looked before."},
		{viewstest.NaMail(), connectors.Since{}, "The audit log tells of no time when it was otherwise."},
		{viewstest.NaMail(), connectors.Since{Before: before, From: from}, "Otherwise until 21 Nov, 07:24 UTC at least, first seen so on 24 Nov, 07:24 UTC. Nobody looked in between."},
		{retired, connectors.Since{Before: time.Date(2024, 2, 18, 9, 12, 0, 0, time.UTC), From: viewstest.Retirement.Date, Counted: true}, "Retired on 19 Feb 2024, 00:00 UTC. It last synced on 18 Feb 2024, 09:12 UTC."},
		{viewstest.With(retired, connector.LastSyncDateTime, "0001-01-01T00:00:00Z"), connectors.Since{From: viewstest.Retirement.Date, Counted: true}, "Retired on 19 Feb 2024, 00:00 UTC. It has never synced."},
		{viewstest.With(retired, connector.LastSyncDateTime, "yesterday"), connectors.Since{From: viewstest.Retirement.Date, Counted: true}, "Retired on 19 Feb 2024, 00:00 UTC. Whether it has synced is not known."},
	} {
		m := viewstest.Card(test.connector, viewstest.Helpdesk)
		m.Caller.Since = test.since
		if got := answer(t, m, "since"); got != test.want {
			t.Errorf("the card says %q, want %q", got, test.want)
		}
	}
}

// TestUnderWay: a change in doubt and a sync are, and who asked is named; nothing is said to be nothing.
func TestUnderWay(t *testing.T) {
	t.Parallel()
	m := viewstest.Card(broken(), viewstest.Admin)
	m.Desk.Claim = nil
	if got := answer(t, m, "underway"); got != "Nothing." {
		t.Errorf("nothing is under way: %q", got)
	}
	doubt := viewstest.InDoubt()
	m.Receipt = &doubt
	m.Progress = &connectors.Progress{ID: m.Connector.ID(), Change: "c8", SyncType: changes.FullSync, Who: "Priya Raman", Asked: viewstest.Now.Add(-time.Minute), Until: viewstest.Now.Add(19 * time.Minute), Now: viewstest.Now}
	got := answer(t, m, "underway")
	for _, want := range []string{"Maya Lindqvist tried to edit 1 field on 24 Nov, 10:24 UTC; it is not known yet whether Graph took it.", "Priya Raman asked for a full sync on 24 Nov, 10:23 UTC."} {
		if !strings.Contains(got, want) {
			t.Errorf("the card does not say %q: %q", want, got)
		}
	}
	m.Receipt, m.Progress.Done = nil, true
	if got := answer(t, m, "underway"); got != "Nothing." {
		t.Errorf("what has ended is under way: %q", got)
	}
}

// TestWhoToAsk: who is on it, else who changed it last, but not oneself; else those who may.
func TestWhoToAsk(t *testing.T) {
	t.Parallel()
	m := viewstest.Card(broken(), viewstest.Helpdesk)
	if got := answer(t, m, "ask"); got != "Priya Raman, who is on it. Else anybody with Connector.Admin." {
		t.Errorf("the card says %q", got)
	}
	if got := answer(t, m, "underway"); !strings.HasPrefix(got, "Priya Raman is on it since 24 Nov, 09:49 UTC: ") {
		t.Errorf("the card says %q", got)
	}
	m.Desk.Claim = nil
	m.History = []changes.Event{
		{Who: "Tom Okafor", You: true, Action: "edit", Outcome: "applied", At: viewstest.Now},
		{Who: "Nobody", Action: "edit", Outcome: "rejected", At: viewstest.Now},
		{Who: "Priya Raman", Action: "revert", Outcome: "applied_observed", At: viewstest.Now.Add(-24 * time.Hour)},
	}
	if got := answer(t, m, "ask"); got != "Priya Raman, who changed it last, on 23 Nov, 10:24 UTC. Else anybody with Connector.Admin." {
		t.Errorf("the card says %q", got)
	}
	m.History = nil
	if got := answer(t, m, "ask"); got != "Anybody with Connector.Admin. Nobody has changed it here." {
		t.Errorf("to helpdesk the card says %q", got)
	}
	m.Actor = viewstest.Admin
	if got := answer(t, m, "ask"); got != "Nobody else has changed it here. You may act yourself." {
		t.Errorf("to an admin the card says %q", got)
	}
}

// TestSummary: for each health plain text of at most 600 characters, whatever Graph and people are called, and no word of 'ago'.
func TestSummary(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ünïcödé \u202e", 40)
	for health, c := range map[connector.Health]connector.Connector{
		connector.Broken:  broken(),
		connector.Late:    viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "2026-11-23T03:05:00Z"),
		connector.Pending: viewstest.With(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "0001-01-01T00:00:00Z"), connector.Status, "connectionPending"),
		connector.Unknown: viewstest.With(viewstest.NaMail(), connector.Status, "quarantined"),
		connector.Healthy: viewstest.NaMail(),
		connector.Retired: viewstest.With(viewstest.With(viewstest.NaMail(), connector.Type, "onPremises"), connector.LastSyncDateTime, "2024-02-18T09:12:00Z"),
	} {
		for _, awkward := range []bool{false, true} {
			if awkward {
				c = c.With(map[string]connector.Value{connector.ExchangeAlias: connector.Of(long), connector.ExchangeOrganization: connector.Of(long)})
			}
			m := viewstest.Card(c, viewstest.Helpdesk)
			if awkward {
				m.Gates.EditClaims = []string{long}
				m.Caller.Page = "https://switchboard.contoso.example/connectors/" + strings.Repeat("x", 700)
			}
			text := m.Summary()
			if utf8.RuneCountInString(text) > 600 || strings.Contains(text, "ago") || strings.ContainsRune(text, '\u202e') {
				t.Errorf("%s: %d characters: %s", health, utf8.RuneCountInString(text), text)
			}
			if !strings.Contains(text, health.Label()) {
				t.Errorf("%s is not named: %s", health, text)
			}
			if !awkward && !strings.HasSuffix(text, m.Caller.Page) {
				t.Errorf("%s does not lead back: %s", health, text)
			}
		}
	}
}

// TestSummaryPraisesNoDate that is none, or that lies ahead: what a caller is told rests on it.
func TestSummaryPraisesNoDate(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]string{
		"2026-12-04T09:12:00Z":         "Last sync 4 Dec 2026, 09:12 UTC, a date in the future;",
		"9999-12-31T23:59:59.9999999Z": "Last sync 31 Dec 9999, 23:59 UTC, a date in the future;",
		"yesterday":                    "Last sync not known;",
		"2026-11-24":                   "Last sync not known;",
	} {
		text := viewstest.Card(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, date), viewstest.Helpdesk).Summary()
		if !strings.Contains(text, want) || !strings.Contains(text, "It is not known whether this connect") || strings.Contains(text, "works:") || strings.Contains(text, "not in use yet") {
			t.Errorf("%s: %s", date, text)
		}
	}
}

// TestSummaryCutsNoName: a full stop in a person's name, or in a role's, ends no sentence.
func TestSummaryCutsNoName(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"Dr. Anna Schwarzenbach-Oberhuber", "Dipl. Ing. J. R. R. Mayer-Vorfelder Jr. of Contoso", "A. " + strings.Repeat("B. ", 30)} {
		name := connector.Of(strings.Repeat("ö", 200))
		c := broken().With(map[string]connector.Value{connector.ExchangeAlias: name, connector.ExchangeOrganization: name})
		m := viewstest.Card(c, viewstest.Helpdesk)
		m.Gates.EditClaims = []string{"Contoso. " + strings.Repeat("Admin. ", 20)}
		for _, page := range []int{0, 60, 120, 150, 180} {
			m.Caller.Page = "https://switchboard.contoso.example/connectors/" + strings.Repeat("x", page)
			m.Caller.Since = connectors.Since{From: viewstest.Now.Add(-3 * time.Hour), Who: who}
			m.History = []changes.Event{{Who: who, Action: "edit", Outcome: "applied", At: viewstest.Now.Add(-22 * time.Minute)}}
			text := m.Summary()
			for line := range strings.Lines(text) {
				asked, isAsk := strings.CutPrefix(strings.TrimSpace(line), "Ask: ")
				if isAsk && !strings.HasSuffix(asked, "…") && !strings.HasSuffix(asked, " UTC.") && !strings.HasSuffix(asked, ", who is on it.") || isAsk && len(asked) < 20 {
					t.Errorf("of %q: %q", who, line)
				}
				if strings.HasPrefix(line, "Since ") && !strings.Contains(line, who[:10]) {
					t.Errorf("of %q: %q", who, line)
				}
			}
			m.Desk.Claim = nil // and then by the history
		}
	}
}

// TestRunbookSaysNothingElse than the summary beside it: where it is not known how the connector is, its health's steps do not stand there.
func TestRunbookSaysNothingElse(t *testing.T) {
	t.Parallel()
	pending := viewstest.With(viewstest.NaMail(), connector.Status, connector.StatusPending)
	for _, test := range []struct {
		connector connector.Connector
		date      string
		runbook   bool
	}{
		{viewstest.NaMail(), "2030-01-01T00:00:00Z", false},
		{viewstest.NaMail(), "2026-11-24T14:00:00Z", false}, // ahead, and of today
		{viewstest.NaMail(), "yesterday", false},
		{viewstest.NaMail(), "0001-01-01T00:00:00Z", true}, // it has never synced: that is known
		{viewstest.NaMail(), "2026-11-24T10:00:00Z", true},
		{pending, "yesterday", true}, // Graph itself says that it waits
		{pending, "2030-01-01T00:00:00Z", true},
		{viewstest.With(viewstest.NaMail(), connector.Status, "disconnected"), "2030-01-01T00:00:00Z", true},
	} {
		for _, actor := range []access.Actor{viewstest.Admin, viewstest.Helpdesk} {
			m := viewstest.Card(viewstest.With(test.connector, connector.LastSyncDateTime, test.date), actor)
			fragment := viewstest.Parsed(t, connectors.ConnectorCard(m))
			if shown := len(viewstest.Find(fragment, "", "id=runbook-title")) > 0; shown != test.runbook {
				t.Errorf("%s, %s: a runbook is shown: %t; the caller is told: %s", m.Health, test.date, shown, m.Summary())
			}
			if unknown := strings.Contains(m.Summary(), "It is not known whether"); unknown == test.runbook {
				t.Errorf("%s, %s: beside a runbook (%t) the caller is told: %s", m.Health, test.date, test.runbook, m.Summary())
			}
		}
	}
}

// TestSummaryStandsOnThePage, as it is copied.
func TestSummaryStandsOnThePage(t *testing.T) {
	t.Parallel()
	m := viewstest.Card(broken(), viewstest.Helpdesk)
	pre := viewstest.One(t, viewstest.Parsed(t, connectors.ConnectorCard(m)), "pre", "data-summary")
	if got := viewstest.Text(pre); got != m.Summary() {
		t.Errorf("the page has %q, want %q", got, m.Summary())
	}
}

// odd are texts on which a shell, JSON or a page may break.
var odd = []string{
	"plain", "it's", "a\u2019b \u2018c\u2019 \u201ad\u201b", "$(rm -rf /) `x` $HOME \\ \" %PATH%", "<b>&amp;</b>", "a\r\nb\tc", "\u202eevil\u2066", "🦊\U000e0041", "", "null", "\x00\x7f",
}

// TestCopiedObject is exactly what Graph sent, without a character that nobody sees.
func TestCopiedObject(t *testing.T) {
	t.Parallel()
	for _, text := range odd {
		c := viewstest.With(viewstest.NaMail(), connector.ServerName, text).With(map[string]connector.Value{connector.Version: connector.Null()})
		shown := viewstest.Text(viewstest.One(t, viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(c, viewstest.Admin))), "pre", "id=as-json"))
		var got map[string]*string
		if err := json.Unmarshal([]byte(shown), &got); err != nil {
			t.Fatalf("%q: %v: %s", text, err, shown)
		}
		if len(got) != 10 || got["serverName"] == nil || *got["serverName"] != text || got["version"] != nil || *got["id"] != c.ID() {
			t.Errorf("of %q there is %s", text, shown)
		}
		for _, hidden := range []string{"\u202e", "\u2066", "\x00", "\U000e0041", "\t"} {
			if strings.Contains(shown, hidden) {
				t.Errorf("%q is hidden in %s", hidden, shown)
			}
		}
	}
	long := viewstest.With(viewstest.NaMail(), connector.ServerName, strings.Repeat("x", 5000))
	fragment := viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(long, viewstest.Admin)))
	if len(viewstest.Find(fragment, "pre", "id=as-json")) > 0 || len(viewstest.Find(fragment, "pre", "id=as-curl")) == 0 {
		t.Error("a long value stands in the JSON, or took the rest with it")
	}
}

// TestEachShellTakesTheValueAsItIs: a shell that is there is asked.
func TestEachShellTakesTheValueAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range odd {
		if strings.ContainsRune(text, 0) {
			continue // no argument of a program can hold it, and no address has it
		}
		if out, err := exec.Command("sh", "-c", "printf %s "+connectors.ForShell(text)).Output(); err != nil || string(out) != text {
			t.Errorf("a shell makes %q of %q: %v", out, text, err)
		}
		quoted := connectors.ForPowerShell(text)
		if got, ok := readPowerShell(quoted); !ok || got != text {
			t.Errorf("PowerShell makes %q of %s", got, quoted)
		}
	}
}

// readPowerShell reads a text in apostrophes by the rule of PowerShell's language: any of five signs ends it, two of them are one.
func readPowerShell(quoted string) (text string, ok bool) {
	isApostrophe := func(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) }
	signs := []rune(quoted)
	if len(signs) < 2 || !isApostrophe(signs[0]) {
		return "", false
	}
	var read []rune
	for i := 1; i < len(signs); i++ {
		if !isApostrophe(signs[i]) {
			read = append(read, signs[i])
			continue
		}
		if i == len(signs)-1 {
			return string(read), true
		}
		if !isApostrophe(signs[i+1]) {
			return "", false
		}
		read = append(read, signs[i])
		i++
	}
	return "", false
}

// TestRequestsHoldNoToken, and name the cloud.
func TestRequestsHoldNoToken(t *testing.T) {
	t.Parallel()
	for host, environment := range map[string]string{"graph.microsoft.com": "", "graph.microsoft.us": " -Environment USGov\n", "dod-graph.microsoft.us": " -Environment USGovDoD\n", "microsoftgraph.chinacloudapi.cn": " -Environment China\n"} {
		m := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
		m.Caller.Request.Address = "https://" + host + "/beta/deviceManagement/exchangeConnectors/" + m.Connector.ID()
		fragment := viewstest.Parsed(t, connectors.ConnectorCard(m))
		shell := viewstest.Text(viewstest.One(t, fragment, "pre", "id=as-powershell"))
		if !strings.Contains(shell, "Invoke-MgGraphRequest -Method GET -Uri '"+m.Caller.Request.Address+"'") || strings.Contains(shell, "-Environment") != (environment != "") || !strings.Contains(shell, environment) {
			t.Errorf("of %s: %s", host, shell)
		}
		if curl := viewstest.Text(viewstest.One(t, fragment, "pre", "id=as-curl")); !strings.Contains(curl, "Bearer $GRAPH_TOKEN") || !strings.Contains(curl, "'"+m.Caller.Request.Address+"'") {
			t.Errorf("of %s: %s", host, curl)
		}
	}
}

// TestRightsComeLast: 'What you may do here' is folded, below the runbook of the reader.
func TestRightsComeLast(t *testing.T) {
	t.Parallel()
	for _, actor := range []access.Actor{viewstest.Admin, viewstest.Helpdesk} {
		words := viewstest.Words(viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(broken(), actor))))
		places := []int{strings.Index(words, "What to tell the caller"), strings.Index(words, "Runbook: newly broken"), strings.Index(words, "checks pass")}
		if places[0] < 0 || places[1] < places[0] || places[2] < places[1] {
			t.Errorf("the order is %v", places)
		}
	}
}
