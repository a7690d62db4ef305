package simulator_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// example is the body of the reference page's request, letter by letter.
const example = `{
  "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
  "status": "connectionPending",
  "primarySmtpAddress": "Primary Smtp Address value",
  "serverName": "Server Name value",
  "connectorServerName": "Connector Server Name value",
  "exchangeConnectorType": "hosted",
  "version": "Version value",
  "exchangeAlias": "Exchange Alias value",
  "exchangeOrganization": "Exchange Organization value"
}`

const typed = `{ "@odata.type": "#microsoft.graph.deviceManagementExchangeConnector",`

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// TestCreateAndDelete: a new connector has an id of the service's, is listed last, and is gone when it is deleted.
func TestCreateAndDelete(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	for _, body := range []string{example, typed + example[1:], `{"id":"mine","@odata.context":"x","status@odata.type":"#String",` + example[1:]} {
		got := call(t, tenant, bearer, "POST", "/v1.0"+graph.Collection, body)
		if got.StatusCode != http.StatusCreated {
			t.Fatalf("create: got %d %s, want 201", got.StatusCode, got.body)
		}
		created := got.object(t)
		id, _ := created["id"].(string)
		if !guid.MatchString(id) || created["lastSyncDateTime"] != "2017-01-01T00:02:49.3205976-08:00" || created["exchangeAlias"] != "Exchange Alias value" {
			t.Errorf("created %v", created)
		}
		path := strings.TrimPrefix(got.Header.Get("Location"), root(tenant))
		if again := call(t, tenant, bearer, "GET", path, ""); again.object(t)["id"] != id {
			t.Errorf("location %q: got %s", path, again.body)
		}
		if all := where(tenant, everything); all[len(all)-1] != id {
			t.Errorf("the new one is not the last of the list")
		}
		if gone := call(t, tenant, bearer, "DELETE", path, ""); gone.StatusCode != http.StatusNoContent || gone.body != "" {
			t.Errorf("delete: got %d %q, want 204", gone.StatusCode, gone.body)
		}
		for _, method := range []string{"GET", "DELETE"} {
			if after := call(t, tenant, bearer, method, path, ""); after.StatusCode != http.StatusNotFound {
				t.Errorf("%s afterwards: got %d, want 404", method, after.StatusCode)
			}
		}
		entries := tenant.Requests("POST "+graph.Collection, "DELETE "+connectorPath(id))
		for _, entry := range entries[len(entries)-3 : len(entries)-1] {
			if !entry.Applied || entry.Person != "maya" {
				t.Errorf("recorded %s: applied %t by %q", entry.Key, entry.Applied, entry.Person)
			}
		}
	}
	empty := call(t, tenant, bearer, "POST", "/v1.0"+graph.Collection, `{}`).object(t)
	if empty["lastSyncDateTime"] != "0001-01-01T00:00:00Z" || empty["status"] != "none" || empty["exchangeConnectorType"] != "onPremises" || empty["serverName"] != nil {
		t.Errorf("of nothing: created %v", empty)
	}
}

// TestCreateRefused changes nothing.
func TestCreateRefused(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	before := len(tenant.Graph.Connectors())
	for _, test := range []struct {
		bearer, body string
		status       int
	}{
		{bearer, `{"status":"offline"}`, 400}, {bearer, `{"status":null}`, 400}, {bearer, `{"colour":"red"}`, 400}, {bearer, `[]`, 400},
		{bearer, `{"@odata.type":"#microsoft.graph.user"}`, 400},
		{signIn(t, tenant, "maya", readScope).Access, `{}`, 403}, {signIn(t, tenant, "omar", writeScope).Access, `{}`, 403}, {"", `{}`, 401},
	} {
		if got := call(t, tenant, test.bearer, "POST", "/v1.0"+graph.Collection, test.body); got.StatusCode != test.status {
			t.Errorf("%s: got %d %s, want %d", test.body, got.StatusCode, got.body, test.status)
		}
	}
	for bearer, status := range map[string]int{signIn(t, tenant, "tom", readScope).Access: 403, signIn(t, tenant, "omar", writeScope).Access: 403} {
		if got := call(t, tenant, bearer, "DELETE", "/v1.0"+connectorPath(simulator.ExampleID), ""); got.StatusCode != status {
			t.Errorf("delete: got %d, want %d", got.StatusCode, status)
		}
	}
	if after := len(tenant.Graph.Connectors()); after != before {
		t.Errorf("%d connectors became %d", before, after)
	}
}

// TestPatchAsItWasRead: the whole object may be sent back, its id and annotations with it.
func TestPatchAsItWasRead(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	path := "/v1.0" + connectorPath(simulator.ExampleID)
	read := call(t, tenant, bearer, "GET", path, "").body
	if got := call(t, tenant, bearer, "PATCH", path, strings.Replace(read, "Server Name value", "ex19", 1)); got.StatusCode != 200 || got.object(t)["serverName"] != "ex19" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// TestPrefer: what a writer gets back is what it prefers, and it is told so.
func TestPrefer(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	one := "/v1.0" + connectorPath(simulator.ExampleID)
	tests := []struct {
		method, path, prefer string
		status               int
		applied              string
	}{
		{"PATCH", one, "", 200, ""},
		{"PATCH", one, "return=minimal", 204, "return=minimal"},
		{"PATCH", one, `respond-async, Return = "minimal"; x=1`, 204, "return=minimal"},
		{"PATCH", one, "return=representation", 200, "return=representation"},
		{"PATCH", one, "return=everything", 200, ""},
		{"POST", "/v1.0" + graph.Collection, "return=minimal", 204, "return=minimal"},
		{"POST", "/v1.0" + graph.Collection, "return=representation", 201, "return=representation"},
	}
	for _, test := range tests { // in turn: they share a connector
		alias := test.method + " " + test.prefer
		got := call(t, tenant, bearer, test.method, test.path, `{"exchangeAlias":`+quoted(alias)+`}`, "Prefer", test.prefer)
		if got.StatusCode != test.status || got.Header.Get("Preference-Applied") != test.applied || (got.body == "") != (test.status == 204) {
			t.Errorf("%s: got %d %q, applied %q", alias, got.StatusCode, got.body, got.Header.Get("Preference-Applied"))
		}
		if test.method == "POST" && (got.Header.Get("Location") == "" || got.Header.Get("OData-EntityId") != got.Header.Get("Location")) {
			t.Errorf("%s: location %q, id %q", alias, got.Header.Get("Location"), got.Header.Get("OData-EntityId"))
		}
		if len(where(tenant, is("exchangeAlias", alias))) != 1 {
			t.Errorf("%s: not stored", alias)
		}
	}
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

func gzipped(t *testing.T, body string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPackedBodies: gzip is unpacked, up to a size; nothing else is guessed at.
func TestPackedBodies(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	path := "/v1.0" + connectorPath(simulator.ExampleID)
	packed := gzipped(t, `{"version":"packed"}`)
	tests := []struct {
		name, encoding, body string
		status               int
		code                 string
	}{
		{"gzip", "gzip", packed, 200, ""},
		{"gzip by its old name", "X-GZIP", packed, 200, ""},
		{"the reference page's example", "gzip", gzipped(t, example), 200, ""},
		{"identity", "identity", `{"version":"plain"}`, 200, ""},
		{"a byte order mark", "", "\ufeff" + `{"version":"marked"}`, 200, ""},
		{"a bomb", "gzip", gzipped(t, `{"version":"`+strings.Repeat("a", 8<<20)+`"}`), 413, "RequestEntityTooLarge"},
		{"cut short", "gzip", packed[:len(packed)-9], 400, "BadRequest"},
		{"not packed at all", "gzip", `{"version":"x"}`, 400, "BadRequest"},
		{"packed, and not said so", "", packed, 400, "BadRequest"},
		{"brotli", "br", "x", 415, "UnsupportedMediaType"},
		{"packed twice", "gzip, gzip", packed, 415, "UnsupportedMediaType"},
	}
	for _, test := range tests { // in turn: they share a connector
		got := call(t, tenant, bearer, "PATCH", path, test.body, "Content-Encoding", test.encoding)
		if got.StatusCode != test.status {
			t.Errorf("%s: got %d %s, want %d", test.name, got.StatusCode, got.body, test.status)
			continue
		}
		if test.code != "" {
			if code, _ := problemOf(t, got); code != test.code {
				t.Errorf("%s: got %s, want %s", test.name, code, test.code)
			}
		}
	}
	if sync := call(t, tenant, bearer, "POST", path+"/sync", gzipped(t, `{"syncType":"fullSync"}`), "Content-Encoding", "gzip"); sync.StatusCode != 204 {
		t.Errorf("sync: got %d %s, want 204", sync.StatusCode, sync.body)
	}
	if made := call(t, tenant, bearer, "POST", "/v1.0"+graph.Collection, gzipped(t, example), "Content-Encoding", "gzip"); made.StatusCode != 201 {
		t.Errorf("create: got %d %s, want 201", made.StatusCode, made.body)
	}
}
