package handlers_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/graph"
)

// TestOddIDsLeadToTheirPages: whatever id Graph gave, each page that names the connector leads to it, and what one does there
// reaches Graph under that id. It is escaped once.
func TestOddIDsLeadToTheirPages(t *testing.T) {
	t.Parallel()
	ids := []string{"50%", "50%25", "a;b", "a,b;c=1", "two words", "Größe-ÉÀ", "連接器", "a+b&c", "100%;x", `it's "odd"<b>`, "a:b@c$d!(e)*~'", "İ-K", "%2e%2e"}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		server := "EX01"
		var seeds []graph.Connector
		for _, id := range ids {
			seeds = append(seeds, graph.Connector{ID: id, Values: map[string]*string{"serverName": &server}})
		}
		s := newSite(t, db, func(set *setting) { set.tenant.Connectors = seeds })
		maya := s.person("maya")
		list := strings.ReplaceAll(maya.get("/connectors").body, `"`, "")
		for _, id := range ids {
			path := "/connectors/" + url.PathEscape(id)
			equal(t, id+": a link in the list", strings.Contains(list, "href="+html.EscapeString(path)+">"), true)
			shown := maya.get(path)
			equal(t, id+": its page", shown.status, http.StatusOK)
			contains(t, shown, `data-connector-id="`+html.EscapeString(id)+`"`)
			form := maya.get(path + "/edit").form(path)
			form.Set("version", "2")
			form.Set("reason", "ticket")
			equal(t, id+": the review", maya.post(path+"/review", form).status, http.StatusOK)
			saved := maya.post(path, form)
			equal(t, id+": the save", saved.status, http.StatusSeeOther)
			equal(t, id+": where it leads", saved.header.Get("Location"), path)
			contains(t, maya.get(path), `data-outcome="applied"`)
			sync := maya.get(path).form(path + "/sync")
			sync.Set("reason", "ticket")
			equal(t, id+": a sync", maya.post(path+"/sync", sync).status, http.StatusSeeOther)
			equal(t, id+": an edit that somebody else may not make", s.person("tom").get(path+"/edit").status, http.StatusForbidden)
			equal(t, id+": lines of the record", strings.Count(maya.get("/audit.ndjson?connector="+url.QueryEscape(id)).body, `"action":"edit"`), 2)
			lines := maya.get("/audit?connector=" + url.QueryEscape(id))
			equal(t, id+": its lines on a page", lines.status, http.StatusOK)
			contains(t, lines, "ticket")
		}
		equal(t, "PATCH requests", s.patches(), len(ids))
	})
}

// TestIDsThatNoConnectorHas are refused without a question to Graph.
func TestIDsThatNoConnectorHas(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	before := len(s.tenant.Requests())
	for _, id := range []string{"%2e%2e%2f", "a%2fb", "a%5cb", "a%3fb", "a%23b", "a%00b", "%e2%80%aea", "%ff", "%2e%2e", strings.Repeat("%c3%a9", 257)} {
		for _, page := range []string{"", "/edit"} {
			status := maya.get("/connectors/" + id + page).status
			equal(t, id+page, status >= 400 && status < 500, true)
		}
	}
	equal(t, "requests to Graph", len(s.tenant.Requests()), before)
}
