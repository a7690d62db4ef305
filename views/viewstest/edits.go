package viewstest

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/edit"
)

// Typed is what somebody typed into the form of NaMail.
func Typed() map[string]string {
	return map[string]string{connector.ExchangeAlias: "hosted-na", connector.PrimarySMTPAddress: "Intune-NA@na.contoso.com"}
}

// Edit is that form.
func Edit() edit.Edit {
	return edit.Edit{Connector: NaMail(), Wanted: Typed(), Reason: "Same alias style for every hosted connector, and the mailbox moved. CHG-20933.",
		RequireReason: true, Opened: Now.Add(-6 * time.Minute), Now: Now, Hidden: Hidden}
}

// Faulty is the form with two fields to correct.
func Faulty() edit.Edit {
	m := Edit()
	m.Wanted[connector.LastSyncDateTime], m.Reason = "24.11.2026 10:12", ""
	m.Problem = problem.New(problem.Invalid, "Some fields have to be corrected.").At(
		problem.Field{Name: connector.LastSyncDateTime, Message: "Enter a date that exists, with seconds and an offset, such as 2026-11-24T10:12:31.4020000Z."},
		problem.Field{Name: connector.Reason, Message: "Say why, for instance with a ticket number. The audit log keeps the reason."})
	return m
}

func merged(now connector.Connector) connector.Merge {
	wanted := Typed()
	wanted[connector.Version] = "2026.11.1"
	return connector.Edit{Shown: NaMail(), Wanted: wanted}.Merge(now)
}

// Review is the review of that form.
func Review() edit.Review {
	return edit.Review{Connector: NaMail(), Merge: merged(With(NaMail(), connector.Version, "2026.11.1")), Wanted: Typed(), Reason: Edit().Reason, RequireReason: true,
		Choices: map[string]connector.Side{connector.ServerName: connector.Theirs}, Actor: Admin, WriteScope: "DeviceManagementServiceConfig.ReadWrite.All",
		Request: edit.Request{Line: "PATCH /beta/deviceManagement/exchangeConnectors/" + ConnectorID,
			Headers: []string{"Host: graph.microsoft.com", "Content-Type: application/json", "client-request-id: one for this change"},
			Body:    "{\n  \"exchangeAlias\": \"hosted-na\",\n  \"primarySmtpAddress\": \"Intune-NA@na.contoso.com\"\n}"},
		Read: Now.Add(-3 * time.Second), Now: Now, Hidden: Hidden}
}

// Conflict is what a save of that form met.
func Conflict() edit.Conflict {
	theirs := With(With(With(NaMail(), connector.PrimarySMTPAddress, "mdm-na@contoso.com"), connector.ServerName, "outlook-na.office365.com"), connector.Version, "2026.11.1")
	event := changes.Event{Who: "Priya Raman", Action: "edit", Fields: []connector.FieldChange{{}, {}}, At: Now.Add(-3 * time.Minute), Reason: "New address plan and regional endpoint. CHG-20940.", Change: "c4", Seq: 1288}
	return edit.Conflict{Connector: theirs, Shown: NaMail(), Merge: merged(theirs), Wanted: Typed(), Reason: Edit().Reason, RequireReason: true,
		Theirs: &event, Opened: Now.Add(-6 * time.Minute), Read: Now, Now: Now, Hidden: Hidden}
}
