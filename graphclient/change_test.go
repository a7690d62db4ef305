package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
)

func TestPatchSendsExactlyTheFields(t *testing.T) {
	t.Parallel()
	g := newGraph(t, fixture(t, "connector-patch-200"))
	c, _ := client(t, g.URL)
	fields := []connector.FieldChange{
		{Name: connector.LastSyncDateTime, Requested: connector.Of("2017-01-01T00:02:49.3205970-08:00")},
		{Name: connector.ServerName, Requested: connector.Of(`ex19 <"&'> \ Å`)},
		{Name: connector.ExchangeAlias, Requested: connector.Null()},
		{Name: connector.Version, Requested: connector.Of("")},
	}
	answer, err := allOf(c, newPerson()).Patch(t.Context(), exampleID, fields, changeID)
	if err != nil {
		t.Fatal(err)
	}
	if !answer.HasObject || answer.Status != 200 || answer.RequestID != "6a1f0f5e-8f0e-4a53-9d4f-0d7f6f3c1a04" {
		t.Errorf("answer %+v", answer)
	}
	if got := answer.Object.Value(connector.ServerName); got != connector.Of("ex19-mbx01.corp.contoso.com") {
		t.Errorf("the object's server is %q", got.Text())
	}
	got := g.arrived()[0]
	const want = `{"lastSyncDateTime":"2017-01-01T00:02:49.3205970-08:00","serverName":"ex19 <\"&'> \\ Å","exchangeAlias":null,"version":""}`
	if got.body != want {
		t.Errorf("body\n got %s\nwant %s", got.body, want)
	}
	if got.method != "PATCH" || got.uri != "/beta/deviceManagement/exchangeConnectors/"+exampleID {
		t.Errorf("%s %s", got.method, got.uri)
	}
	headers := http.Header{
		"Authorization": {"Bearer token-1"}, "Accept": {"application/json"}, "Client-Request-Id": {changeID},
		"User-Agent": {"Switchboard/1.2.3"}, "Content-Type": {"application/json"}, "Accept-Encoding": {"gzip"},
		"Content-Length": {"123"},
	}
	if !reflect.DeepEqual(got.header, headers) {
		t.Errorf("headers\n got %v\nwant %v", got.header, headers)
	}
}

func TestPatchOfTheReferenceExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("testdata/connector-seed-example-request.json")
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(example, &want); err != nil {
		t.Fatal(err)
	}
	var fields []connector.FieldChange
	for name, value := range want {
		fields = append(fields, connector.FieldChange{Name: name, Requested: connector.Of(value.(string))})
	}
	body, err := PatchBody(fields)
	if err != nil || json.Unmarshal(body, &got) != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("body %s (%v), want %s", body, err, example)
	}
}

func TestPatchRefusesWhatIsNoChange(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(200, "{}"))
	c, _ := client(t, g.URL)
	for name, fields := range map[string][]connector.FieldChange{
		"none":          {},
		"the id":        {{Name: connector.ID, Requested: connector.Of("x")}},
		"unknown":       {{Name: "displayName", Requested: connector.Of("x")}},
		"twice":         append(serverName("x"), serverName("y")...),
		"invalid UTF-8": serverName("\xff"),
	} {
		_, err := allOf(c, newPerson()).Patch(t.Context(), exampleID, fields, changeID)
		if got := failure(t, err).Class; got != NotSent {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := len(g.arrived()); got != 0 {
		t.Errorf("%d requests", got)
	}
}

// TestAppliedChanges are answers that say that a change was applied, and whether they hold the object.
func TestAppliedChanges(t *testing.T) {
	t.Parallel()
	whole := object(exampleID, "new")
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		status int
		object bool
	}{
		"200, bare":                   {says(200, whole), 200, true},
		"200, wrapped":                {says(200, `{"value":`+whole+`}`), 200, true},
		"200, wrapped in an array":    {says(200, `{"value":[`+whole+`]}`), 200, true},
		"201":                         {says(201, whole, "Content-Type", "application/vnd.x+json; charset=utf-8"), 201, true},
		"200, id in another case":     {says(200, object(strings.ToUpper(exampleID), "new")), 200, true},
		"200, another connector":      {says(200, object("0b6c2d9a-71f3-4e58-8a2c-5d4e3f2a1b0c", "new")), 200, false},
		"200, a part of the object":   {says(200, `{"id":"`+exampleID+`","serverName":"new"}`), 200, false},
		"200, empty object":           {says(200, `{}`), 200, false},
		"200, an array":               {says(200, `[]`), 200, false},
		"200, two in value":           {says(200, `{"value":[`+whole+`,`+whole+`]}`), 200, false},
		"200, wrong type":             {says(200, strings.Replace(whole, `"new"`, `5`, 1)), 200, false},
		"200, a name twice":           {says(200, strings.Replace(whole, `{`, `{"serverName":"old",`, 1)), 200, false},
		"200, no JSON":                {says(200, `applied`), 200, false},
		"200, nothing":                {says(200, ``), 200, false},
		"200, nothing of HTML":        {says(200, ``, "Content-Type", "text/html"), 200, false},
		"200, cut short":              {says(200, whole[:100], "Content-Length", "500"), 200, false},
		"200, cut before its start":   {says(200, ``, "Content-Length", "500"), 200, false},
		"200, cut, complete to parse": {says(200, whole, "Content-Length", "5000"), 200, false},
		"200, too large":              {says(200, whole+strings.Repeat(" ", maxBody)), 200, false},
		"202":                         {says(202, ``, "Content-Type", ""), 202, false},
		"204":                         {fixture(t, "connector-patch-204"), 204, false},
		"299":                         {says(299, `{"ok":true}`), 299, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, test.answer)
			c, _ := client(t, g.URL)
			got, err := allOf(c, newPerson()).Patch(t.Context(), exampleID, serverName("new"), changeID)
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != test.status || got.HasObject != test.object || len(g.arrived()) != 1 {
				t.Errorf("status %d, object %v after %d requests; want %d, %v after 1", got.Status, got.HasObject, len(g.arrived()), test.status, test.object)
			}
			if want := map[bool]string{true: "new", false: ""}[test.object]; got.Object.Value(connector.ServerName).Text() != want {
				t.Errorf("the object's server is %q, want %q", got.Object.Value(connector.ServerName).Text(), want)
			}
		})
	}
}

// TestChangesInDoubt are answers after which nobody knows: the change is never sent again.
func TestChangesInDoubt(t *testing.T) {
	t.Parallel()
	answers := map[string]http.HandlerFunc{
		"200 as HTML":          says(200, "<p>sign in</p>", "Content-Type", "text/html"),
		"200 as plain text":    says(200, "ok", "Content-Type", "text/plain"),
		"200, HTML, cut short": says(200, "<p>", "Content-Type", "text/html", "Content-Length", "500"),
		"200 without a type":   func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil; w.Write([]byte("{}")) },
		"503 with Retry-After": says(503, `{}`, "Retry-After", "1"),
		"500 with nothing":     says(500, ``),
		"reset":                reset,
		"hung up":              func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308, 402, 405, 406, 408, 410, 413, 415, 422, 423, 425, 451, 499, 501, 505, 507, 511, 599} {
		answers[http.StatusText(status)+" "+string(rune('0'+status%10))] = says(status, `{"error":{"code":"X","message":"No."}}`, "Location", "/elsewhere", "Retry-After", "0")
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, answer)
			c, slept := client(t, g.URL)
			for _, send := range []func(allCalls) error{patched, syncedNow} {
				before := len(g.arrived())
				err := send(allOf(c, newPerson()))
				if got := failure(t, err); got.Class != InDoubt || got.ClientRequestID != changeID {
					t.Errorf("class %v of change %q", got.Class, got.ClientRequestID)
				}
				if got := len(g.arrived()) - before; got != 1 || len(slept.all) != 0 {
					t.Errorf("%d requests and waits %v, want 1 and none", got, slept.all)
				}
			}
		})
	}
}

func patched(k allCalls) error {
	_, err := k.Patch(context.Background(), exampleID, serverName("x"), changeID)
	return err
}

func syncedNow(k allCalls) error {
	_, err := k.Sync(context.Background(), exampleID, "fullSync", changeID)
	return err
}

const throttling = `{"error":{"code":"TooManyRequests","message":"Too many requests."}}`

func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	applied := says(200, object(exampleID, "x"))
	throttled := func(after string) http.HandlerFunc { return says(429, throttling, "Retry-After", after) }
	expired, cae := fixture(t, "error-401-expired"), fixture(t, "error-401-cae")
	const challenge = `{"access_token":{"nbf":{"essential":true, "value":"1795511520"}}}`
	for _, test := range []struct {
		name     string
		answers  []http.HandlerFunc
		class    Class // -1: applied
		sends    int
		waits    []time.Duration
		renewals []string
	}{
		{"429, Retry-After 0", []http.HandlerFunc{throttled("0"), applied}, -1, 2, []time.Duration{0}, nil},
		{"429, Retry-After -1", []http.HandlerFunc{throttled("-1"), applied}, -1, 2, []time.Duration{0}, nil},
		{"429, Retry-After 9", []http.HandlerFunc{throttled("9"), applied}, -1, 2, []time.Duration{9 * time.Second}, nil},
		{"429, Retry-After 10", []http.HandlerFunc{throttled("10"), applied}, -1, 2, []time.Duration{10 * time.Second}, nil},
		{"429, Retry-After 10.5", []http.HandlerFunc{throttled("10.5"), applied}, Throttled, 1, nil, nil},
		{"429, Retry-After 3600", []http.HandlerFunc{throttled("3600"), applied}, Throttled, 1, nil, nil},
		{"429, Retry-After rubbish", []http.HandlerFunc{throttled("soon"), applied}, Throttled, 1, nil, nil},
		{"429, Retry-After a past date", []http.HandlerFunc{throttled("Tue, 24 Nov 2020 09:12:51 GMT"), applied}, -1, 2, []time.Duration{0}, nil},
		{"429 alone", []http.HandlerFunc{says(429, throttling), applied}, Throttled, 1, nil, nil},
		{"429 twice", []http.HandlerFunc{throttled("1"), throttled("1"), applied}, Throttled, 2, []time.Duration{time.Second}, nil},
		{"401", []http.HandlerFunc{expired, applied}, -1, 2, nil, []string{"token-1 "}},
		{"401 twice", []http.HandlerFunc{expired, expired, applied}, SignInAgain, 2, nil, []string{"token-1 "}},
		{"401 with claims", []http.HandlerFunc{cae, applied}, -1, 2, nil, []string{"token-1 " + challenge}},
		{"401 with claims twice", []http.HandlerFunc{cae, cae, applied}, ClaimsNeeded, 2, nil, []string{"token-1 " + challenge}},
		{"401, then claims", []http.HandlerFunc{expired, cae, applied}, ClaimsNeeded, 2, nil, []string{"token-1 "}},
		{"403 with claims", []http.HandlerFunc{fixture(t, "error-403-claims"), applied}, -1, 2, nil, []string{`token-1 {"access_token":{"acrs":{"essential":true,"value":"c1"}}}`}},
		{"429, then 401", []http.HandlerFunc{throttled("1"), expired, applied}, -1, 3, []time.Duration{time.Second}, []string{"token-1 "}},
		{"401, then 429, then 401", []http.HandlerFunc{expired, throttled("1"), expired, applied}, SignInAgain, 3, []time.Duration{time.Second}, []string{"token-1 "}},
		{"429, then 500", []http.HandlerFunc{throttled("1"), says(500, ``), applied}, InDoubt, 2, []time.Duration{time.Second}, nil},
		{"401, then reset", []http.HandlerFunc{expired, reset, applied}, InDoubt, 2, nil, []string{"token-1 "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g, someone := newGraph(t, test.answers...), newPerson()
			c, slept := client(t, g.URL)
			_, err := allOf(c, someone).Patch(t.Context(), exampleID, serverName("x"), changeID)
			if got := classOf(err); got != test.class {
				t.Errorf("class %d (%v), want %d", got, err, test.class)
			}
			if got := g.arrived(); len(got) != test.sends || slices.ContainsFunc(got, func(s seen) bool { return s.header.Get("Client-Request-Id") != changeID }) {
				t.Errorf("%d requests %v, want %d with one id", len(got), got, test.sends)
			}
			if !slices.Equal(slept.all, test.waits) || !slices.Equal(someone.renewals, test.renewals) {
				t.Errorf("waits %v, renewals %q; want %v, %q", slept.all, someone.renewals, test.waits, test.renewals)
			}
			if last := g.arrived()[test.sends-1]; len(test.renewals) == 1 && last.header.Get("Authorization") != "Bearer token-2" {
				t.Errorf("the last request carries %q", last.header.Get("Authorization"))
			}
		})
	}
}

func classOf(err error) Class {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Class
	}
	return -1
}

func TestSyncIsNotSentAgainAfterThrottling(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(429, throttling, "Retry-After", "1"), fixture(t, "connector-patch-204"))
	c, _ := client(t, g.URL)
	calls := allOf(c, newPerson())
	_, err := calls.Sync(t.Context(), exampleID, "deltaSync", changeID)
	if got := failure(t, err); got.Class != Throttled || got.RetryAfter != time.Second {
		t.Errorf("class %v, to be tried after %v", got.Class, got.RetryAfter)
	}
	answer, err := calls.Sync(t.Context(), exampleID, "deltaSync", changeID)
	if err != nil || answer.Status != 204 {
		t.Errorf("answer %+v, %v", answer, err)
	}
	got := g.arrived()
	if len(got) != 2 || got[1].method != "POST" || got[1].uri != "/beta/deviceManagement/exchangeConnectors/"+exampleID+"/sync" || got[1].body != `{"syncType":"deltaSync"}` {
		t.Errorf("requests %+v", got)
	}
}

func TestTokenSourceThatFails(t *testing.T) {
	t.Parallel()
	refused := errors.New("the provider is down")
	g := newGraph(t, fixture(t, "error-401-expired"), fixture(t, "error-401-cae"))
	c, _ := client(t, g.URL)
	for _, test := range []struct {
		name   string
		tokens []string
		class  Class
		status int
	}{
		{"no token", nil, NoToken, 0},
		{"no renewal", []string{"token-1"}, NoToken, 401},
		{"no renewal with claims", []string{"token-1"}, ClaimsNeeded, 401},
		{"a token that would end the header", []string{"x\r\nX-Evil: 1"}, NoToken, 0},
		{"an empty token", []string{""}, NoToken, 0},
	} {
		someone := &person{tokens: test.tokens, fails: refused}
		_, err := allOf(c, someone).Patch(t.Context(), exampleID, serverName("x"), changeID)
		got := failure(t, err)
		if got.Class != test.class || got.Status != test.status || errors.Is(err, refused) != !strings.HasPrefix(test.name, "a") {
			t.Errorf("%s: %v, want %v with status %d", test.name, err, test.class, test.status)
		}
		if slices.Contains(someone.scopes, Read) {
			t.Errorf("%s: asked for scopes %v", test.name, someone.scopes)
		}
	}
	if got := len(g.arrived()); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	g := newGraph(t, fixture(t, "error-400-date"), fixture(t, "error-404"), fixture(t, "connector-patch-204"), reset)
	c, _ := client(t, g.URL, logged(&lines))
	for range 4 {
		allOf(c, newPerson()).Patch(t.Context(), exampleID, serverName("yesterday"), changeID)
	}
	for _, secret := range []string{"token-1", "manage.microsoft.com", "yesterday", exampleID + "\""} {
		if strings.Contains(lines.String(), secret) {
			t.Errorf("the log shows %q:\n%s", secret, lines.String())
		}
	}
	for _, part := range []string{
		`"method":"PATCH","path":"/deviceManagement/exchangeConnectors/{id}","status":400,"graph_request_id":"b3d0c1a2-4e5f-4a6b-8c7d-9e0f1a2b3c21","client_request_id":"` + changeID + `"`,
		`"ags_diagnostic":"{\"ServerInfo\":`, `"level":"INFO"`, `"activity_id":"7e57c0de-1111-4222-8333-44445555662e"`, `"message":"An error has occurred"`, `"message":"Cannot convert the literal '…' to the expected type 'Edm.DateTimeOffset'."`,
	} {
		contains(t, "the log", lines.String(), part)
	}
}
