package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// TestLengths: a reason has at most 4,000 characters and a value 4,096, whatever they are made of; a line break is one. One more
// is 422 and nothing is sent; while it is typed the list of changes says so.
func TestLengths(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	for name, test := range map[string]struct {
		field, text string
		fits        bool
	}{
		"a reason":                {"reason", strings.Repeat("a", 4000), true},
		"one more":                {"reason", strings.Repeat("a", 4001), false},
		"a reason beyond ASCII":   {"reason", strings.Repeat("🔌", 4000), true},
		"one more of those":       {"reason", strings.Repeat("🔌", 4001), false},
		"a reason of many lines":  {"reason", strings.Repeat("a\r\n", 2000), true},
		"one more after them":     {"reason", strings.Repeat("a\r\n", 2000) + "b", false},
		"a value":                 {"serverName", strings.Repeat("e", 4096), true},
		"one more in it":          {"serverName", strings.Repeat("e", 4097), false},
		"a value beyond ASCII":    {"exchangeAlias", strings.Repeat("連", 4096), true},
		"one more beyond ASCII":   {"exchangeAlias", strings.Repeat("連", 4097), false},
		"the same where a choice": {"status", strings.Repeat("x", 4097), false},
	} {
		form, before := maya.edit(id, "version", name), s.patches()
		form.Set(test.field, test.text)
		live := maya.post(path+"/review?part=diff", form, "HX-Request", "true")
		equal(t, name+": that the live list says it", strings.Contains(live.body, "Use at most 4,0"), !test.fits)
		if !test.fits {
			equal(t, name+": the review", maya.post(path+"/review", form).status, http.StatusUnprocessableEntity)
		}
		saved := maya.post(path, form)
		if test.fits {
			equal(t, name, saved.status, http.StatusSeeOther)
			equal(t, name+": PATCH requests", s.patches(), before+1)
			continue
		}
		equal(t, name, saved.status, http.StatusUnprocessableEntity)
		contains(t, saved, "Use at most 4,0", `aria-invalid="true"`)
		equal(t, name+": PATCH requests", s.patches(), before)
	}
	whole := strings.Repeat("why ", 999) + "END"
	form := maya.edit(id, "version", "whole")
	form.Set("reason", whole)
	saved := maya.post(path, form, "HX-Request", "true")
	contains(t, saved, whole)
	contains(t, maya.get("/audit"), "and 3,499 more characters")
	contains(t, maya.get(path+"/edit"), "At most 4,000 characters", "at most 4,096 characters")
	form = maya.get(path).form(path + "/sync")
	form.Set("reason", strings.Repeat("a", 4001))
	equal(t, "a sync", maya.post(path+"/sync", form).status, http.StatusUnprocessableEntity)
	book := strings.Repeat("a", 900_000)
	form.Set("reason", book)
	edit := maya.edit(id, "version", "9")
	edit.Set("reason", book)
	for what, refused := range map[string]page{"a sync": maya.post(path+"/sync", form), "a save": maya.post(path, edit), "a review": maya.post(path+"/review", edit)} {
		equal(t, what+" for a book", refused.status, http.StatusUnprocessableEntity)
		small(t, what+" for a book", refused)
	}
}

// small says that a page stays below 200 KB.
func small(t *testing.T, what string, p page) {
	t.Helper()
	if len(p.body) > 200_000 {
		t.Errorf("%s has %d bytes", what, len(p.body))
	}
}

var dataValue = regexp.MustCompile(`data-field="serverName" data-value="([^"]*)" data-length="900000"`)

// TestLongValuesOfGraph: a value of 900 KB is shown by its beginning, and kept, cleared or replaced like any other; nothing that
// others did to it is overwritten. No page is large for it.
func TestLongValuesOfGraph(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		long, other := strings.Repeat("a", 899_999)+"b", strings.Repeat("a", 899_999)+"c" // which begin alike
		server, alias, word := long, strings.Repeat("é", 5000), strings.Repeat("w", 5000)
		const id = "long"
		s := newSite(t, db, func(set *setting) {
			set.tenant.Connectors = []graph.Connector{{ID: id, Values: map[string]*string{"serverName": &server, "exchangeAlias": &alias, "status": &word}}}
		})
		maya, path := s.person("maya"), "/connectors/"+id
		pages := func() {
			t.Helper()
			for _, each := range []string{"/", "/connectors", path, path + "/edit", "/changes", "/audit", "/audit/2", "/audit/3"} {
				got := maya.get(each)
				equal(t, each, got.status, http.StatusOK)
				small(t, each, got)
			}
		}
		shown := maya.get(path)
		if found := dataValue.FindStringSubmatch(shown.body); len(found) != 2 || found[1] != long[:4096] {
			t.Error("data-value is not its beginning with data-length")
		}
		equal(t, "data-length of a value beyond ASCII", strings.Contains(shown.body, `data-length="5000"`), true)
		form := maya.edit(id, "version", "2")
		contains(t, maya.get(path+"/edit"), "keep", "Graph holds more than 4,096 characters here")
		small(t, "the review", maya.post(path+"/review", form))
		equal(t, "a save of another field", maya.post(path, form).status, http.StatusSeeOther)
		requests := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
		equal(t, "what was sent", string(requests[len(requests)-1].Body), `{"version":"2"}`)
		pages()

		form = maya.edit(id, "version", "3")
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": &other}))
		equal(t, "a save beside somebody else's", maya.post(path, form).status, http.StatusSeeOther)
		form = maya.edit(id, "serverName", "EX02")
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": &long}))
		conflict := maya.post(path, form)
		equal(t, "a save over somebody else's", conflict.status, http.StatusConflict)
		contains(t, conflict, `data-conflict="serverName"`)
		small(t, "the conflict", conflict)
		form = conflict.form(path)
		form.Set("choice.serverName", "yours")
		equal(t, "the decision", maya.post(path, form).status, http.StatusSeeOther)
		contains(t, maya.get(path), `data-field="serverName" data-value="EX02"`)
		pages()
		lines := s.lines(db, audit.Filter{Action: audit.Edit})
		change := lines[len(lines)-1].ID
		for _, each := range []string{"/changes/" + change, "/changes/" + change + "/revert"} {
			got := maya.get(each)
			equal(t, each, got.status, http.StatusOK)
			small(t, each, got)
		}
		contains(t, maya.get("/changes/"+change+"/revert"), "Not everything can be put back")
		equal(t, "the record's value", strings.Contains(maya.get("/audit.ndjson").body, long), true)
	})
}

// TestMarksOfLongValues: what nobody sees takes a mark, which is longer than itself. No page is large for values that have many,
// nor for one that a row tells in a sentence or that a field offers.
func TestMarksOfLongValues(t *testing.T) {
	t.Parallel()
	fields := []string{"exchangeAlias", "serverName", "connectorServerName", "exchangeOrganization", "primarySmtpAddress", "version"}
	for name, test := range map[string]struct {
		long       string
		connectors int
	}{"line breaks": {strings.Repeat("ab\n", 9000), 8}, "letters": {strings.Repeat("a", 172_000), 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := map[string]*string{}
			for _, field := range fields {
				values[field] = &test.long
			}
			var connectors []graph.Connector
			for i := range test.connectors {
				connectors = append(connectors, graph.Connector{ID: fmt.Sprintf("long-%d", i), Values: values})
			}
			db := databasetest.SQLite(t)
			s := newSite(t, db, func(set *setting) { set.tenant.Connectors = connectors })
			maya := s.person("maya")
			for i, one := range connectors {
				path := "/connectors/" + one.ID
				form := maya.edit(one.ID, "version", "2")
				for _, field := range fields[:4] {
					form.Set(field, "EX02")
				}
				if i == 0 {
					small(t, "the review", maya.post(path+"/review", form))
					saved := maya.post(path, form, "HX-Request", "true")
					equal(t, "a save in place", saved.status, http.StatusOK)
					small(t, "the fragment after a save", saved)
					continue
				}
				equal(t, "a save", maya.post(path, form).status, http.StatusSeeOther)
				small(t, "the page after a save", maya.get(path))
			}
			change := s.lines(db, audit.Filter{Action: audit.Edit})[0].ID
			newcomer := s.person("maya") // whose session has read no list
			for _, each := range []string{"/audit", "/audit/2", "/changes", "/changes/" + change, "/connectors/long-0", "/", "/connectors"} {
				got := newcomer.get(each)
				equal(t, each, got.status, http.StatusOK)
				small(t, each, got)
			}
		})
	}
}

// TestLongReasonsOfOldRecords: lines from before reasons had an end make no page large, and are exported as they are.
func TestLongReasonsOfOldRecords(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	record, err := audit.New(audit.Options{Database: db, SignerKey: s.set.signer})
	check(t, err)
	reason := strings.Repeat("<why> ", 150_000)
	for range 3 {
		_, err := record.Note(t.Context(), audit.Entry{Action: audit.Edit, Connector: id, Outcome: audit.Applied, Reason: reason})
		check(t, err)
	}
	for _, each := range []string{"/", "/connectors/" + id, "/connectors/" + id + "/edit", "/changes", "/audit", "/audit?connector=" + url.QueryEscape(id), "/audit/2"} {
		got := maya.get(each)
		equal(t, each, got.status, http.StatusOK)
		small(t, each, got)
	}
	equal(t, "the export", strings.Count(maya.get("/audit.csv").body, strings.TrimSpace(reason)), 3)
}
