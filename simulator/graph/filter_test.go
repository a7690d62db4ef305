package graph

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// fleet are four connectors that filters tell apart; the last is null where it can be.
var fleet = []*stored{
	{place: 0, Connector: made("a", "connected", "hosted", "2026-11-24T10:00:00.5000000Z", "Contoso, O'Hara & Søn", "ex01")},
	{place: 1, Connector: made("b", "disconnected", "onPremises", "2026-11-24T10:00:00+02:00", "contoso", "ex02 or (not)")},
	{place: 2, Connector: made("c", "degraded", "dedicated", "2019-06-30T23:59:59.9999999+05:30", "Fabrikam; one", "")},
	{place: 3, Connector: Connector{ID: "d", Values: map[string]*string{lastSync: text1("0001-01-01T00:00:00Z"), status: text1("none"), connectorType: text1("hosted")}}},
}

func text1(value string) *string { return &value }

func made(id, state, kind, synced, organization, server string) Connector {
	return Connector{ID: id, Values: map[string]*string{
		lastSync: &synced, status: &state, connectorType: &kind, "exchangeOrganization": &organization, "serverName": &server,
	}}
}

// TestFilter finds what OData's own words say it finds.
func TestFilter(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"status eq 'connected'": "a",
		"status ne 'connected'": "bcd",
		"status eq microsoft.graph.deviceManagementExchangeConnectorStatus'none'": "d",
		"'none' eq status":                                                            "d",
		"status eq 'unknownFutureValue'":                                              "",
		"status gt 'connectionPending'":                                               "abc",
		"status in ('none', 'connected')":                                             "ad",
		"exchangeConnectorType eq 'hosted' and status eq 'none'":                      "d",
		"exchangeConnectorType eq 'hosted' or status eq 'disconnected'":               "abd",
		"status eq 'none' or status eq 'connected' and serverName eq 'ex99'":          "d", // and binds tighter
		"(status eq 'none' or status eq 'connected') and serverName eq 'ex01'":        "a",
		"not (status eq 'connected')":                                                 "bcd",
		"not status eq 'connected'":                                                   "bcd",
		"not not (status eq 'connected')":                                             "a",
		"id eq 'c'":                                                                   "c",
		"serverName eq null":                                                          "d",
		"serverName ne null":                                                          "abc",
		"serverName eq ''":                                                            "c",
		"serverName ne 'ex01'":                                                        "bcd", // null differs from every text
		"serverName gt 'ex01'":                                                        "b",
		"serverName le 'ex01'":                                                        "ac", // and stands neither before nor after one
		"exchangeOrganization eq 'Contoso, O''Hara & Søn'":                            "a",
		"serverName eq 'ex02 or (not)'":                                               "b",
		"startswith(exchangeOrganization,'Con')":                                      "a",
		"startswith( tolower(exchangeOrganization) , 'con' )":                         "ab",
		"contains(exchangeOrganization,'; one')":                                      "c",
		"contains(exchangeOrganization,'o') and not contains(serverName,'01')":        "bc",
		"not contains(serverName,'01')":                                               "bc", // of null nothing is known, nor its contrary
		"not contains(serverName,'01') or id eq 'd'":                                  "bcd",
		"endswith(toupper(exchangeOrganization),'ONE')":                               "c",
		"contains(serverName,'01') eq true":                                           "a",
		"trim(exchangeOrganization) eq 'contoso'":                                     "b",
		"lastSyncDateTime eq 2026-11-24T08:00:00Z":                                    "b", // moments, not texts
		"lastSyncDateTime ge 2026-11-24T10:00:00.5Z":                                  "a",
		"lastSyncDateTime gt 2026-11-24T10:00:00.5000001Z":                            "",
		"lastSyncDateTime lt 2019-07-01":                                              "cd",
		"lastSyncDateTime le 0001-01-01T00:00Z":                                       "d",
		"lastSyncDateTime ge 2026-11-24T09:00:00Z and lastSyncDateTime lt 2027-01-01": "a",
		"1 lt 2.5":      "abcd",
		"true":          "abcd",
		"null eq null":  "abcd",
		"false or true": "abcd",
	} {
		q, problem := parseQuery("$filter=" + strings.NewReplacer(" ", "%20", "&", "%26", "+", "%2B").Replace(filter))
		if problem != nil {
			t.Errorf("%s: refused: %s", filter, problem.Text)
			continue
		}
		var got string
		for _, found := range q.find(fleet) {
			got += found.ID
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", filter, got, want)
		}
	}
}

// TestFilterRefused: whatever is no filter on connectors is told so, in Graph's words.
func TestFilterRefused(t *testing.T) {
	t.Parallel()
	for filter, text := range map[string]string{
		"":                                     "Syntax error at position 0",
		"status eq":                            "Syntax error at position 9",
		"status 'connected'":                   "Syntax error at position 7",
		"status eq 'connected":                 "Syntax error at position 10",
		"status eq 'a' and":                    "not a valid enumeration type constant",
		"(status eq 'connected'":               "Syntax error at position 22",
		"status eq 'connected')":               "Syntax error at position 21",
		"status = 'connected'":                 "Syntax error at position 7",
		"status EQ 'connected'":                "Syntax error at position 7",
		"serverName in ('a' 'b')":              "Syntax error at position 19",
		"serverName in 'a'":                    "Syntax error at position 14",
		"colour eq 'red'":                      "Could not find a property named 'colour' on type 'microsoft.graph.deviceManagementExchangeConnector'.",
		"Status eq 'connected'":                "Could not find a property named 'Status'",
		"status eq 'Connected'":                "The string 'Connected' is not a valid enumeration type constant.",
		"status eq exchangeConnectorType":      "incompatible types",
		"status eq graph.nothing'connected'":   "The type 'graph.nothing' is not defined",
		"status eq 5":                          "'microsoft.graph.deviceManagementExchangeConnectorStatus' and 'Edm.Decimal'",
		"serverName eq 5":                      "'Edm.String' and 'Edm.Decimal' for operator kind 'eq'",
		"lastSyncDateTime gt '2026-11-24'":     "'Edm.DateTimeOffset' and 'Edm.String'",
		"lastSyncDateTime gt 2026-13-01":       "Unrecognized 'Edm.DateTimeOffset' literal",
		"lastSyncDateTime gt 2026-11-24T10:00": "Unrecognized 'Edm.DateTimeOffset' literal",
		"serverName":                           "must evaluate to a single boolean value",
		"not serverName":                       "not boolean",
		"serverName and true":                  "incompatible types",
		"contains(serverName)":                 "No function signature for the function with name 'contains'",
		"contains(status,'con')":               "No function signature",
		"contains()":                           "Syntax error",
		"substringof('a',serverName)":          "An unknown function with name 'substringof' was found.",
		strings.Repeat("(", 500) + "true" + strings.Repeat(")", 500): "recursion limit",
		strings.Repeat("not ", 500) + "true":                         "recursion limit",
		strings.Repeat("tolower(", 500):                              "recursion limit",
	} {
		_, problem := parseFilter(filter)
		if problem == nil {
			t.Errorf("%.60s: taken", filter)
			continue
		}
		if problem.Status != http.StatusBadRequest || problem.Code != "BadRequest" || !strings.HasPrefix(problem.Text, "Invalid filter clause: ") || !strings.Contains(problem.Text, text) {
			t.Errorf("%.60s: got %d %s %q, want %q", filter, problem.Status, problem.Code, problem.Text, text)
		}
	}
}

// FuzzFilter: any text is either a filter that finds some of the connectors or is refused; a filter and its contrary find
// none twice.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"status eq 'connected' and not (contains(serverName,'o''h') or lastSyncDateTime lt 2026-01-01T00:00:00Z)",
		"id in ('a','b') or serverName eq null", "1 lt 2.5", "((", "'", "not", "tolower(", "status eq graph.x'y'", "null", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		matches, problem := parseFilter(filter)
		if problem != nil {
			return
		}
		contrary, problem := parseFilter("not (" + filter + ")")
		if problem != nil && !strings.Contains(problem.Text, "recursion limit") {
			t.Fatalf("%q is a filter, its contrary is not: %s", filter, problem.Text)
		}
		found := query{matches: &matches}.find(fleet)
		if problem != nil {
			return
		}
		for _, other := range (query{matches: &contrary}).find(fleet) {
			if slices.Contains(found, other) {
				t.Errorf("%q: %s is found, and not found", filter, other.ID)
			}
		}
	})
}
