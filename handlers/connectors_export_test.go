package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

var tenNames = []string{"id", "lastSyncDateTime", "status", "primarySmtpAddress", "serverName", "connectorServerName", "exchangeConnectorType", "version", "exchangeAlias", "exchangeOrganization"}

// sheet reads a CSV export: its header, then its rows.
func (p page) sheet() [][]string {
	p.t.Helper()
	equal(p.t, "status of the export", p.status, http.StatusOK)
	body, marked := strings.CutPrefix(p.body, "\ufeff")
	equal(p.t, "a byte order mark", marked, true)
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	check(p.t, err)
	if len(rows) == 0 || !slices.Equal(rows[0], append(slices.Clone(tenNames), "health", "name")) {
		p.t.Fatalf("the header is %q", rows)
	}
	return rows
}

// idsOf are the ids of the sheet's rows.
func idsOf(sheet [][]string) []string {
	var ids []string
	for _, row := range sheet[1:] {
		ids = append(ids, row[0])
	}
	return ids
}

func TestExportsAreTheListAsItIsFiltered(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom, maya := s.person("tom"), s.person("maya")
	maya.rename(simulator.ID("s2s-na"), connector.ExchangeAlias, "renamed-na")
	for _, query := range []string{"", "?q=s2s-na", "?sort=-name", "?q=contoso&sort=sync", "?health=retired&sort=server", "?q=contoso&page=2&size=25&columns=status"} {
		shown := tom.get("/connectors" + strings.NewReplacer("&page=2", "", "&size=25", "").Replace(query))
		want, _ := shown.rowsOf()
		got := tom.get("/connectors.csv" + query)
		if ids := idsOf(got.sheet()); !slices.Equal(ids, want) {
			t.Errorf("the sheet of %q has %q, and the page %q", query, ids, want)
		}
		equal(t, "ends of lines but RFC 4180’s", strings.Count(got.body, "\n")-strings.Count(got.body, "\r\n"), 0)
		equal(t, "the kind of file", got.header.Get("Content-Type"), "text/csv; charset=utf-8")
		equal(t, "that it is a file", strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment; filename="), true)
		var file struct {
			ReadAt     string              `json:"readAt"`
			Connectors []map[string]string `json:"connectors"`
		}
		object := tom.get("/connectors.json" + query)
		check(t, json.Unmarshal([]byte(object.body), &file))
		var ids []string
		for _, one := range file.Connectors {
			ids = append(ids, one["id"])
		}
		if !slices.Equal(ids, want) || file.ReadAt == "" {
			t.Errorf("the object of %q has %q, read at %q, and the page %q", query, ids, file.ReadAt, want)
		}
	}
	equal(t, "lines of the record", strings.Count(s.person("ruth").get("/audit.ndjson").body, `"action":"export"`), 1)
	equal(t, "a column that there is not", tom.get("/connectors.csv?columns=color").status, http.StatusBadRequest)
}

// TestExportsKeepValuesAsTheyAre: null is told from an empty text in JSON, formulas are made safe in CSV alone, and of a row that
// cannot be read there is no more than its id.
func TestExportsKeepValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	s.listOf("", `{"id":"aaaaaaaa-0000-4000-8000-000000000001","status":"connected","exchangeConnectorType":"hosted","lastSyncDateTime":"2026-11-24T10:12:31.4020000Z","serverName":"=1+1","version":"","exchangeAlias":"a<b>\u2028","exchangeOrganization":null,"primarySmtpAddress":null,"connectorServerName":null}`, odds[0].row)
	maya := s.person("maya")
	contains(t, maya.get("/connectors"), "Import the columns as text to keep zeros: opened directly, 0012 becomes 12.")
	rows := maya.get("/connectors.csv").sheet()
	equal(t, "a formula", rows[1][4], "'=1+1")
	equal(t, "a date", rows[1][1], "2026-11-24T10:12:31.4020000Z")
	equal(t, "the name", rows[1][11], "a<b>\u2028")
	equal(t, "of an unreadable row", strings.Join(rows[2], ","), odds[0].id+",,,,,,,,,,unreadable,")
	var file struct{ Connectors []map[string]any }
	check(t, json.Unmarshal([]byte(maya.get("/connectors.json").body), &file))
	one := file.Connectors[0]
	equal(t, "members", len(one), 12)
	equal(t, "a formula in JSON", one["serverName"], any("=1+1"))
	equal(t, "an empty text", one["version"], any(""))
	value, there := one["connectorServerName"]
	equal(t, "null", there && value == nil, true)
	equal(t, "an unreadable row's health", file.Connectors[1]["health"], any("unreadable"))
}

// TestExportsAreWholeOrNotThere: neither what was read before nor a part is sent.
func TestExportsAreWholeOrNotThere(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]faults.Fault{
		"Graph is away":     faults.Answer(graph.Unavailable),
		"the list is short": faults.Status(http.StatusOK, "application/json", `{"@odata.count":7,"value":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya := s.person("maya")
			equal(t, "the page", maya.get("/connectors").status, http.StatusOK)
			s.tenant.Faults.Always(listCall, fault)
			for _, path := range []string{"/connectors.csv", "/connectors.json"} {
				got := maya.get(path)
				equal(t, path, got.status, http.StatusServiceUnavailable)
				equal(t, "Retry-After of "+path, got.header.Get("Retry-After") != "", true)
				equal(t, "a file of "+path, got.header.Get("Content-Disposition"), "")
			}
			equal(t, "what is ticked", maya.post("/connectors/picked", url.Values{"token": {maya.token()}, "format": {"csv"}, "pick." + simulator.ID("s2s-na"): {"on"}}).status, http.StatusServiceUnavailable)
		})
	}
}

func TestTickedConnectorsAreExported(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	form := maya.get("/connectors").form("/connectors/picked")
	form.Set("format", "csv")
	equal(t, "without a tick", maya.post("/connectors/picked", form).status, http.StatusUnprocessableEntity)
	want := []string{simulator.ID("s2s-na"), simulator.ID("hosted-uk")}
	for _, id := range want {
		form.Set("pick."+strings.ToUpper(id), "on")
	}
	form.Set("pick.gone", "on")
	got := idsOf(maya.post("/connectors/picked", form).sheet())
	slices.Sort(got)
	slices.Sort(want)
	equal(t, "the ids", strings.Join(got, " "), strings.Join(want, " "))
	form.Set("format", "json")
	equal(t, "as JSON", strings.Contains(maya.post("/connectors/picked", form).body, want[0]), true)
	form.Set("format", "exe")
	equal(t, "another format", maya.post("/connectors/picked", form).status, http.StatusBadRequest)
	form.Set("format", "csv")
	form.Del("token")
	equal(t, "without the token", maya.post("/connectors/picked", form).status, http.StatusForbidden)
}
