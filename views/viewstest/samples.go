// Package viewstest has what the tests of views share: models of a made-up tenant, and markup as a browser reads it.
package viewstest

import (
	"net/url"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/markdown"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/forms"
	"switchboard/views/gates"
)

// The people, the connector and the clock are made up; they are those of the pictures.
var (
	Now   = time.Date(2026, 11, 24, 10, 24, 18, 0, time.UTC)
	Admin = access.Actor{OID: "oid", TID: "tid", Name: "Maya Lindqvist", Username: "maya@contoso.example",
		Claims: []string{"Connector.Admin"}, Granting: []string{"Connector.Admin"}, Roles: []access.Role{access.Admin}}
	Helpdesk = access.Actor{OID: "oid2", TID: "tid", Name: "Tom Okafor", Username: "tom@contoso.example",
		Claims: []string{"Connector.Helpdesk"}, Granting: []string{"Connector.Helpdesk"}, Roles: []access.Role{access.Helpdesk}}
	Auditor = access.Actor{OID: "oid4", TID: "tid", Name: "Ruth Adeyemi", Username: "ruth@contoso.example",
		Claims: []string{"Connector.Auditor"}, Granting: []string{"Connector.Auditor"}, Roles: []access.Role{access.Auditor}}
	Retirement = connector.Retirement{Date: time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises", "hosted", "dedicated"}}
	Hidden     = forms.HiddenFields{Token: "session-token", State: "sealed-form-state"}
)

const (
	ConnectorID = "5e91d0b7-3c42-4e8a-b6f9-7d18a2e3c04f"
	ChangeID    = "0c9e4f1a-6d2b-4b7f-8a55-e31f27d0944c"
)

// NaMail is a healthy connector.
func NaMail() connector.Connector {
	return connector.New(map[string]connector.Value{
		connector.ID:                   connector.Of(ConnectorID),
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

// With is the connector with another value.
func With(c connector.Connector, name, text string) connector.Connector {
	return c.With(map[string]connector.Value{name: connector.Of(text)})
}

// Field is a field that was asked for and read afterwards.
func Field(name, before, asked, stored string) connector.FieldChange {
	value := connector.Of(stored)
	return connector.FieldChange{Name: name, Before: connector.Of(before), Requested: connector.Of(asked), Stored: &value}
}

// Stored is what a read gave.
func Stored(text string) *connector.Value {
	value := connector.Of(text)
	return &value
}

func history() []changes.Event {
	asked := Field(connector.Version, "2026.9.1", "2026.10.3", "2026.10.3")
	return []changes.Event{
		{Who: "Maya Lindqvist", You: true, Action: "edit", Fields: []connector.FieldChange{Field(connector.ExchangeAlias, "EX01", "na-mail", "na-mail")}, Outcome: "applied", Reason: "Same alias style for every hosted connector. CHG-20933.", At: Now.Add(-3 * time.Minute), Change: ChangeID, Seq: 1289},
		{Who: "Maya Lindqvist", You: true, Action: "edit", Fields: []connector.FieldChange{Field(connector.PrimarySMTPAddress, "journal@apac.contoso.com", "journal-01@apac.contoso.com", "journal@apac.contoso.com")}, Outcome: "applied", Reason: "Journal mailbox renamed.", At: Now.Add(-9 * time.Minute), Change: "c5", Seq: 1285},
		{Who: "Priya Raman", Action: "edit", Fields: []connector.FieldChange{{Name: connector.ServerName, Before: connector.Of("ex03"), Requested: connector.Of("ex04")}}, Outcome: "in_doubt", At: Now.Add(-11 * time.Minute), Change: "c6", Seq: 1283},
		{Who: "Priya Raman", Action: "revert", Fields: []connector.FieldChange{Field(connector.ServerName, "ex04", "ex03", "ex05")}, Outcome: "superseded", At: Now.Add(-30 * time.Minute), Change: "c7", Seq: 1280},
		{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", Outcome: "applied", At: Now.Add(-40 * time.Minute), Change: "c8", Seq: 1277},
		{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", End: changes.SyncEnd{Known: true, Seen: true, Took: 94 * time.Second}, Outcome: "applied", Reason: "After the move.", At: Now.Add(-3 * time.Hour), Change: "c9", Seq: 1276},
		{Who: "Priya Raman", Action: "sync", SyncType: "deltaSync", End: changes.SyncEnd{Known: true}, Outcome: "applied", At: Now.Add(-4 * time.Hour), Change: "c10", Seq: 1270},
		{Who: "Priya Raman", Action: "sync", SyncType: "deltaSync", End: changes.SyncEnd{Known: true, Seen: true, Took: 8 * time.Second, AtMost: true}, Outcome: "applied_observed", At: Now.Add(-21 * 24 * time.Hour), Change: "c2", Seq: 1201},
		{Who: "Tom Okafor", Action: "observed", Fields: []connector.FieldChange{{Name: connector.ServerName, Before: connector.Of("ex03"), Stored: Stored("ex04")}}, At: Now.Add(-22 * 24 * time.Hour), Window: changes.Window{From: Now.Add(-23 * 24 * time.Hour), To: Now.Add(-22 * 24 * time.Hour)}, Seq: 1190},
		{Who: "Deniz Aydın", Action: "edit", Fields: []connector.FieldChange{asked, Field(connector.ServerName, "", "outlook.office365.com", "outlook.office365.com")}, Outcome: "rejected", At: Now.Add(-400 * 24 * time.Hour), Change: "c3", Seq: 14},
	}
}

// Receipt is the receipt of an edit of NaMail.
func Receipt(outcome string, fields ...connector.FieldChange) changes.Receipt {
	return changes.Receipt{
		Event: changes.Event{
			Who: "Maya Lindqvist", You: true, Action: "edit", Outcome: outcome, About: changes.About{Connector: ConnectorID, Name: NaMail().Name()}, Fields: fields,
			Reason: "Same alias style for every hosted connector, and the mailbox moved. CHG-20933.", At: Now, Change: ChangeID, Seq: 1289,
		},
		Answer:     changes.Answer{Took: 412 * time.Millisecond, Status: 200, RequestID: "d4b03f17-58a2-4c0e-9d6b-2f7e881091ce"},
		Resolution: changes.Resolution{Settled: Now, Settle: time.Minute},
		Offers:     changes.Offers{MayEdit: true, MayRevert: true, Hidden: Hidden},
		Now:        Now,
	}
}

// FoundOut is the receipt of an edit that was in doubt until somebody's read told its outcome.
func FoundOut(outcome string, fields ...connector.FieldChange) changes.Receipt {
	m := Receipt(outcome, fields...)
	m.Observer = "Tom Okafor"
	return m
}

// InDoubt is the receipt of an edit that Graph did not answer.
func InDoubt() changes.Receipt {
	m := Receipt("in_doubt", connector.FieldChange{Name: connector.PrimarySMTPAddress, Before: connector.Of("journal@apac.contoso.com"), Requested: connector.Of("journal-01@apac.contoso.com")})
	m.Took, m.Status, m.RequestID, m.MayRevert, m.Looks, m.LastLook = 0, 0, "", false, 9, Now.Add(-4*time.Minute)
	return m
}

// Card is the page of a connector.
func Card(c connector.Connector, actor access.Actor) connectors.Card {
	m := connectors.Card{
		Connector: c, Health: Retirement.Health(c, Now), Sentence: Retirement.Explain(c, Now, actor.May(access.Edit)), Actor: actor,
		Now: Now, Reading: connectors.Reading{Read: Now.Add(-40 * time.Second)}, History: history(), Audited: actor.May(access.Audit),
		Gates: gates.Gates{EditClaims: []string{"Connector.Admin"}, ReadScope: "DeviceManagementServiceConfig.Read.All", WriteScope: "DeviceManagementServiceConfig.ReadWrite.All"},
	}
	m.Caller = connectors.Caller{
		Since: connectors.Since{Before: Now.Add(-127 * time.Hour), From: Now.Add(-120 * time.Hour)}, Page: "https://switchboard.contoso.example/connectors/" + c.ID(),
		Steps:   markdown.Parse("1. Look at the **history**.\n2. Ask for a `full` sync.")[0].Children,
		Request: connectors.Request{Address: "https://graph.microsoft.com/beta/deviceManagement/exchangeConnectors/" + url.PathEscape(c.ID()), Scope: "DeviceManagementServiceConfig.Read.All"},
	}
	if m.Health == connector.Healthy {
		m.Caller.Since = connectors.Since{}
	}
	m.Desk = Desk(actor)
	if actor.May(access.Edit) {
		m.Sync = &connectors.Sync{ID: c.ID(), Hidden: Hidden, RequireReason: true, Retired: m.Health == connector.Retired}
	}
	return m
}

// Awkward holds what attributes and addresses may break on, and null.
func Awkward() connector.Connector {
	return connector.New(map[string]connector.Value{
		connector.ID:               connector.Of("a/b?c#d e\"f"),
		connector.LastSyncDateTime: connector.Of("2026-11-24T00:02:49.3205970-08:00"),
		connector.Status:           connector.Of("unknownFutureValue"),
		connector.ServerName:       connector.Of("a\r\nb\rc\n d  \"<&'\u202e"),
		connector.ExchangeAlias:    connector.Of(""),
	})
}

// Recent are the events of every kind with the names of connectors.
func Recent() []changes.Event {
	names := []connector.Name{{Short: "journal-apac"}, {Short: "hosted-uk"}, {Short: "ex02-hq"}}
	all := history()
	for i := range all {
		all[i].Connector, all[i].Name = ConnectorID, names[i%len(names)]
	}
	return all
}
