package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

const controlSecret = "made at start"

func withControl(o *simulator.Options) { o.ControlSecret = controlSecret }

// control sends an order as a careful program does; alter may make it careless.
func control(t *testing.T, tenant *simulator.Tenant, method, body string, alter ...func(*http.Request)) answer {
	t.Helper()
	r := request(t, method, "http://"+tenant.Host()+faults.Path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+controlSecret)
	r.Header.Set("Content-Type", "application/json")
	for _, change := range alter {
		change(r)
	}
	return newBrowser(t, nil).do(r)
}

const resetList = `{"key":"GET /deviceManagement/exchangeConnectors","fault":"status","status":503}`

// TestControlGuards: no web page, and nobody without the secret, reaches the faults.
func TestControlGuards(t *testing.T) {
	t.Parallel()
	tenant := start(t, withControl)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name   string
		method string
		alter  func(*http.Request)
		want   int
	}{
		{"no secret", http.MethodPost, func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		{"wrong secret", http.MethodPost, header("Authorization", "Bearer guessed"), 401},
		{"secret without its scheme", http.MethodPost, header("Authorization", controlSecret), 401},
		{"a page elsewhere", http.MethodPost, header("Origin", "https://evil.example"), 403},
		{"a page of its own", http.MethodPost, func(r *http.Request) { r.Header.Set("Origin", "http://"+r.URL.Host) }, 403},
		{"an address bar", http.MethodPost, header("Sec-Fetch-Site", "none"), 403},
		{"a same-origin fetch", http.MethodPost, header("Sec-Fetch-Mode", "cors"), 403},
		{"a browser's cookies", http.MethodPost, header("Cookie", "demo_tenant_session=x"), 403},
		{"a form", http.MethodPost, header("Content-Type", "application/x-www-form-urlencoded"), 415},
		{"plain text", http.MethodPost, header("Content-Type", "text/plain"), 415},
		{"another Host", http.MethodPost, func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"localhost for 127.0.0.1", http.MethodPost, func(r *http.Request) { r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1) }, 421},
		{"a preflight", http.MethodOptions, header("Access-Control-Request-Method", "POST"), 405},
		{"a look", http.MethodGet, func(*http.Request) {}, 405},
		{"clearing from a page", http.MethodDelete, header("Origin", "https://evil.example"), 403},
	}
	for _, test := range tests {
		got := control(t, tenant, test.method, resetList, test.alter)
		if got.StatusCode != test.want {
			t.Errorf("%s: got %d %s, want %d", test.name, got.StatusCode, got.body, test.want)
		}
		for name := range got.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: answered with %s", test.name, name)
			}
		}
	}
	if tenant.Faults.Waiting() != 0 {
		t.Errorf("%d faults wait, want none", tenant.Faults.Waiting())
	}
	if without := start(t); control(t, without, http.MethodPost, resetList).StatusCode != http.StatusNotFound {
		t.Error("without a secret the address is there")
	}
}

// TestControlOrders: strict JSON, and an answer that says what is wrong.
func TestControlOrders(t *testing.T) {
	t.Parallel()
	tenant := start(t, withControl)
	bad := map[string]string{
		`{"key":"GET /a","fault":"explode"}`:                                "fault: one of",
		`{"key":"/a","fault":"reset"}`:                                      "key:",
		`{"key":"get /a","fault":"reset"}`:                                  "key:",
		`{"key":"GET /a","fault":"status"}`:                                 "status:",
		`{"key":"GET /a","fault":"status","status":99}`:                     "status:",
		`{"key":"GET /a","fault":"delay"}`:                                  "delay:",
		`{"key":"GET /a","fault":"delay","delay":"-1s"}`:                    "delay:",
		`{"key":"GET /a","fault":"huge"}`:                                   "bytes:",
		`{"key":"GET /a","fault":"content_type"}`:                           "content_type:",
		`{"key":"GET /a","fault":"reset","times":-1}`:                       "times:",
		`{"key":"GET /a","fault":"reset","times":2,"always":true}`:          "times and always",
		`{"key":"GET /a","fault":"reset","colour":"red"}`:                   "unknown field",
		`{"key":"GET /a","fault":"reset"} {"key":"GET /b","fault":"reset"}`: "more than one",
		`key=GET`: "the body",
		`{"key":"GET /a","fault":"` + strings.Repeat("x", 100_000) + `"}`: "too large",
	}
	for body, want := range bad {
		got := control(t, tenant, http.MethodPost, body)
		if got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, want) {
			t.Errorf("%.80s: got %d %s, want 400 %q", body, got.StatusCode, got.body, want)
		}
	}
	if tenant.Faults.Waiting() != 0 {
		t.Errorf("%d faults wait, want none", tenant.Faults.Waiting())
	}
}

// TestControlFaults: what is ordered happens, as often as ordered.
func TestControlFaults(t *testing.T) {
	t.Parallel()
	tenant := start(t, withControl)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	path := connectorPath(simulator.ID("s2s-na"))
	order := func(body string) {
		t.Helper()
		if got := control(t, tenant, http.MethodPost, body); got.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: got %d %s", body, got.StatusCode, got.body)
		}
	}
	order(`{"key":"PATCH /deviceManagement/exchangeConnectors/*","fault":"status","status":429,"retry_after":"2","times":2}`)
	for i, want := range []int{429, 429, 200} {
		got := graphCall(t, tenant, bearer, http.MethodPatch, path, `{"version":"1"}`)
		if got.StatusCode != want || want == 429 && got.Header.Get("Retry-After") != "2" {
			t.Errorf("request %d: got %d, Retry-After %q, want %d", i, got.StatusCode, got.Header.Get("Retry-After"), want)
		}
	}
	order(`{"key":"GET ` + path + `","fault":"status","status":503,"always":true}`)
	for range 3 {
		if got := graphCall(t, tenant, bearer, http.MethodGet, path, ""); got.StatusCode != 503 || !strings.Contains(got.body, "serviceNotAvailable") {
			t.Errorf("always: got %d %s", got.StatusCode, got.body)
		}
	}
	if got := control(t, tenant, http.MethodDelete, ""); got.StatusCode != http.StatusNoContent {
		t.Fatalf("clear: got %d %s", got.StatusCode, got.body)
	}
	if got := graphCall(t, tenant, bearer, http.MethodGet, path, ""); got.StatusCode != http.StatusOK {
		t.Errorf("after clearing: got %d", got.StatusCode)
	}
	for _, fault := range []string{"reset", "lose_answer", "truncate"} {
		order(`{"key":"GET ` + path + `","fault":"` + fault + `"}`)
		r := request(t, http.MethodGet, tenant.GraphURL()+path, nil)
		r.Header.Set("Authorization", "Bearer "+bearer)
		if response, err := once(r); err == nil {
			response.Body.Close()
			if fault != "truncate" {
				t.Errorf("%s: got an answer, %d", fault, response.StatusCode)
			}
		}
	}
}

// TestOtherHosts: no part of the tenant answers under a name that somebody else points here.
func TestOtherHosts(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	for _, address := range []string{tenant.Issuer() + "/login", tenant.GraphURL() + "/deviceManagement/exchangeConnectors", "http://" + tenant.Host() + "/"} {
		r := request(t, http.MethodGet, address, nil)
		r.Host = "evil.example"
		if got := newBrowser(t, nil).do(r); got.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: got %d, want 421", address, got.StatusCode)
		}
	}
}
