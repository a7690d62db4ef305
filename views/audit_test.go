package views_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views"
)

var chain = views.Chain{Size: 1289, Root: "tG7xN0aVq3kW4c1LZr8myH5uE2bPjT6oD7sFQi9fQhA=", Key: "contoso.example/audit+3f1c9a20+AbskvEAPwC6LYZUaJyllAJ6dJtJmxk/zxUD9jMhMVK81", Checked: 3}

func auditRow(seq int64, action, outcome string, at time.Time, fields ...connector.FieldChange) views.AuditRow {
	return views.AuditRow{
		Event: views.Event{Who: "Maya Lindqvist", Action: action, Outcome: outcome, At: at, Seq: seq, Fields: fields, Reason: "CHG-20933", Change: "c1", Connector: connectorID, Name: naMail().Name()},
		Line:  seq, Role: "Admin",
	}
}

func auditPage() views.Audit {
	edited := auditRow(1288, "edit", "applied", now.Add(-time.Minute), field(connector.Version, "1", "2", "2"), field(connector.ServerName, "a", "b", "b"),
		field(connector.ExchangeAlias, "a", "b", "b"), field(connector.ExchangeOrganization, "a", "b", "b"))
	resolved := auditRow(1285, "resolved", "applied_observed", now.Add(-2*time.Hour))
	resolved.Event.Seq = 1203
	doubted := auditRow(1203, "edit", "in_doubt", now.Add(-25*time.Hour), field(connector.Version, "1", "2", "2"))
	doubted.Event.Outcome, doubted.Said, doubted.Today = "applied_observed", "in_doubt", "applied_observed"
	saw := views.AuditRow{Event: recent()[7], Line: 1204, Role: "Admin"}
	saw.Event.Action, saw.Event.Of = "resolved", "sync"
	outside := views.AuditRow{Event: recent()[8], Line: 1190, Role: "Helpdesk"}
	denied := views.AuditRow{Event: views.Event{Who: "Tom Okafor", Action: "denied", Reason: "GET /audit", At: now.Add(-50 * time.Hour), Seq: 1200}, Line: 1200, Role: "Helpdesk"}
	export := views.AuditRow{Event: views.Event{Who: "Ruth Brandt", Action: "export", Reason: "audit.csv?person=maya", At: now.Add(-51 * time.Hour), Seq: 1199}, Line: 1199}
	return views.Audit{
		Chain: chain, Now: now, Rows: []views.AuditRow{edited, resolved, saw, doubted, denied, export, outside},
		Search:  views.AuditSearch{Person: "o1", PersonName: "Maya Lindqvist", From: "2026-11-01"},
		Actions: []string{"edit", "sign_in"}, Outcomes: []string{"pending", "applied"}, People: []string{"Maya Lindqvist"}, Connectors: []string{"na-mail"},
		Newest: views.AuditCursor{There: true}, Newer: views.AuditCursor{There: true, After: 1288}, Older: views.AuditCursor{There: true, Before: 1199},
	}
}

func auditLine() views.AuditLine {
	row := auditRow(1288, "edit", "applied", now.Add(-time.Minute), field(connector.Version, "1", "2", "2"))
	row.Said, row.Today = "pending", "applied"
	synced := connector.Of("2026-11-24T10:12:31.4020000Z")
	return views.AuditLine{Row: row, ID: "c1", Actor: admin, Outcome: "pending", SyncType: "fullSync", SyncedAt: &synced, Graph: &views.GraphAnswer{Status: 200, RequestID: "d4b03f17"}, Kept: []views.Beside{{Label: "client", Value: "10.20.4.17"}},
		Hash: chain.Root, Text: `{"seq":1288}`, Path: []string{chain.Root}, Related: []views.AuditRow{row, auditRow(1289, "edit", "applied", now)}, Chain: chain}
}

// auditExhibits are the pages of the record in every state.
func auditExhibits() map[string]func() templ.Component {
	page := func(change func(*views.Audit)) func() templ.Component {
		m := auditPage()
		change(&m)
		return func() templ.Component { return views.AuditContent(m) }
	}
	line := func(change func(*views.AuditLine)) func() templ.Component {
		m := auditLine()
		change(&m)
		return func() templ.Component { return views.AuditLineContent(m) }
	}
	nothing := func(m *views.Audit) { m.Rows, m.Older, m.Newer = nil, views.AuditCursor{}, views.AuditCursor{} }
	return map[string]func() templ.Component{
		"audit":       page(func(*views.Audit) {}),
		"audit-none":  page(nothing),
		"audit-empty": page(func(m *views.Audit) { nothing(m); m.Search = views.AuditSearch{} }),
		"audit-shared": page(func(m *views.Audit) {
			m.Search = views.AuditSearch{Connector: "na-mail", MeantToo: 1208, Meant: []views.Bearer{
				{ID: "c1", Name: connector.Name{Short: "na-mail", Organization: "Contoso North America"}}, {ID: "c2", Name: connector.Name{Short: "ex\u202e-mail"}},
			}}
		}),
		"audit-former": page(func(m *views.Audit) {
			m.Search = views.AuditSearch{Connector: "na-mail", Meant: []views.Bearer{{ID: "c2", Name: connector.Name{Short: "new-mail"}}}}
		}),
		"audit-altered": page(func(m *views.Audit) { m.Chain.Altered, m.Rows[1].Altered = []int64{1285, 1203}, true }),
		"audit-witnessed": page(func(m *views.Audit) {
			m.Chain.Witnesses = []views.Witness{
				{Name: "one.example/witness", Lines: 1289, At: now.Add(-time.Minute)},
				{Name: "two.example/witness", Lines: 1200, At: now.Add(-time.Hour), Failing: now.Add(-time.Hour), Failure: "it answers 503 Service Unavailable"},
				{Name: "three.example/witness", Failing: now, Failure: "it knows 1,300 lines", Refused: true, Accepted: true, First: 1290},
			}
		}),
		"audit-refused": page(func(m *views.Audit) {
			m.Chain.Witnesses = []views.Witness{{Name: "one.example/witness", Lines: 1300, At: now, Failing: now, Failure: "lines were cut off", Refused: true, First: 1290}}
		}),
		"audit-broken": page(func(m *views.Audit) {
			m.Chain.Broken, m.Chain.First, m.Chain.Why, m.Chain.Unsigned, m.Chain.Kept = true, 1204, "Line 1204 is missing.", true, now
		}),
		"audit-unproven": page(func(m *views.Audit) { m.Chain = views.Chain{Failed: true} }),
		"audit-faults": page(func(m *views.Audit) {
			m.Search.Faults = []problem.Field{{Name: "from", Message: "Enter a date or a time, such as 2026-11-24."}, {Name: "persn", Message: "The audit log does not have this filter."}}
		}),
		"line":         line(func(*views.AuditLine) {}),
		"line-altered": line(func(m *views.AuditLine) { m.Chain.Altered, m.Row.Altered = []int64{1288}, true }),
		"line-unsigned": line(func(m *views.AuditLine) {
			m.Chain.Broken, m.Chain.First, m.Chain.Why, m.Chain.Unsigned = true, 1, "The root is not the one of the checkpoint.", true
		}),
		"line-accepted": line(func(m *views.AuditLine) {
			archived := connector.Of("1200")
			fields := []connector.FieldChange{{Name: "archived", Before: connector.Null(), Requested: archived, Stored: &archived}}
			m.Row = views.AuditRow{Event: views.Event{Who: "root", Action: "accepted", Reason: "the beginning was archived", Fields: fields, At: now}, Line: 1290}
			m.Graph, m.Related, m.Kept = nil, nil, nil
		}),
		"line-unproven": line(func(m *views.AuditLine) { m.Chain.Failed = true }),
		"line-sign-in": line(func(m *views.AuditLine) {
			m.Row = views.AuditRow{Event: views.Event{Who: "Ruth Brandt", Action: "sign_in", At: now}, Line: 9}
			m.Graph, m.Related, m.Kept = nil, nil, nil
		}),
	}
}

func TestAuditPagesAreSound(t *testing.T) {
	t.Parallel()
	for name, draw := range auditExhibits() {
		page := parsedPage(t, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return views.Page(shell("Audit log")).Render(templ.WithChildren(ctx, draw()), w)
		}))
		one(t, page, "h1")
		checkIDs(t, name, page)
		checkLabels(t, name, page)
		checkHarmless(t, name, page)
	}
}

func TestAuditSaysWhatItKnows(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"audit": {"Chain verified", "3 lines", "Today, 24 November 2026", "Yesterday, 23 November 2026", "Edited 4 fields", "1 more field", "of entry 1,203",
			"now: saved, seen later", "opened directly, 0012 becomes 12", "Tried what the role does not allow", "GET /audit", "Exported the log as CSV, filtered", "Person: Maya Lindqvist", "From: 2026-11-01"},
		"audit-none":    {"No entry matches these filters", "Clear all filters"},
		"audit-empty":   {"The log is empty"},
		"audit-shared":  {"1,210 connectors with this name, now or formerly:", "na-mail · Contoso North America", "U+202E", "1,208 more", "Connector: na-mail"},
		"audit-former":  {"The connector that had this name is now", "new-mail"},
		"audit-altered": {"Chain broken", "does not match its checkpoint at line 1,203", "Keep your last checkpoint and call your security team."},
		"audit-witnessed": {"Chain verified", "Witness one.example/witnessline 1,289", "line 1,200, 89 lines behind", "two.example/witness has not since", "503 Service Unavailable",
			"no line yet", "under a new origin"},
		"audit-refused":  {"Chain broken", "A witness knows another record: lines from 1,290 on", "call your security team"},
		"audit-unproven": {"Chain not checked"},
		"audit-faults":   {"2 errors.", "Nothing was searched.", "persn: The audit log does not have this filter."},
		"line":           {"Entry 1,288: Edited 1 field Saved", "In the tree", "10.20.4.17", "Intent", "Outcome"},
		"line-altered":   {"Altered"},
	} {
		got := words(parsed(t, auditExhibits()[name]()))
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %q: %s", name, part, got)
			}
		}
	}
}

func TestAuditAddressesKeepTheFilter(t *testing.T) {
	t.Parallel()
	page := parsed(t, auditExhibits()["audit"]())
	for id, want := range map[string]string{
		"page-newest": "/audit?from=2026-11-01&person=o1", "page-previous": "/audit?after=1288&from=2026-11-01&person=o1",
		"page-next": "/audit?before=1199&from=2026-11-01&person=o1",
	} {
		if got := value(one(t, page, "a", "id="+id), "href"); got != want {
			t.Errorf("%s leads to %s, want %s", id, got, want)
		}
	}
	var without []string
	for _, chip := range find(page, "a", "class=chip") {
		without = append(without, value(chip, "href"))
	}
	if want := []string{"/audit?from=2026-11-01", "/audit?person=o1"}; !slices.Equal(without, want) {
		t.Errorf("the chips lead to %q, want %q", without, want)
	}
	for _, export := range []string{"/audit.csv", "/audit.ndjson", "/audit/evidence.zip"} {
		one(t, page, "button", "form=audit-filters", "formaction="+export)
	}
}

// TestAuditHostileTextsStayTexts holds every string of the record's pages to be text.
func TestAuditHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	draw := func(text string) map[string]templ.Component {
		fragments := map[string]templ.Component{
			"faults": flooded(text, views.AuditContent),
			"line":   flooded(text, views.AuditLineContent),
			"empty":  flooded(text, views.AuditContent, func(m *views.Audit) { m.Rows, m.Search.Faults = nil, nil }),
		}
		for _, action := range []string{"edit", "denied", "export", "resolved", "sign_in", text} {
			fragments["rows "+action] = flooded(text, views.AuditContent, func(m *views.Audit) { m.Search.Faults, m.Rows[0].Event.Action = nil, action })
		}
		return fragments
	}
	plain := map[string][]string{}
	for name, fragment := range draw("plain") {
		plain[name] = shape(parsed(t, fragment))
	}
	for _, text := range corpus {
		for name, fragment := range draw(text) {
			got := parsed(t, fragment)
			if want := plain[strings.Replace(name, "rows "+text, "rows plain", 1)]; !slices.Equal(shape(got), want) {
				t.Errorf("%s with %q has other elements or attributes:\n%s\nwant:\n%s", name, text, strings.Join(shape(got), " "), strings.Join(want, " "))
			}
			checkHarmless(t, name+" with "+text, got)
		}
	}
}

// TestAuditIsOfferedToWhoMayRead: the history's link is not for everybody.
func TestAuditIsOfferedToWhoMayRead(t *testing.T) {
	t.Parallel()
	for _, actor := range []access.Actor{admin, helpdesk} {
		links := find(parsed(t, views.ConnectorCard(card(naMail(), actor))), "a", "href=/audit?connector="+connectorID)
		if got := len(links) == 1; got != actor.May(access.Audit) {
			t.Errorf("%v is offered the audit log: %v", actor.Roles, got)
		}
	}
}
