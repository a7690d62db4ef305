package viewstest

import (
	"maps"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/auditlog"
	"switchboard/views/changes"
)

// Chain is that of an audit log in which all is well.
var Chain = auditlog.Chain{Size: 1289, Root: "tG7xN0aVq3kW4c1LZr8myH5uE2bPjT6oD7sFQi9fQhA=", Key: "contoso.example/audit+3f1c9a20+AbskvEAPwC6LYZUaJyllAJ6dJtJmxk/zxUD9jMhMVK81", Checked: 3}

func auditRow(seq int64, action, outcome string, at time.Time, fields ...connector.FieldChange) auditlog.Row {
	return auditlog.Row{
		Event: changes.Event{Who: "Maya Lindqvist", Action: action, Outcome: outcome, At: at, Seq: seq, Fields: fields, Reason: "CHG-20933", Change: "c1", About: changes.About{Connector: ConnectorID, Name: NaMail().Name()}},
		Line:  seq, Role: "Admin",
	}
}

// AuditPage is a page of the audit log with entries of several kinds.
func AuditPage() auditlog.Log {
	edited := auditRow(1288, "edit", "applied", Now.Add(-time.Minute), Field(connector.Version, "1", "2", "2"), Field(connector.ServerName, "a", "b", "b"),
		Field(connector.ExchangeAlias, "a", "b", "b"), Field(connector.ExchangeOrganization, "a", "b", "b"))
	resolved := auditRow(1285, "resolved", "applied_observed", Now.Add(-2*time.Hour))
	resolved.Event.Seq = 1203
	doubted := auditRow(1203, "edit", "in_doubt", Now.Add(-25*time.Hour), Field(connector.Version, "1", "2", "2"))
	doubted.Event.Outcome, doubted.Said, doubted.Today = "applied_observed", "in_doubt", "applied_observed"
	saw := auditlog.Row{Event: Recent()[7], Line: 1204, Role: "Admin"}
	saw.Event.Action, saw.Event.Of = "resolved", "sync"
	outside := auditlog.Row{Event: Recent()[8], Line: 1190, Role: "Helpdesk"}
	denied := auditlog.Row{Event: changes.Event{Who: "Tom Okafor", Action: "denied", Reason: "GET /audit", At: Now.Add(-50 * time.Hour), Seq: 1200}, Line: 1200, Role: "Helpdesk"}
	export := auditlog.Row{Event: changes.Event{Who: "Ruth Brandt", Action: "export", Reason: "audit.csv?person=maya", At: Now.Add(-51 * time.Hour), Seq: 1199}, Line: 1199}
	return auditlog.Log{
		Chain: Chain, Now: Now, Rows: []auditlog.Row{edited, resolved, saw, doubted, denied, export, outside},
		Search:  auditlog.Search{Person: "o1", PersonName: "Maya Lindqvist", From: "2026-11-01"},
		Files:   auditlog.Files{NDJSON: "audit-2026-11-24.ndjson", Pack: "evidence-2026-11-24.zip", Checkpoint: "checkpoint-2026-11-24.txt"},
		Actions: []string{"edit", "sign_in"}, Outcomes: []string{"pending", "applied"}, People: []string{"Maya Lindqvist"}, Connectors: []string{"na-mail"},
		Newest: auditlog.Cursor{There: true}, Newer: auditlog.Cursor{There: true, After: 1288}, Older: auditlog.Cursor{There: true, Before: 1199},
	}
}

// AuditLine is the page of one line.
func AuditLine() auditlog.Line {
	row := auditRow(1288, "edit", "applied", Now.Add(-time.Minute), Field(connector.Version, "1", "2", "2"))
	row.Said, row.Today = "pending", "applied"
	synced := connector.Of("2026-11-24T10:12:31.4020000Z")
	return auditlog.Line{Row: row, ID: "c1", Actor: Admin, Outcome: "pending", Further: auditlog.Further{SyncType: "fullSync", SyncedAt: &synced}, Graph: &auditlog.GraphAnswer{Status: 200, RequestID: "d4b03f17"}, Kept: []auditlog.Beside{{Label: "client", Value: "10.20.4.17"}},
		Hash: Chain.Root, Text: `{"seq":1288}`, Path: []string{Chain.Root}, Related: []auditlog.Row{row, auditRow(1289, "edit", "applied", Now)}, Chain: Chain}
}

// AuditStates are the pages of the audit log in every state.
func AuditStates() map[string]func() templ.Component {
	all := auditPages()
	maps.Copy(all, auditSearches())
	maps.Copy(all, auditLines())
	return all
}

func auditPage(change func(*auditlog.Log)) func() templ.Component {
	m := AuditPage()
	change(&m)
	return func() templ.Component { return auditlog.Content(m) }
}

// auditSearches are pages that say how a search was understood.
func auditSearches() map[string]func() templ.Component {
	return map[string]func() templ.Component{
		"audit-week": auditPage(func(m *auditlog.Log) {
			m.Search = auditlog.Search{Text: "chg zürich", Kind: "changes", Period: auditlog.Period{
				Range: "week", Zone: "Europe/Berlin", From: Now.Truncate(24*time.Hour).AddDate(0, 0, -8), To: Now.Truncate(24*time.Hour).AddDate(0, 0, -1),
			}}
			m.Files.Pack = "evidence-2026-11-16-to-2026-11-22.zip"
		}),
		"audit-written": auditPage(func(m *auditlog.Log) {
			m.Search = auditlog.Search{From: "yesterday", Period: auditlog.Period{From: Now.AddDate(0, 0, -1)}}
		}),
	}
}

func auditPages() map[string]func() templ.Component {
	nothing := func(m *auditlog.Log) { m.Rows, m.Older, m.Newer = nil, auditlog.Cursor{}, auditlog.Cursor{} }
	return map[string]func() templ.Component{
		"audit":       auditPage(func(*auditlog.Log) {}),
		"audit-none":  auditPage(nothing),
		"audit-empty": auditPage(func(m *auditlog.Log) { nothing(m); m.Search = auditlog.Search{} }),
		"audit-shared": auditPage(func(m *auditlog.Log) {
			m.Search = auditlog.Search{Connector: "na-mail", MeantToo: 1208, Meant: []auditlog.Bearer{
				{ID: "c1", Name: connector.Name{Short: "na-mail", Organization: "Contoso North America"}}, {ID: "c2", Name: connector.Name{Short: "ex\u202e-mail"}},
			}}
		}),
		"audit-former": auditPage(func(m *auditlog.Log) {
			m.Search = auditlog.Search{Connector: "na-mail", Meant: []auditlog.Bearer{{ID: "c2", Name: connector.Name{Short: "new-mail"}}}}
		}),
		"audit-altered": auditPage(func(m *auditlog.Log) { m.Chain.Altered, m.Rows[1].Altered = []int64{1285, 1203}, true }),
		"audit-witnessed": auditPage(func(m *auditlog.Log) {
			m.Chain.Witnesses = []auditlog.Witness{
				{Name: "one.example/witness", Lines: 1289, At: Now.Add(-time.Minute)},
				{Name: "two.example/witness", Lines: 1200, At: Now.Add(-time.Hour), Failing: Now.Add(-time.Hour), Failure: "it answers 503 Service Unavailable"},
				{Name: "three.example/witness", Failing: Now, Failure: "it knows 1,300 lines", Refused: true, Accepted: true, First: 1290},
			}
		}),
		"audit-refused": auditPage(func(m *auditlog.Log) {
			m.Chain.Witnesses = []auditlog.Witness{{Name: "one.example/witness", Lines: 1300, At: Now, Failing: Now, Failure: "lines were cut off", Refused: true, First: 1290}}
		}),
		"audit-broken": auditPage(func(m *auditlog.Log) {
			m.Chain.Broken, m.Chain.First, m.Chain.Why, m.Chain.Unsigned, m.Chain.Kept = true, 1204, "Line 1204 is missing.", true, Now
		}),
		"audit-unproven": auditPage(func(m *auditlog.Log) { m.Chain = auditlog.Chain{Failed: true} }),
		"audit-faults": auditPage(func(m *auditlog.Log) {
			m.Search.Errors = []problem.Field{{Name: "q", Message: "This text has no word: enter letters or digits."}, {Name: "range", Message: "Choose a period or enter dates, not both."}, {Name: "from", Message: "Enter a date or a time, such as 2026-11-24."}, {Name: "persn", Message: "The audit log does not have this filter."}}
		}),
	}
}

func auditLines() map[string]func() templ.Component {
	line := func(change func(*auditlog.Line)) func() templ.Component {
		m := AuditLine()
		change(&m)
		return func() templ.Component { return auditlog.LineContent(m) }
	}
	return map[string]func() templ.Component{
		"line":         line(func(*auditlog.Line) {}),
		"line-altered": line(func(m *auditlog.Line) { m.Chain.Altered, m.Row.Altered = []int64{1288}, true }),
		"line-unsigned": line(func(m *auditlog.Line) {
			m.Chain.Broken, m.Chain.First, m.Chain.Why, m.Chain.Unsigned = true, 1, "The root is not the one of the checkpoint.", true
		}),
		"line-accepted": line(func(m *auditlog.Line) {
			archived := connector.Of("1200")
			fields := []connector.FieldChange{{Name: "archived", Before: connector.Null(), Requested: archived, Stored: &archived}}
			m.Row = auditlog.Row{Event: changes.Event{Who: "root", Action: "accepted", Reason: "the beginning was archived", Fields: fields, At: Now}, Line: 1290}
			m.Graph, m.Related, m.Kept = nil, nil, nil
		}),
		"line-unproven": line(func(m *auditlog.Line) { m.Chain.Failed = true }),
		"line-sign-in": line(func(m *auditlog.Line) {
			m.Row = auditlog.Row{Event: changes.Event{Who: "Ruth Brandt", Action: "sign_in", At: Now}, Line: 9}
			m.Graph, m.Related, m.Kept = nil, nil, nil
		}),
	}
}

// AuditOpened are entries as they open in their list.
func AuditOpened() map[string]func() templ.Component {
	open := func(change func(*auditlog.Line)) func() templ.Component {
		m := AuditLine()
		change(&m)
		return func() templ.Component { return auditlog.LineOpen(m) }
	}
	return map[string]func() templ.Component{
		"open":         open(func(m *auditlog.Line) { m.Reason = "CHG-20933: same alias style." }),
		"open-altered": open(func(m *auditlog.Line) { m.Chain.Altered = []int64{1288} }),
		"open-sign-in": open(func(m *auditlog.Line) {
			m.Row = auditlog.Row{Event: changes.Event{Who: "Ruth Brandt", Action: "sign_in", At: Now}, Line: 9}
			m.Graph, m.Related, m.Chain.Failed = nil, nil, true
		}),
	}
}
