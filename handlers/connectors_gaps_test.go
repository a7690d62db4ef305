package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

const listCall = "GET " + graph.Collection

// odds are rows that are no connectors, with what stands in data-row and what is said.
var odds = []struct{ row, id, why string }{
	{`{"id":"bbbbbbbb-0000-4000-8000-000000000001","exchangeAlias":"odd-alias","status":2}`, "bbbbbbbb-0000-4000-8000-000000000001", "status is a number"},
	{`{"Id":"bbbbbbbb-0000-4000-8000-000000000002","Status":"connected","ServerName":"odd-server"}`, "bbbbbbbb-0000-4000-8000-000000000002", "status has its name in other letter case"},
	{`null`, "", "the row is null"},
	{`"a text"`, "", "the row is a text"},
	{`{"serverName":"without-id"}`, "", "there is no id"},
	{`{"id":"bbbbbbbb-0000-4000-8000-000000000003","serverName":{"a":[1,{"id":"x"}]}}`, "bbbbbbbb-0000-4000-8000-000000000003", "serverName is an object"},
}

// listOf has the next lists be these rows.
func (s *site) listOf(members string, rows ...string) {
	s.tenant.Faults.Always(listCall, faults.Status(http.StatusOK, "application/json", `{`+members+`"value":[`+strings.Join(rows, ",")+`]}`))
}

// rowsOf are the table rows of a page by the attribute data-row, and how many of them are unreadable.
func (p page) rowsOf() (ids []string, unreadable int) {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for node := range root.Descendants() {
		if node.Data == "tr" && has(node, "data-row") {
			ids = append(ids, attribute(node, "data-row"))
			if has(node, "data-unreadable") {
				unreadable++
			}
		}
	}
	return ids, unreadable
}

// connectors are the tenant's as it sends them.
func (s *site) connectors() (rows []string) {
	s.t.Helper()
	for _, id := range []string{"s2s-na", "hosted-na", "hosted-uk"} {
		row := map[string]any{"id": simulator.ID(id), "exchangeAlias": id, "status": "connected", "exchangeConnectorType": "serviceToService",
			"lastSyncDateTime": "2026-01-01T00:00:00Z", "serverName": nil, "connectorServerName": nil, "primarySmtpAddress": nil, "version": nil, "exchangeOrganization": "Contoso"}
		text, err := json.Marshal(row)
		check(s.t, err)
		rows = append(rows, string(text))
	}
	return rows
}

func TestOddRowsAreNamedAndTheRestOfTheListIsThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for _, odd := range odds {
		s.listOf("", append(s.connectors(), odd.row)...)
		for _, path := range []string{"/connectors", "/connectors?sort=-name", "/connectors?sort=sync", "/connectors?sort=server", "/connectors?page=9"} {
			shown := maya.get(path)
			equal(t, path, shown.status, http.StatusOK)
			ids, unreadable := shown.rowsOf()
			equal(t, "rows of "+path+" beside "+odd.row, len(ids), 4)
			equal(t, "unreadable rows of "+path, unreadable, 1)
			contains(t, shown, `data-row="`+odd.id+`" data-unreadable`, odd.why, "3 Intune Exchange connectors and 1 row that cannot be read", "1 to 4 of 4", simulator.ID("s2s-na"))
		}
		contains(t, maya.get("/"), "1 row of Graph’s list cannot be read.", odd.why, "3 Intune Exchange connectors and 1 row that cannot be read")
	}
}

func TestFiltersAndSearchCopeWithOddRows(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	s.listOf("", append(s.connectors(), odds[0].row, odds[1].row, odds[2].row)...)
	for query, want := range map[string]struct{ rows, unreadable int }{
		"":                               {6, 3},
		"?q=odd":                         {2, 2},
		"?q=bbbbbbbb-0000":               {2, 2},
		"?q=hosted":                      {2, 0},
		"?status=connected":              {3, 0}, // what has its name in another case counts for nothing
		"?type=serviceToService":         {3, 0},
		"?health=broken":                 {3, 0},
		"?health=healthy":                {0, 0},
		"?q=odd&health=broken":           {0, 0},
		"?q=odd-alias&status=quarantine": {0, 0},
	} {
		for _, headers := range [][]string{nil, {"HX-Request", "true", "HX-Target", "div#results"}} {
			shown := maya.get("/connectors"+query, headers...)
			equal(t, "status of "+query, shown.status, http.StatusOK)
			ids, unreadable := shown.rowsOf()
			equal(t, "rows of "+query, len(ids), want.rows)
			equal(t, "unreadable of "+query, unreadable, want.unreadable)
		}
	}
}

func TestAListOfOddRowsAloneIsNoEmptyList(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	rows := make([]string, 120)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"odd-%03d","status":%d}`, i, i)
	}
	s.listOf("", rows...)
	for page, want := range map[string]int{"": 50, "?page=2": 50, "?page=3": 20} {
		shown := maya.get("/connectors" + page)
		ids, unreadable := shown.rowsOf()
		equal(t, "rows of page "+page, len(ids), want)
		equal(t, "unreadable rows of page "+page, unreadable, want)
		contains(t, shown, "120 rows of Graph’s list cannot be read.", "110 more are in the list.")
		if strings.Contains(shown.body, "has no Intune Exchange connectors") {
			t.Errorf("an unreadable list is called an empty one: %s", shown)
		}
	}
	if overview := maya.get("/"); strings.Contains(overview.body, "Nothing needs you") {
		t.Errorf("nothing could be read, and nothing needs anybody: %s", overview)
	}
	contains(t, maya.get("/"), "120 rows of Graph’s list cannot be read.")
	logged := s.log.String()
	if !strings.Contains(logged, `"rows":120`) || strings.Contains(logged, "odd-007") {
		t.Errorf("the log says nothing of it, or a value")
	}
}

// TestAnOddConnectorByItself: what was read before with plain words, else 503.
func TestAnOddConnectorByItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, tom := s.person("maya"), s.person("tom")
	id := simulator.ID("s2s-na")
	contains(t, maya.get("/connectors/"+id), `data-field="serverName"`)
	form := maya.edit(id, "version", "2")
	s.tenant.Faults.Always(listCall+"/"+id, faults.Status(http.StatusOK, "application/json", `{"Id":"`+id+`","ServerName":"other"}`))
	shown := maya.get("/connectors/" + id)
	equal(t, "the page of who read it before", shown.status, http.StatusOK)
	contains(t, shown, "Graph’s answer for this connector cannot be read.", "Editing and syncing are off", `data-connector-id="`+id+`"`)
	shown = tom.get("/connectors/" + id)
	equal(t, "the page of who never read it", shown.status, http.StatusServiceUnavailable)
	contains(t, shown, "Graph’s answer for this connector cannot be read.", "serverName has its name in other letter case")
	equal(t, "a Retry-After", shown.header.Get("Retry-After") != "", true)
	equal(t, "a save, whose read comes first", maya.post("/connectors/"+id, form).status, http.StatusServiceUnavailable)
	equal(t, "PATCHes", s.patches(), 0)
}

func TestAListThatShrankSaysSo(t *testing.T) {
	t.Parallel()
	for name, members := range map[string]string{"with Graph's count": `"@odata.count":3,`, "without a count": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya, tom := s.person("maya"), s.person("tom")
			all := s.connectors()
			s.listOf(`"@odata.count":3,`, all...)
			if whole := maya.get("/"); strings.Contains(whole.body, "The list is short") {
				t.Errorf("a whole list is called short: %s", whole)
			}
			s.listOf(members, all[0])
			title := "The list is short: this session read 3 and Graph sent 1 now."
			if members != "" {
				title = "The list is short: Graph said 3 and sent 1."
			}
			for _, path := range []string{"/", "/connectors", "/connectors"} {
				shown := maya.get(path)
				contains(t, shown, title, "No longer listed:", "hosted-na · Contoso", "hosted-uk · Contoso", `href="/connectors/`+simulator.ID("hosted-uk")+`"`)
				if strings.Contains(shown.body, "deleted") {
					t.Errorf("%s claims more than is known: %s", path, shown)
				}
			}
			first := tom.get("/connectors")
			equal(t, "that somebody who saw no more hears of it", strings.Contains(first.body, "The list is short"), members != "")
			if strings.Contains(first.body, "No longer listed") {
				t.Errorf("what another session read is named: %s", first)
			}

			s.tenant.Faults.Next(listCall+"/"+simulator.ID("hosted-uk"), faults.Answer(graph.NotFound))
			equal(t, "one that is gone", maya.get("/connectors/"+simulator.ID("hosted-uk")).status, http.StatusNotFound)
			after := maya.get("/connectors")
			contains(t, after, "hosted-na · Contoso")
			if strings.Contains(after.body, "hosted-uk") {
				t.Errorf("what Graph does not know is missed: %s", after)
			}
		})
	}
}

func TestAnEmptyListThatWasFullIsNoEmptyTenant(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, tom := s.person("maya"), s.person("tom")
	s.listOf("", s.connectors()...)
	maya.get("/connectors")
	s.listOf("")
	contains(t, maya.get("/connectors"), "this session read 3 and Graph sent 0 now", "No longer listed:")
	contains(t, tom.get("/connectors"), "has no Intune Exchange connectors")
	s.listOf(`"@odata.count":7,`)
	contains(t, s.person("ruth").get("/connectors"), "Graph said 7 and sent 0.", "Switchboard cannot name")
	equal(t, "lines of what was seen", strings.Contains(s.person("ruth").get("/audit.ndjson").body, `"observed"`), false)
}
