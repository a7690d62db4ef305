package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// TestPatch: what Graph takes and what it refuses, and that a refused request changes nothing.
func TestPatch(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	const model, bad, inner = "ModelValidationFailure", "BadRequest", "InternalError"
	tests := []struct {
		name, body string
		code, text string // of the refusal; "" when it is taken
	}{
		{"one string", `{"serverName":"ex19"}`, "", ""},
		{"null clears a string", `{"primarySmtpAddress":null,"serverName":null,"connectorServerName":null,"version":null,"exchangeAlias":null,"exchangeOrganization":null}`, "", ""},
		{"an empty string stays one", `{"exchangeAlias":""}`, "", ""},
		{"markup is text", `{"exchangeAlias":"<b>&'\""}`, "", ""},
		{"the type may be named", `{"@odata.type":"#microsoft.graph.deviceManagementExchangeConnector","version":"1"}`, "", ""},
		{"the reference page's example", `{"lastSyncDateTime":"2017-01-01T00:02:49.3205976-08:00","status":"connectionPending","primarySmtpAddress":"Primary Smtp Address value","serverName":"Server Name value","connectorServerName":"Connector Server Name value","exchangeConnectorType":"hosted","version":"Version value","exchangeAlias":"Exchange Alias value","exchangeOrganization":"Exchange Organization value"}`, "", ""},
		{"nothing", `{}`, "", ""},
		{"a date without a fraction", `{"lastSyncDateTime":"2026-11-24T10:00:00Z"}`, "", ""},
		{"a date without seconds", `{"lastSyncDateTime":"2026-11-24T10:00+05:30"}`, "", ""},
		{"year 1", `{"lastSyncDateTime":"0001-01-01T00:00:00Z"}`, "", ""},

		{"null date", `{"lastSyncDateTime":null}`, model, "target of an invocation"},
		{"null status", `{"status":null}`, model, "target of an invocation"},
		{"null type", `{"exchangeConnectorType":null}`, model, "target of an invocation"},
		{"no date", `{"lastSyncDateTime":"yesterday"}`, model, "Cannot convert the literal 'yesterday' to the expected type 'Edm.DateTimeOffset'."},
		{"empty date", `{"lastSyncDateTime":""}`, model, "Edm.DateTimeOffset"},
		{"date without offset", `{"lastSyncDateTime":"2026-11-24T10:00:00"}`, model, "Edm.DateTimeOffset"},
		{"date with a comma", `{"lastSyncDateTime":"2026-11-24T10:00:00,5Z"}`, model, "Edm.DateTimeOffset"},
		{"date with a fraction of minutes", `{"lastSyncDateTime":"2026-11-24T10:00.5Z"}`, model, "Edm.DateTimeOffset"},
		{"the 30th of February", `{"lastSyncDateTime":"2026-02-30T10:00:00Z"}`, model, "Edm.DateTimeOffset"},
		{"an offset nobody has", `{"lastSyncDateTime":"2026-11-24T10:00:00+15:00"}`, model, "Edm.DateTimeOffset"},
		{"date as a number", `{"lastSyncDateTime":1}`, model, "Cannot convert the literal '1' to the expected type 'Edm.DateTimeOffset'."},
		{"unknown status", `{"status":"offline"}`, model, "Requested value 'offline' was not found."},
		{"status in capitals", `{"status":"Connected"}`, model, "was not found"},
		{"sentinel status", `{"status":"unknownFutureValue"}`, inner, "An error has occurred"},
		{"sentinel type", `{"exchangeConnectorType":"unknownFutureValue"}`, inner, "An error has occurred"},
		{"string as a number", `{"serverName":5}`, model, "'Edm.String'"},
		{"string as a list", `{"serverName":["a"]}`, model, "'Edm.String'"},
		{"unknown property", `{"displayName":"a"}`, bad, "The property 'displayName' does not exist on type"},
		{"property in capitals", `{"ServerName":"a"}`, bad, "does not exist on type"},
		{"the id", `{"id":"e11c1de8-1de8-e11c-e81d-1ce1e81d1ce1"}`, inner, "An error has occurred"},
		{"another type", `{"@odata.type":"#microsoft.graph.user"}`, bad, "'@odata.type'"},
		{"good and bad together", `{"version":"changed","status":"offline"}`, model, "was not found"},
		{"named twice", `{"version":"a","version":"b"}`, bad, "Unable to read JSON"},
		{"no object", `["version"]`, bad, "Unable to read JSON"},
		{"cut short", `{"version":"a"`, bad, "Unable to read JSON"},
		{"two values", `{"version":"a"}{}`, bad, "Unable to read JSON"},
	}
	path := connectorPath(simulator.ID("hosted-old"))
	for _, test := range tests { // in turn: they share a connector
		before, _ := tenant.Graph.Connector(simulator.ID("hosted-old"))
		got := graphCall(t, tenant, bearer, http.MethodPatch, path, test.body)
		after, _ := tenant.Graph.Connector(simulator.ID("hosted-old"))
		entries := tenant.Requests("PATCH " + path)
		applied := entries[len(entries)-1].Applied
		if test.code == "" {
			if got.StatusCode != http.StatusOK || !applied {
				t.Errorf("%s: got %d %s, applied %t", test.name, got.StatusCode, got.body, applied)
				continue
			}
			object := got.object(t)
			for name := range after.Values {
				if want, ok := after.Value(name); ok && object[name] != want || !ok && object[name] != nil {
					t.Errorf("%s: %s: answered %v, stored %q", test.name, name, object[name], want)
				}
			}
			continue
		}
		if code, text := problemOf(t, got); got.StatusCode != http.StatusBadRequest || code != test.code || !strings.Contains(text, test.text) {
			t.Errorf("%s: got %d %s %q, want 400 %s %q", test.name, got.StatusCode, code, text, test.code, test.text)
		}
		for name := range after.Values {
			was, _ := before.Value(name)
			if is, _ := after.Value(name); is != was || applied {
				t.Errorf("%s: refused, yet %s went from %q to %q, applied %t", test.name, name, was, is, applied)
			}
		}
	}
}

// TestNotThere: what has no address in Graph, and methods that it has not.
func TestNotThere(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	known := connectorPath(simulator.ExampleID)
	tests := []struct {
		method, path string
		status       int
		code         string
	}{
		{http.MethodGet, connectorPath("00000000-0000-0000-0000-000000000000"), 404, "ResourceNotFound"},
		{http.MethodPatch, connectorPath("nobody"), 404, "ResourceNotFound"},
		{http.MethodGet, "/deviceManagement/exchangeConnector", 400, "BadRequest"},
		{http.MethodPut, known, 400, "No method match route template"},
		{http.MethodGet, known + "/sync", 400, "No method match route template"},
		{http.MethodPost, known, 400, "No method match route template"},
		{http.MethodDelete, graph.Collection, 400, "No method match route template"},
		{http.MethodPost, graph.Collection + "/$count", 400, "No method match route template"},
		{http.MethodPost, known + "/restart", 400, "BadRequest"},
		{http.MethodGet, graph.Collection + "(5)", 400, "BadRequest"},
	}
	for _, test := range tests {
		got := graphCall(t, tenant, bearer, test.method, test.path, `{}`)
		if code, _ := problemOf(t, got); got.StatusCode != test.status || code != test.code {
			t.Errorf("%s %s: got %d %s, want %d %s", test.method, test.path, got.StatusCode, got.body, test.status, test.code)
		}
	}
	r := request(t, http.MethodGet, strings.TrimSuffix(tenant.GraphURL(), "/beta")+graph.Collection, nil)
	if _, text := problemOf(t, newBrowser(t, nil).do(r)); text != "Invalid version: devicemanagement" {
		t.Errorf("without a version: got %q", text)
	}
	if err := tenant.Graph.Remove(simulator.ExampleID); err != nil {
		t.Fatal(err)
	}
	if got := graphCall(t, tenant, bearer, http.MethodGet, known, ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("a removed connector: got %d, want 404", got.StatusCode)
	}
}
