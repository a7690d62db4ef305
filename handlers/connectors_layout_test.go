package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// columnsOf are the heads of the list's columns.
func (p page) columnsOf() string {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	var all []string
	for node := range root.Descendants() {
		if node.Data == "a" && strings.HasPrefix(attribute(node, "id"), "sort-") {
			all = append(all, strings.TrimSpace(text(node)))
		}
	}
	return strings.Join(all, ", ")
}

const usualColumns = "Connector, Health, Last sync, Graph status, Type, Server, Address, Agent version"

func manyConnectors(n int) option {
	return func(set *setting) {
		for i := range n {
			alias, status := fmt.Sprintf("exchange-%05d", i), "connected"
			set.tenant.Connectors = append(set.tenant.Connectors, graph.Connector{ID: simulator.ID(alias), Values: map[string]*string{"exchangeAlias": &alias, "status": &status}})
		}
	}
}

// TestColumnsAndRowsAreChosen: for a request by its address, for this browser by a form.
func TestColumnsAndRowsAreChosen(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), manyConnectors(120))
	maya := s.person("maya")
	look := func(what, path, columns string, rows int) {
		t.Helper()
		shown := maya.get(path)
		equal(t, "status of "+what, shown.status, http.StatusOK)
		ids, _ := shown.rowsOf()
		equal(t, "rows of "+what, len(ids), rows)
		equal(t, "columns of "+what, shown.columnsOf(), "Connector, Health, "+columns)
	}
	usual := strings.TrimPrefix(usualColumns, "Connector, Health, ")
	look("the list", "/connectors", usual, 50)
	look("one request", "/connectors?columns=version,status&size=100", "Agent version, Graph status", 100)
	look("its next page", "/connectors?columns=version,status&size=100&page=2", "Agent version, Graph status", 20)
	look("the list after it", "/connectors", usual, 50)
	for _, query := range []string{"columns=color", "columns=status,Version", "size=30", "size=0", "size=-25", "size=two", "size=25.0"} {
		equal(t, query, maya.get("/connectors?"+query).status, http.StatusBadRequest)
		values, err := url.ParseQuery(query)
		check(t, err)
		values.Set("token", maya.token())
		equal(t, "a form with "+query, maya.post("/connectors/layout", values).status, http.StatusBadRequest)
	}

	form := url.Values{"token": {maya.token()}, "columns": {"id,serverName"}, "size": {"25"}, "query": {"q=exchange&sort=-name"}}
	equal(t, "back", maya.post("/connectors/layout", form).leads(), "/connectors?q=exchange&sort=-name")
	look("the list that was chosen", "/connectors", "Id, Server", 25)
	look("another for one request", "/connectors?size=50", "Id, Server", 50)
	maya.post("/connectors/layout", url.Values{"token": {maya.token()}, "size": {"100"}})
	look("more rows", "/connectors", "Id, Server", 100)
	ticks := url.Values{"token": {maya.token()}, "columns": {""}, "column.status": {"on"}, "column.exchangeAlias": {"on"}, "query": {"https://elsewhere.example"}}
	equal(t, "back to nowhere else", maya.post("/connectors/layout", ticks).leads(), "/connectors")
	look("ticked ones", "/connectors", "Graph status, Alias", 100)
	rows := url.Values{"token": {maya.token()}, "columns": {""}, "column.serverName": {"on"}, "size": {"25"}} // ticked, and not shown yet
	maya.post("/connectors/layout", rows)
	look("a button of the rows", "/connectors", "Graph status, Alias", 25)
	rows.Set("size", "100")
	maya.post("/connectors/layout", rows)
	maya.post("/connectors/layout", url.Values{"token": {maya.token()}, "columns": {""}})
	look("none ticked", "/connectors", usual, 100)
	tom := s.person("tom")
	ids, _ := tom.get("/connectors").rowsOf()
	equal(t, "rows in another browser", len(ids), 50)
}

// TestTheListOfThousandsAsksGraphOnce: a filter, an order, the next page and the ids of all that match come of what was read.
func TestTheListOfThousandsAsksGraphOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), manyConnectors(1204))
	maya := s.person("maya")
	maya.get("/connectors")
	before := len(s.tenant.Requests())
	results := []string{"HX-Request", "true", "HX-Target", "div#results"}
	contains(t, maya.get("/connectors?q=exchange-00", results...), "1,000 connectors match", "Select all 1,000 that match")
	contains(t, maya.get("/connectors?q=exchange&sort=-name", results...), "exchange-01203", "Select all 1,204 that match")
	contains(t, maya.get("/connectors?page=3&sort=name", results...), "101 to 150 of 1,204")
	all := maya.get("/connectors?part=ids&q=exchange-00", "HX-Request", "true", "HX-Target", "span#matching")
	contains(t, all, simulator.ID("exchange-00000"), simulator.ID("exchange-00999"))
	if strings.Contains(all.body, simulator.ID("exchange-01000")) {
		t.Error("an id that does not match is among those that do")
	}
	equal(t, "requests to Graph", len(s.tenant.Requests()), before)
}

// TestRowsOfferWhatTheirPersonMay: the script puts what one template has into each row.
func TestRowsOfferWhatTheirPersonMay(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	id := simulator.ID("hosted-na")
	for person, may := range map[string]struct{ edit, audit bool }{"maya": {true, true}, "tom": {false, false}, "ruth": {false, true}} {
		shown := s.person(person).get("/connectors")
		equal(t, person+" may edit", strings.Contains(shown.body, `href="/connectors/ID/edit"`), may.edit)
		equal(t, person+" may audit", strings.Contains(shown.body, `href="/audit?connector=ID"`), may.audit)
		contains(t, shown, "name=pick."+id+" ")
	}
}
