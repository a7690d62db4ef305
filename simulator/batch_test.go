package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

type batchAnswer struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

// batch sends the parts and returns their answers by id.
func batch(t *testing.T, tenant *simulator.Tenant, bearer string, parts ...string) map[string]batchAnswer {
	t.Helper()
	got := call(t, tenant, bearer, "POST", "/v1.0/$batch", `{"requests":[`+strings.Join(parts, ",")+`]}`)
	var body struct{ Responses []batchAnswer }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s: %v", got.StatusCode, got.body, err)
	}
	answers := map[string]batchAnswer{}
	for _, answer := range body.Responses {
		answers[answer.ID] = answer
	}
	if len(answers) != len(parts) {
		t.Fatalf("got %d answers to %d parts", len(answers), len(parts))
	}
	return answers
}

// TestBatch answers each part by itself, as the person whose batch it is; what depends on a failed one is not done.
func TestBatch(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	id, path := simulator.ID("s2s-na"), connectorPath(simulator.ID("s2s-na"))
	tenant.Faults.Next("GET "+path, faults.Answer(graph.Throttled))
	const typed = `"headers":{"Content-Type":"application/json"}`
	got := batch(t, tenant, bearer,
		`{"id":"1","method":"GET","url":"`+path+`"}`, // meets the fault
		`{"id":"2","method":"PATCH","url":"`+path+`",`+typed+`,"body":{"version":"batched"}}`,
		`{"id":"3","method":"GET","url":"/deviceManagement/exchangeConnectors?$filter=version eq 'batched'&$select=id"}`,
		`{"id":"4","method":"GET","url":"deviceManagement/exchangeConnectors/$count"}`,
		`{"id":"5","method":"DELETE","url":"`+path+`","dependsOn":["1"]}`,
		`{"id":"6","method":"POST","url":"`+path+`/microsoft.graph.sync",`+typed+`,"body":{"syncType":"fullSync"},"dependsOn":["2"]}`,
		`{"id":"7","method":"GET","url":"/users"}`,
		`{"id":"8","method":"POST","url":"/$batch",`+typed+`,"body":{}}`,
	)
	for id, status := range map[string]int{"1": 429, "2": 200, "3": 200, "4": 200, "5": 424, "6": 204, "7": 400, "8": 400} {
		if got[id].Status != status {
			t.Errorf("part %s: got %d %s, want %d", id, got[id].Status, got[id].Body, status)
		}
	}
	var page struct{ Value []struct{ ID string } }
	if err := json.Unmarshal(got["3"].Body, &page); err != nil || len(page.Value) != 1 || page.Value[0].ID != id {
		t.Errorf("part 3: got %s", got["3"].Body)
	}
	if want := fmt.Sprintf("%q", fmt.Sprint(len(tenant.Graph.Connectors()))); string(got["4"].Body) != want || got["1"].Headers["Retry-After"] != "10" {
		t.Errorf("part 4: got %s, want %s; part 1: headers %v", got["4"].Body, want, got["1"].Headers)
	}
	if entry := tenant.Requests("PATCH " + path)[0]; entry.Person != "maya" || !entry.Applied {
		t.Errorf("recorded %+v", entry)
	}
	if anonymous := batch(t, tenant, "", `{"id":"1","method":"GET","url":"`+path+`"}`); anonymous["1"].Status != 401 {
		t.Errorf("without a bearer: got %d", anonymous["1"].Status)
	}
}

// TestBatchRefused as a whole.
func TestBatchRefused(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	one := func(id int) string { return fmt.Sprintf(`{"id":"%d","method":"GET","url":"/"}`, id) }
	var many []string
	for id := range 21 {
		many = append(many, one(id))
	}
	for body, text := range map[string]string{
		`{}`: "Unable to read JSON", `{"requests":[]}`: "Unable to read JSON", `[`: "Unable to read JSON",
		`{"requests":[` + one(1) + `,` + one(1) + `]}`:                                        "an id of its own",
		`{"requests":[{"method":"GET","url":"/"}]}`:                                           "an id of its own",
		`{"requests":[{"id":"1","method":"GET"}]}`:                                            "lacks its method or its url",
		`{"requests":[` + strings.Join(many, ",") + `]}`:                                      "the maximum value of 20",
		`{"requests":[{"id":"1","method":"GET","url":"/","dependsOn":["2"]},` + one(2) + `]}`: "depends on one that is not before it",
	} {
		got := call(t, tenant, bearer, "POST", "/beta/$batch", body)
		if _, said := problemOf(t, got); got.StatusCode != 400 || !strings.Contains(said, text) {
			t.Errorf("%.80s: got %d %q, want 400 %q", body, got.StatusCode, said, text)
		}
	}
	if got := call(t, tenant, bearer, "GET", "/beta/$batch", ""); got.StatusCode != 400 {
		t.Errorf("GET: got %d, want 400", got.StatusCode)
	}
}
