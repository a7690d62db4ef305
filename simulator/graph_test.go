package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

func connectorPath(id string) string { return graph.Collection + "/" + id }

// listAll follows the pages byte for byte and returns the objects.
func listAll(t *testing.T, tenant *simulator.Tenant, bearer string) (objects []map[string]any, pages int) {
	t.Helper()
	address := tenant.GraphURL() + graph.Collection
	for address != "" {
		r := request(t, http.MethodGet, address, nil)
		r.Header.Set("Authorization", "Bearer "+bearer)
		got := newBrowser(t, nil).do(r)
		var page struct {
			Next  string           `json:"@odata.nextLink"`
			Value []map[string]any `json:"value"`
		}
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || got.StatusCode != http.StatusOK {
			t.Fatalf("page %d: got %d %s: %v", pages, got.StatusCode, got.body, err)
		}
		if page.Next != "" && !strings.HasPrefix(page.Next, tenant.GraphURL()+graph.Collection+"?$skiptoken=LastId%3d%27") {
			t.Errorf("nextLink: got %q", page.Next)
		}
		objects, address = append(objects, page.Value...), page.Next
		pages++
	}
	return objects, pages
}

// TestListOverPages gives each connector once, with all ten properties.
func TestListOverPages(t *testing.T) {
	t.Parallel()
	tenant := start(t, func(o *simulator.Options) { o.PageSize = 10 })
	objects, pages := listAll(t, tenant, signIn(t, tenant, "ruth", readScope).Access)
	if len(objects) < 40 || pages != (len(objects)+9)/10 {
		t.Fatalf("got %d connectors on %d pages, want at least 40 on pages of 10", len(objects), pages)
	}
	var ids []string
	for _, object := range objects {
		if len(object) != 10 {
			t.Errorf("%v: %d members, want the ten properties", object["id"], len(object))
		}
		ids = append(ids, object["id"].(string))
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(objects) {
		t.Error("a connector came twice")
	}
	bad := graphCall(t, tenant, signIn(t, tenant, "ruth", readScope).Access, http.MethodGet, graph.Collection+"?$skiptoken="+url.QueryEscape("LastId='nothing'"), "")
	if bad.StatusCode != http.StatusBadRequest {
		t.Errorf("a made-up token: got %d, want 400", bad.StatusCode)
	}
}

// TestSeed holds the example of Microsoft's page, and each kind of health that the demo is to show.
func TestSeed(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tenant := start(t, func(o *simulator.Options) { o.Now = clock.Now })
	got := graphCall(t, tenant, signIn(t, tenant, "tom", readScope).Access, http.MethodGet, connectorPath(simulator.ExampleID), "").object(t)
	delete(got, "@odata.context")
	want := map[string]any{
		"id": "e11c1de8-1de8-e11c-e81d-1ce1e81d1ce1", "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
		"status": "connectionPending", "primarySmtpAddress": "Primary Smtp Address value", "serverName": "Server Name value",
		"connectorServerName": "Connector Server Name value", "exchangeConnectorType": "hosted", "version": "Version value",
		"exchangeAlias": "Exchange Alias value", "exchangeOrganization": "Exchange Organization value",
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: got %v, want %v", name, got[name], want[name])
		}
	}
	living := 0
	for _, connector := range tenant.Graph.Connectors() {
		text, _ := connector.Value("lastSyncDateTime")
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Errorf("%s: lastSyncDateTime %q: %v", connector.ID, text, err)
		}
		if connector.Every > 0 && clock.Now().Sub(at) < connector.Every {
			living++
		}
	}
	if living < 6 {
		t.Errorf("%d connectors sync by themselves, want at least 6", living)
	}
	for _, name := range []string{"s2s-emea", "hosted-eu", "journal-apac", "wingtip-hosted", "s2s-na", "ex01-hq", "future-status", "long", "hostile", "empty"} {
		if _, ok := tenant.Graph.Connector(simulator.ID(name)); !ok {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestHeaders are on every answer, errors included, and the caller's id is echoed.
func TestHeaders(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	for path, contentType := range map[string]string{
		graph.Collection:            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
		connectorPath("none"):       "application/json",
		"/deviceManagement/nothing": "application/json",
	} {
		r := request(t, http.MethodGet, tenant.GraphURL()+path, nil)
		r.Header.Set("Authorization", "Bearer "+bearer)
		r.Header.Set("client-request-id", "7e57c0de-1111-4222-8333-444455556621")
		got := newBrowser(t, nil).do(r)
		if got.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: content type %q", path, got.Header.Get("Content-Type"))
		}
		if got.Header.Get("client-request-id") != "7e57c0de-1111-4222-8333-444455556621" {
			t.Errorf("%s: client-request-id %q", path, got.Header.Get("client-request-id"))
		}
		for _, name := range []string{"request-id", "Date", "x-ms-ags-diagnostic"} {
			if got.Header.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
	}
	own := graphCall(t, tenant, bearer, http.MethodGet, graph.Collection, "")
	if own.Header.Get("client-request-id") != own.Header.Get("request-id") {
		t.Error("without an id of the caller's the two are not the same")
	}
}

// problemOf reads Graph's error: its code, and the innermost sentence.
func problemOf(t *testing.T, got answer) (code, text string) {
	t.Helper()
	var envelope struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(got.body), &envelope); err != nil {
		t.Fatalf("body %q: %v", got.body, err)
	}
	text = envelope.Error.Message
	for range 3 {
		var nested struct{ Message string }
		if json.Unmarshal([]byte(text), &nested) != nil {
			break
		}
		text = nested.Message
	}
	return envelope.Error.Code, text
}

// TestWhoMayDoWhat: token, scope and Intune's own roles, each with its own answer.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	path := connectorPath(simulator.ID("s2s-na"))
	bearer := func(person, scope string) string { return signIn(t, tenant, person, scope).Access }
	tests := []struct {
		name, bearer, method string
		status               int
		code, text           string
	}{
		{"reads", bearer("tom", readScope), http.MethodGet, 200, "", ""},
		{"reads with the write scope", bearer("maya", writeScope), http.MethodGet, 200, "", ""},
		{"writes", bearer("maya", writeScope), http.MethodPatch, 200, "", ""},
		{"no bearer", "", http.MethodGet, 401, "InvalidAuthenticationToken", "Access token is empty."},
		{"rubbish", "a.b.c", http.MethodGet, 401, "InvalidAuthenticationToken", "IDX10223"},
		{"an ID token", signIn(t, tenant, "maya", writeScope).ID, http.MethodGet, 401, "InvalidAuthenticationToken", "IDX10223"},
		{"no scope", bearer("maya", "email"), http.MethodGet, 403, "Forbidden", "must have one of the following scopes: DeviceManagementServiceConfig.Read.All, "},
		{"writes without the scope", bearer("maya", readScope), http.MethodPatch, 403, "Forbidden", "must have one of the following scopes: DeviceManagementServiceConfig.ReadWrite.All, "},
		{"Intune forbids", bearer("omar", writeScope), http.MethodPatch, 403, "Forbidden", "User is not authorized to perform this operation - Operation ID"},
		{"no Intune licence", bearer("deniz", readScope), http.MethodGet, 401, "UnknownError", "An error has occurred - Operation ID"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			body := ""
			if test.method == http.MethodPatch {
				body = `{"exchangeAlias":"other"}`
			}
			got := graphCall(t, tenant, test.bearer, test.method, path, body)
			if got.StatusCode != test.status {
				t.Fatalf("got %d %s, want %d", got.StatusCode, got.body, test.status)
			}
			if test.status == 200 {
				return
			}
			if code, text := problemOf(t, got); code != test.code || !strings.Contains(text, test.text) {
				t.Errorf("got %s %q, want %s %q", code, text, test.code, test.text)
			}
			if challenged := got.Header.Get("WWW-Authenticate") != ""; challenged != (test.code == "InvalidAuthenticationToken") {
				t.Errorf("challenge: got %q", got.Header.Get("WWW-Authenticate"))
			}
		})
	}
}

// TestManyAtOnce: nothing is lost when everybody writes, and each request is recorded with its person.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	path := connectorPath(simulator.ID("s2s-na"))
	people := []string{"maya", "priya"}
	var wait sync.WaitGroup
	for _, person := range people {
		bearer := signIn(t, tenant, person, writeScope).Access
		for range 20 {
			wait.Go(func() {
				graphCall(t, tenant, bearer, http.MethodPatch, path, `{"exchangeAlias":"`+person+`"}`)
				graphCall(t, tenant, bearer, http.MethodGet, graph.Collection, "")
			})
		}
	}
	wait.Wait()
	count := map[string]int{}
	for _, entry := range tenant.Requests("PATCH " + path) {
		if !entry.Applied || entry.Status != http.StatusOK || entry.Header.Get("Authorization") == "" || len(entry.Body) == 0 {
			t.Errorf("recorded %+v", entry)
		}
		count[entry.Person]++
	}
	for _, person := range people {
		if count[person] != 20 {
			t.Errorf("%s: %d requests recorded, want 20", person, count[person])
		}
	}
}
