// Package links makes the addresses of the pages that others lead to, and the words of links to the audit log.
package links

import (
	"net/url"
	"strconv"

	"switchboard/internal/connector"
)

// ConnectorURL is the address of a connector's page.
func ConnectorURL(id string) string { return "/connectors/" + url.PathEscape(id) }

// ChangeURL is the address of a change's receipt.
func ChangeURL(id string) string { return "/changes/" + url.PathEscape(id) }

// EditURL is the address of a connector's form, ReviewURL of what the form would send, SyncURL of its sync.
func EditURL(connectorID string) string   { return ConnectorURL(connectorID) + "/edit" }
func ReviewURL(connectorID string) string { return ConnectorURL(connectorID) + "/review" }
func SyncURL(connectorID string) string   { return ConnectorURL(connectorID) + "/sync" }

// RunbookURL is the address of what to do about connectors of a health.
func RunbookURL(health connector.Health) string { return "/runbooks/" + string(health) }

// NotesURL takes a note at a connector, ClaimURL takes that somebody is on it, and EndClaimURL ends that.
func NotesURL(connectorID string) string    { return ConnectorURL(connectorID) + "/notes" }
func ClaimURL(connectorID string) string    { return ConnectorURL(connectorID) + "/claim" }
func EndClaimURL(connectorID string) string { return ClaimURL(connectorID) + "/end" }

// NotesField asks a connector's page for all notes; AllNotesURL is the address of that page.
const NotesField = "notes"

func AllNotesURL(connectorID string) string {
	return ConnectorURL(connectorID) + "?" + NotesField + "=all#desk"
}

// CheckURL looks at a change in doubt, CloseURL gives it up, and RevertURL is the form that puts its values back.
func CheckURL(changeID string) string  { return ChangeURL(changeID) + "/check" }
func CloseURL(changeID string) string  { return ChangeURL(changeID) + "/close" }
func RevertURL(changeID string) string { return ChangeURL(changeID) + "/revert" }

// AuditURL is the address of what the audit log has about a connector.
func AuditURL(connectorID string) string { return "/audit?connector=" + url.QueryEscape(connectorID) }

// Entry names an entry of the audit log.
func Entry(seq int64) string { return "Entry " + connector.Thousands(int(seq)) }

// LineURL is the address of a line's page.
func LineURL(seq int64) string { return "/audit/" + strconv.FormatInt(seq, 10) }

// AcknowledgeURL settles the change made elsewhere of that line.
func AcknowledgeURL(seq int64) string { return LineURL(seq) + "/acknowledge" }

// ElsewhereURL is the address of the changes made elsewhere that wait.
const ElsewhereURL = "/changes?show=elsewhere"

// EvidenceURL is the address of the evidence pack about a connector.
func EvidenceURL(connectorID string) string {
	return "/audit/evidence.zip?connector=" + url.QueryEscape(connectorID)
}
