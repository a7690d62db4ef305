package connectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"

	"switchboard/internal/connector"
	"switchboard/views/gates"
)

// Request is how to ask Graph for one connector from a shell. It never holds a token.
type Request struct {
	// Address is the connector's at Graph, whole; empty where nobody knows it.
	Address string
	// Scope is the permission that it takes, or several with blanks between.
	Scope string
}

// environments are the names that Microsoft's PowerShell module has for the clouds other than the worldwide one, by Graph's host.
var environments = map[string]string{
	"graph.microsoft.us": "USGov", "dod-graph.microsoft.us": "USGovDoD", "microsoftgraph.chinacloudapi.cn": "China",
}

// powerShell is the request for Microsoft's module.
func (r Request) powerShell() string {
	scopes := gates.ScopeNames(r.Scope)
	for i, name := range scopes {
		scopes[i] = forPowerShell(name)
	}
	connect := "Connect-MgGraph -Scopes " + strings.Join(scopes, ",")
	if at, err := url.Parse(r.Address); err == nil && environments[at.Host] != "" {
		connect += " -Environment " + environments[at.Host]
	}
	return connect + "\nInvoke-MgGraphRequest -Method GET -Uri " + forPowerShell(r.Address) + " -OutputType Json"
}

// curl is the request for a POSIX shell, which has the token in a variable.
func (r Request) curl() string {
	return "curl --globoff --header " + `"Authorization: Bearer $GRAPH_TOKEN"` + " --header 'Accept: application/json' \\\n  " + forShell(r.Address)
}

// forShell quotes a value so that a POSIX shell takes it as it is.
func forShell(value string) string { return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'" }

// apostrophes are what PowerShell takes for the end of a text in apostrophes; doubled they stand for themselves.
var apostrophes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")

// forPowerShell quotes a value so that PowerShell takes it as it is.
func forPowerShell(value string) string { return "'" + apostrophes.Replace(value) + "'" }

// objectOf is the connector as JSON, exactly as Graph sent its properties, without a character that nobody sees. ok is false where
// a value is too long for a page.
func objectOf(c connector.Connector) (text string, ok bool) {
	var made strings.Builder
	made.WriteString("{")
	for i, property := range connector.Properties() {
		value := c.Value(property.Name)
		if value.Long() {
			return "", false
		}
		if i > 0 {
			made.WriteString(",")
		}
		made.WriteString("\n  \"" + property.Name + "\": ")
		made.WriteString(literal(value))
	}
	return made.String() + "\n}", true
}

// needsEscape is of a character that does not stand for itself in JSON, or might not.
func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// literal is a value in JSON, in which what could hide is written by its number.
func literal(value connector.Value) string {
	if text := value.Text(); text != "" && !strings.ContainsFunc(text, needsEscape) {
		return `"` + text + `"`
	}
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil { // a text or null always encodes
		return "null"
	}
	var seen strings.Builder
	for _, r := range strings.TrimSuffix(raw.String(), "\n") {
		switch {
		case unicode.IsPrint(r):
			seen.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&seen, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&seen, `\u%04x`, r)
		}
	}
	return seen.String()
}
