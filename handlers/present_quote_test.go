package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// refusedWith are Graph's refusals of a save by the status of the page that tells of them.
var refusedWith = map[int]graph.Problem{
	http.StatusUnprocessableEntity: {Status: 400, Code: "InternalError", Nesting: 1},
	http.StatusForbidden:           {Status: 403, Code: "Forbidden", Nesting: 2},
	http.StatusNotFound:            {Status: 404, Code: "ResourceNotFound", Nesting: 3},
	http.StatusConflict:            {Status: 409, Code: "Conflict"},
	http.StatusServiceUnavailable:  {Status: 429, Code: "TooManyRequests", Nesting: 1},
}

// TestWhyGraphRefusedIsTold, in Graph's own words: at once, for good, in the record and in the log.
func TestWhyGraphRefusedIsTold(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		id := simulator.ID("s2s-na")
		lines := 0
		for status, refusal := range refusedWith {
			refusal.Text = "The connector is locked by policy 'Quarter end' until further notice"
			change, shown := s.refuse(maya, id, refusal)
			equal(t, "the page", shown.status, status)
			contains(t, shown, "Graph’s own words", "locked by policy &#39;Quarter end&#39;")
			lacks(t, shown, "Operation ID", "fef.msub05", "Activity ID")
			contains(t, maya.get("/changes/"+change), `data-outcome="rejected"`, "locked by policy &#39;Quarter end&#39;")
			lines++
		}
		contains(t, maya.get("/connectors/"+id), "locked by policy &#39;Quarter end&#39;")
		contains(t, maya.get("/changes"), "locked by policy &#39;Quarter end&#39;")
		record := maya.get("/audit.ndjson").body
		const member = `","message":"The connector is locked by policy 'Quarter end' until further notice"},"hash":"`
		equal(t, "lines with the message", strings.Count(record, member), lines)
		equal(t, "lines with a message", strings.Count(record, `"message":`), lines)
		if _, err := audit.Verify(strings.NewReader(record), audit.VerifyOptions{}); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(record) {
			if strings.Contains(line, member) {
				var read struct{ Seq json.Number }
				check(t, json.Unmarshal([]byte(line), &read))
				contains(t, maya.get("/audit/"+read.Seq.String()), "locked by policy &#39;Quarter end&#39;")
				break
			}
		}
		equal(t, "log lines with it", strings.Count(s.log.String(), `"message":"The connector is locked by policy 'Quarter end' until further notice"`), lines)
		equal(t, "log lines with the address", strings.Count(s.log.String(), "msub05.manage"), 0)
	})
}

// TestGraphsWordsCarryNothingHostile: neither secrets nor addresses, and no markup or mark that would speak for the page.
func TestGraphsWordsCarryNothingHostile(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		id := simulator.ID("s2s-na")
		const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXlhIn0.c2lnbmF0dXJl"
		text := "No\x00pe <b>owned</b> \u202egnp.exe\u2066 at https://fef.msub05.manage.microsoft.com/x and 10.4.0.7, token Bearer " + jwt + ". " +
			strings.Repeat("So it is. ", 200_000)
		for _, nesting := range []int{0, 1, 2, 3} {
			change, shown := s.refuse(maya, id, graph.Problem{Status: 400, Code: "BadRequest", Text: text, Nesting: nesting})
			equal(t, "the page", shown.status, http.StatusUnprocessableEntity)
			for _, page := range []page{shown, maya.get("/changes/" + change), maya.get("/connectors/" + id)} {
				contains(t, page, "No pe &lt;b&gt;owned&lt;/b&gt;", "[address]", "[secret]")
			}
		}
		record := maya.get("/audit.ndjson").body
		for place, content := range map[string]string{"the record": record, "the log": s.log.String(), "the page": maya.get("/connectors/" + id).body} {
			for _, hostile := range []string{"msub05", "10.4.0.7", jwt[:20], "\u202e", "\u2066", `\u202e`} {
				if strings.Contains(content, hostile) {
					t.Errorf("%s holds %q", place, hostile)
				}
			}
		}
		for line := range strings.Lines(record) {
			var read struct{ Graph struct{ Message string } }
			if json.Unmarshal([]byte(line), &read) == nil && utf8.RuneCountInString(read.Graph.Message) > 1000 {
				t.Errorf("a message of %d characters", utf8.RuneCountInString(read.Graph.Message))
			}
		}
	})
}

// refuse has Graph refuse a save, and returns its change and the page that tells of it.
func (s *site) refuse(v *visitor, id string, refusal graph.Problem) (change string, shown page) {
	s.t.Helper()
	key := "PATCH " + graph.Collection + "/" + id
	form := v.edit(id, "serverName", "EX02")
	s.tenant.Faults.Next(key, faults.Answer(refusal))
	shown = v.post("/connectors/"+id, form)
	sent := s.tenant.Requests(key)
	return sent[len(sent)-1].Header.Get("client-request-id"), shown
}
