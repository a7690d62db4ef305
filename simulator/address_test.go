package simulator_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// root is Graph's, above the versions.
func root(tenant *simulator.Tenant) string { return strings.TrimSuffix(tenant.GraphURL(), "/beta") }

// call sends one request to Graph; headers are pairs of name and value. The path is relative to the root above the versions.
func call(t *testing.T, tenant *simulator.Tenant, bearer, method, path, body string, headers ...string) answer {
	t.Helper()
	r := request(t, method, root(tenant)+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+bearer)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return newBrowser(t, nil).do(r)
}

// TestWaysToWriteAnAddress: versions, quoted keys and qualified names lead to the same connector, under one fault key.
func TestWaysToWriteAnAddress(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	id := simulator.ID("s2s-na")
	tests := []struct{ method, path, body, key string }{
		{"GET", "/beta/deviceManagement/exchangeConnectors/" + id, "", connectorPath(id)},
		{"GET", "/v1.0/deviceManagement/exchangeConnectors/" + id, "", connectorPath(id)},
		{"GET", "/V1.0/devicemanagement/exchangeconnectors/" + id, "", connectorPath(id)},
		{"GET", "/v1.0/deviceManagement/exchangeConnectors('" + id + "')", "", connectorPath(id)},
		{"GET", "/v1.0/deviceManagement/exchangeConnectors%28%27" + id + "%27%29/", "", connectorPath(id)},
		{"GET", "/v1.0/deviceManagement/exchangeConnectors(id='" + id + "')", "", connectorPath(id)},
		{"PATCH", "/v1.0/deviceManagement/exchangeConnectors('" + id + "')", `{"version":"1"}`, connectorPath(id)},
		{"POST", "/v1.0/deviceManagement/exchangeConnectors/" + id + "/sync", `{"syncType":"fullSync"}`, connectorPath(id) + "/sync"},
		{"POST", "/v1.0/deviceManagement/exchangeConnectors/" + id + "/microsoft.graph.sync", `{"syncType":"fullSync"}`, connectorPath(id) + "/sync"},
		{"POST", "/beta/deviceManagement/exchangeConnectors('" + id + "')/microsoft.graph.sync", `{"syncType":"deltaSync"}`, connectorPath(id) + "/sync"},
		{"GET", "/v1.0/deviceManagement/exchangeConnectors/", "", graph.Collection},
	}
	for _, test := range tests { // in turn: they share fault keys
		if got := call(t, tenant, bearer, test.method, test.path, test.body); got.StatusCode >= 300 {
			t.Errorf("%s %s: got %d %s", test.method, test.path, got.StatusCode, got.body)
		}
		tenant.Faults.Next(test.method+" "+test.key, faults.Status(418, "", ""))
		if got := call(t, tenant, bearer, test.method, test.path, test.body); got.StatusCode != 418 {
			t.Errorf("%s %s: got %d, want the fault of %s", test.method, test.path, got.StatusCode, test.key)
			tenant.Faults.Clear()
		}
	}
	for _, path := range []string{
		"/beta/deviceManagement/exchangeConnectors('" + id, "/beta/deviceManagement/exchangeConnectors('" + id + "')x",
		"/beta/deviceManagement/exchangeConnectors(" + id + ")", "/beta/deviceManagement/exchangeConnectorsX",
	} {
		if got := call(t, tenant, bearer, "GET", path, ""); got.StatusCode != 400 {
			t.Errorf("%s: got %d %s, want 400", path, got.StatusCode, got.body)
		}
	}
	if got := call(t, tenant, bearer, "GET", "/v1.0/deviceManagement/exchangeConnectors('it''s')", ""); got.StatusCode != 404 {
		t.Errorf("a quote in a key: got %d %s, want 404", got.StatusCode, got.body)
	}
	if _, text := problemOf(t, call(t, tenant, bearer, "GET", "/v2.0/deviceManagement/exchangeConnectors", "")); text != "Invalid version: v2.0" {
		t.Errorf("another version: got %q", text)
	}
}

// TestLinksStayInTheirVersion: whoever began with v1.0 is led on in v1.0.
func TestLinksStayInTheirVersion(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	for _, version := range []string{"v1.0", "beta"} {
		base := root(tenant) + "/" + version
		page := call(t, tenant, bearer, "GET", "/"+version+graph.Collection, "").object(t)
		if context := page["@odata.context"]; context != base+"/$metadata#deviceManagement/exchangeConnectors" {
			t.Errorf("context: got %v", context)
		}
		if next, _ := page["@odata.nextLink"].(string); !strings.HasPrefix(next, base+graph.Collection+"?") {
			t.Errorf("next link: got %q", next)
		}
		one := call(t, tenant, bearer, "PATCH", "/"+version+connectorPath(simulator.ExampleID), `{}`).object(t)
		if context := one["@odata.context"]; context != base+"/$metadata#deviceManagement/exchangeConnectors/$entity" {
			t.Errorf("context of one: got %v", context)
		}
		created := call(t, tenant, bearer, "POST", "/"+version+graph.Collection, `{}`)
		if where := created.Header.Get("Location"); !strings.HasPrefix(where, base+graph.Collection+"('") {
			t.Errorf("location: got %q", where)
		}
	}
}

// TestHTTPS: with a certificate every address of the tenant is https, and faults still cut connections.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	borrowed := httptest.NewTLSServer(nil) // its certificate is good for 127.0.0.1
	defer borrowed.Close()
	tenant := start(t, func(o *simulator.Options) { o.Certificate = &borrowed.TLS.Certificates[0] })
	client := borrowed.Client()
	response, err := client.Do(request(t, http.MethodGet, tenant.Issuer()+"/.well-known/openid-configuration", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.TLS == nil || response.TLS.Version < tls.VersionTLS12 {
		t.Errorf("discovery: got %d, TLS %v", response.StatusCode, response.TLS)
	}
	for _, address := range []string{tenant.Issuer(), tenant.GraphURL()} {
		if !strings.HasPrefix(address, "https://") {
			t.Errorf("%s is not https", address)
		}
	}
	tenant.Faults.Next("GET "+graph.Collection, faults.Reset())
	if response, err := client.Do(request(t, http.MethodGet, tenant.GraphURL()+graph.Collection, nil)); err == nil {
		response.Body.Close()
		t.Errorf("a reset: got %d", response.StatusCode)
	}
}
