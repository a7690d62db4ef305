package views_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views"
)

// The gallery's people, connector and clock are made up; they are those of the pictures.
var (
	now   = time.Date(2026, 11, 24, 10, 24, 18, 0, time.UTC)
	admin = access.Actor{OID: "oid", TID: "tid", Name: "Maya Lindqvist", Username: "maya@contoso.example",
		Claims: []string{"Connector.Admin"}, Granting: []string{"Connector.Admin"}, Roles: []access.Role{access.Admin}}
	helpdesk = access.Actor{OID: "oid2", TID: "tid", Name: "Tom Okafor", Username: "tom@contoso.example",
		Claims: []string{"Connector.Helpdesk"}, Granting: []string{"Connector.Helpdesk"}, Roles: []access.Role{access.Helpdesk}}
	retirement = connector.Retirement{Date: time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises", "hosted", "dedicated"}}
	carry      = views.Carry{Token: "session-token", State: "sealed-form-state"}
)

const (
	connectorID = "5e91d0b7-3c42-4e8a-b6f9-7d18a2e3c04f"
	changeID    = "0c9e4f1a-6d2b-4b7f-8a55-e31f27d0944c"
)

func naMail() connector.Connector {
	return connector.New(map[string]connector.Value{
		connector.ID:                   connector.Of(connectorID),
		connector.LastSyncDateTime:     connector.Of("2026-11-24T10:12:31.4020000Z"),
		connector.Status:               connector.Of("connected"),
		connector.PrimarySMTPAddress:   connector.Of("intune@na.contoso.com"),
		connector.ServerName:           connector.Of("outlook.office365.com"),
		connector.Type:                 connector.Of("serviceToService"),
		connector.Version:              connector.Of("2026.10.3"),
		connector.ExchangeAlias:        connector.Of("na-mail"),
		connector.ExchangeOrganization: connector.Of("Contoso North America"),
	})
}

func with(c connector.Connector, name, text string) connector.Connector {
	return c.With(map[string]connector.Value{name: connector.Of(text)})
}

func field(name, before, asked, stored string) connector.FieldChange {
	value := connector.Of(stored)
	return connector.FieldChange{Name: name, Before: connector.Of(before), Requested: connector.Of(asked), Stored: &value}
}

func card(c connector.Connector, actor access.Actor) views.Card {
	m := views.Card{
		Connector: c, Health: retirement.Health(c, now), Sentence: retirement.Explain(c, now, actor.May(access.Edit)), Actor: actor,
		Now: now, Read: now.Add(-40 * time.Second), History: history(), Audited: actor.May(access.Audit),
		Gates: views.Gates{EditClaims: []string{"Connector.Admin"}, ReadScope: "DeviceManagementServiceConfig.Read.All", WriteScope: "DeviceManagementServiceConfig.ReadWrite.All"},
	}
	if actor.May(access.Edit) {
		m.Sync = &views.Sync{ID: c.ID(), Carry: carry, RequireReason: true, Retired: m.Health == connector.Retired}
	}
	return m
}

func history() []views.Event {
	asked := field(connector.Version, "2026.9.1", "2026.10.3", "2026.10.3")
	return []views.Event{
		{Who: "Maya Lindqvist", You: true, Action: "edit", Fields: []connector.FieldChange{field(connector.ExchangeAlias, "EX01", "na-mail", "na-mail")}, Outcome: "applied", Reason: "Same alias style for every hosted connector. CHG-20933.", At: now.Add(-3 * time.Minute), Change: changeID, Seq: 1289},
		{Who: "Maya Lindqvist", You: true, Action: "edit", Fields: []connector.FieldChange{field(connector.PrimarySMTPAddress, "journal@apac.contoso.com", "journal-01@apac.contoso.com", "journal@apac.contoso.com")}, Outcome: "applied", Reason: "Journal mailbox renamed.", At: now.Add(-9 * time.Minute), Change: "c5", Seq: 1285},
		{Who: "Priya Raman", Action: "edit", Fields: []connector.FieldChange{{Name: connector.ServerName, Before: connector.Of("ex03"), Requested: connector.Of("ex04")}}, Outcome: "in_doubt", At: now.Add(-11 * time.Minute), Change: "c6", Seq: 1283},
		{Who: "Priya Raman", Action: "revert", Fields: []connector.FieldChange{field(connector.ServerName, "ex04", "ex03", "ex05")}, Outcome: "superseded", At: now.Add(-30 * time.Minute), Change: "c7", Seq: 1280},
		{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", Outcome: "applied", At: now.Add(-40 * time.Minute), Change: "c8", Seq: 1277},
		{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", End: views.SyncEnd{Known: true, Seen: true, Took: 94 * time.Second}, Outcome: "applied", Reason: "After the move.", At: now.Add(-3 * time.Hour), Change: "c9", Seq: 1276},
		{Who: "Priya Raman", Action: "sync", SyncType: "deltaSync", End: views.SyncEnd{Known: true}, Outcome: "applied", At: now.Add(-4 * time.Hour), Change: "c10", Seq: 1270},
		{Who: "Priya Raman", Action: "sync", SyncType: "deltaSync", End: views.SyncEnd{Known: true, Seen: true, Took: 8 * time.Second, AtMost: true}, Outcome: "applied_observed", At: now.Add(-21 * 24 * time.Hour), Change: "c2", Seq: 1201},
		{Who: "Tom Okafor", Action: "observed", Fields: []connector.FieldChange{{Name: connector.ServerName, Before: connector.Of("ex03"), Stored: stored("ex04")}}, At: now.Add(-22 * 24 * time.Hour), From: now.Add(-23 * 24 * time.Hour), To: now.Add(-22 * 24 * time.Hour), Seq: 1190},
		{Who: "Deniz Aydın", Action: "edit", Fields: []connector.FieldChange{asked, field(connector.ServerName, "", "outlook.office365.com", "outlook.office365.com")}, Outcome: "rejected", At: now.Add(-400 * 24 * time.Hour), Change: "c3", Seq: 14},
	}
}

func stored(text string) *connector.Value {
	value := connector.Of(text)
	return &value
}

func receipt(outcome string, fields ...connector.FieldChange) views.Receipt {
	return views.Receipt{
		Change: changeID, Connector: connectorID, Name: naMail().Name(), Action: "edit", Outcome: outcome,
		Fields: fields, Reason: "Same alias style for every hosted connector, and the mailbox moved. CHG-20933.",
		Who: "Maya Lindqvist", You: true, Asked: now, Settled: now, Now: now, Took: 412 * time.Millisecond, Status: 200,
		RequestID: "d4b03f17-58a2-4c0e-9d6b-2f7e881091ce", Seq: 1289, Settle: time.Minute, Carry: carry, MayEdit: true, MayRevert: true,
	}
}

func orphaned() views.Receipt {
	receipt := inDoubt()
	receipt.Orphaned = true
	return receipt
}

func inDoubt() views.Receipt {
	m := receipt("in_doubt", connector.FieldChange{Name: connector.PrimarySMTPAddress, Before: connector.Of("journal@apac.contoso.com"), Requested: connector.Of("journal-01@apac.contoso.com")})
	m.Took, m.Status, m.RequestID, m.MayRevert, m.Looks, m.LastLook = 0, 0, "", false, 9, now.Add(-4*time.Minute)
	return m
}

func typed() map[string]string {
	return map[string]string{connector.ExchangeAlias: "hosted-na", connector.PrimarySMTPAddress: "Intune-NA@na.contoso.com"}
}

func edit() views.Edit {
	return views.Edit{Connector: naMail(), Wanted: typed(), Reason: "Same alias style for every hosted connector, and the mailbox moved. CHG-20933.",
		RequireReason: true, Opened: now.Add(-6 * time.Minute), Now: now, Carry: carry}
}

func faulty() views.Edit {
	m := edit()
	m.Wanted[connector.LastSyncDateTime], m.Reason = "24.11.2026 10:12", ""
	m.Problem = problem.New(problem.Invalid, "Some fields have to be corrected.").At(
		problem.Field{Name: connector.LastSyncDateTime, Message: "Enter a date that exists, with seconds and an offset, such as 2026-11-24T10:12:31.4020000Z."},
		problem.Field{Name: connector.Reason, Message: "Say why, for instance with a ticket number. The reason is kept in the record."})
	return m
}

func merged(now connector.Connector) connector.Merge {
	wanted := typed()
	wanted[connector.Version] = "2026.11.1"
	return connector.Edit{Shown: naMail(), Wanted: wanted}.Merge(now)
}

func review() views.Review {
	return views.Review{Connector: naMail(), Merge: merged(with(naMail(), connector.Version, "2026.11.1")), Wanted: typed(), Reason: edit().Reason, RequireReason: true,
		Choices: map[string]connector.Side{connector.ServerName: connector.Theirs}, Actor: admin, WriteScope: "DeviceManagementServiceConfig.ReadWrite.All",
		Request: views.Request{Line: "PATCH /beta/deviceManagement/exchangeConnectors/" + connectorID,
			Headers: []string{"Host: graph.microsoft.com", "Content-Type: application/json", "client-request-id: one for this change"},
			Body:    "{\n  \"exchangeAlias\": \"hosted-na\",\n  \"primarySmtpAddress\": \"Intune-NA@na.contoso.com\"\n}"},
		Read: now.Add(-3 * time.Second), Now: now, Carry: carry}
}

func conflict() views.Conflict {
	theirs := with(with(with(naMail(), connector.PrimarySMTPAddress, "mdm-na@contoso.com"), connector.ServerName, "outlook-na.office365.com"), connector.Version, "2026.11.1")
	event := views.Event{Who: "Priya Raman", Action: "edit", Fields: []connector.FieldChange{{}, {}}, At: now.Add(-3 * time.Minute), Reason: "New address plan and regional endpoint. CHG-20940.", Change: "c4", Seq: 1288}
	return views.Conflict{Connector: theirs, Shown: naMail(), Merge: merged(theirs), Wanted: typed(), Reason: edit().Reason, RequireReason: true,
		Theirs: &event, Opened: now.Add(-6 * time.Minute), Read: now, Now: now, Carry: carry}
}

// exhibit is a fragment, and the page that embeds it.
type exhibit struct {
	title          string
	fragment, page func() templ.Component
}

// shell frames a page of the gallery.
func shell(title string) views.Shell {
	return views.Shell{Title: title, Assets: assets(), Actor: admin, FormToken: "session-token", TenantName: "Contoso · demo tenant", Now: now,
		Nav:    []views.Link{{Label: "Overview", Href: "/", Icon: "layout-dashboard"}, {Label: "Connectors", Href: "/connectors", Icon: "plug-connected", Current: true, Count: 38, Counted: true}},
		Crumbs: []views.Crumb{{Label: "Connectors", Href: "/connectors"}, {Name: naMail().Name()}}, RequestID: "r-1", Version: "dev"}
}

// assets are those of the last build, where there was one.
func assets() views.Assets {
	var built map[string]struct{ URL, Integrity string }
	manifest, err := os.ReadFile(filepath.Join("..", "static", "dist", "manifest.json"))
	if err != nil || json.Unmarshal(manifest, &built) != nil {
		return views.Assets{}
	}
	css, js := built["switchboard.css"], built["switchboard.js"]
	return views.Assets{CSS: []views.Asset{{URL: css.URL, Integrity: css.Integrity}}, JS: []views.Asset{{URL: js.URL, Integrity: js.Integrity}}}
}

func cardExhibit(m views.Card) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.ConnectorCard(m) }, func() templ.Component { return within(shell(m.Title()), views.ConnectorCard(m)) }}
}

func editExhibit(m views.Edit) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.EditForm(m) }, func() templ.Component { return within(shell(m.Title()), views.EditForm(m)) }}
}

func reviewExhibit(m views.Review) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.ReviewForm(m) }, func() templ.Component { return within(shell(m.Title()), views.ReviewForm(m)) }}
}

func conflictExhibit(m views.Conflict) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.ConflictForm(m) }, func() templ.Component { return within(shell(m.Title()), views.ConflictForm(m)) }}
}

func receiptExhibit(m views.Receipt) exhibit {
	m.Standalone = true
	title := m.Title()
	return exhibit{title, func() templ.Component { return views.ReceiptDetail(m) }, func() templ.Component { return within(shell(title), views.ReceiptDetail(m)) }}
}

func nothingExhibit(m views.Nothing) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.NothingChanged(m) }, func() templ.Component { return within(shell(m.Title()), views.NothingChanged(m)) }}
}

func changesExhibit(m views.Changes) exhibit {
	return exhibit{m.Title(), func() templ.Component { return views.ChangesList(m) }, func() templ.Component { return within(shell(m.Title()), views.ChangesList(m)) }}
}

func rendered(t *testing.T, component templ.Component) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := component.Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// TestGallery writes every page into $SWITCHBOARD_GALLERY, to be looked at; without it there is nothing to write.
func TestGallery(t *testing.T) {
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range gallery() {
		page := rendered(t, exhibit.page())
		if folder == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".html"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
