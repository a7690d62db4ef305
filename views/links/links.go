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

func EditURL(id string) string   { return ConnectorURL(id) + "/edit" }
func ReviewURL(id string) string { return ConnectorURL(id) + "/review" }
func SyncURL(id string) string   { return ConnectorURL(id) + "/sync" }
func CheckURL(id string) string  { return ChangeURL(id) + "/check" }
func CloseURL(id string) string  { return ChangeURL(id) + "/close" }
func RevertURL(id string) string { return ChangeURL(id) + "/revert" }
func AuditURL(id string) string  { return "/audit?connector=" + url.QueryEscape(id) }
func Entry(seq int64) string     { return "Entry " + connector.Thousands(int(seq)) }

// LineURL is the address of a line's page.
func LineURL(seq int64) string { return "/audit/" + strconv.FormatInt(seq, 10) }

// EvidenceURL is the address of the evidence pack about a connector.
func EvidenceURL(connectorID string) string {
	return "/audit/evidence.zip?connector=" + url.QueryEscape(connectorID)
}
