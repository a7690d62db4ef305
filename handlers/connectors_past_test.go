package handlers_test

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestThePastIsTold: who looks at a connector that has stopped is told how it synced before, on its page and on the overview, by
// what somebody else read.
func TestThePastIsTold(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		at, hosted := newClock(), simulator.ID("hosted-na")
		s := newSite(t, db, at.with)
		tom := s.person("tom")
		for range 10 {
			equal(t, "the list", tom.get("/connectors").status, http.StatusOK)
			at.Add(25 * time.Minute)
		}
		contains(t, tom.get("/connectors/"+hosted), "It syncs hourly, by what people read.")
		disconnected := "disconnected"
		check(t, s.tenant.Graph.Set(hosted, map[string]*string{connector.Status: &disconnected}))
		at.Add(50 * time.Hour)
		maya := s.person("maya")
		contains(t, maya.get("/connectors/"+hosted), "It synced hourly until ", "Well until ", ", first seen so on ", "Nobody looked in between.")
		overview := maya.get("/")
		contains(t, overview, "It synced hourly until ", "What needed someone", "nobody looked</title>", "days nobody looked.")
	})
}

// TestTheOverviewIsForItsReader: what somebody can do nothing about is not there, and each number leads to what it counts.
func TestTheOverviewIsForItsReader(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for person, test := range map[string]struct{ there, absent []string }{
		"maya": {[]string{"Needs attention", "Find out why", "Ask for a sync", "Finish the set-up", `href="/audit"`, "Audit log is intact"}, []string{"What to tell callers"}},
		"tom":  {[]string{"Needs attention", "What to tell callers"}, []string{"Ask for a sync<", `href="/audit`, "Audit log is intact"}},
		"ruth": {[]string{"Audit log is intact", `href="/audit"`}, []string{"Needs attention", "Find out why", "What to tell callers"}},
	} {
		overview := s.person(person).get("/")
		contains(t, overview, test.there...)
		contains(t, overview, `href="/connectors?health=broken"`, `href="/connectors?health=retired"`, `<a href="/connectors">`)
		for _, text := range test.absent {
			if strings.Contains(overview.body, text) {
				t.Errorf("%s finds %q on the overview", person, text)
			}
		}
	}
}

// TestNumbersLeadToWhatTheyCount: the list behind each number of the overview has just as many rows.
func TestNumbersLeadToWhatTheyCount(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	found := regexp.MustCompile(`(?s)href="(/connectors\?health=\w+)"[^>]*>.*?<span class="health-count">(\d+)</span>`).FindAllStringSubmatch(maya.get("/").body, -1)
	equal(t, "numbers", len(found), 6)
	for _, number := range found {
		equal(t, "rows of "+number[1], strconv.Itoa(strings.Count(maya.get(number[1]).body, "<tr data-row=")), number[2])
	}
}

// TestTheOverviewWithoutAMemory: where what is remembered cannot be read, the page does without.
func TestTheOverviewWithoutAMemory(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		for _, table := range []string{"remembered", "remembered_counts"} {
			_, err := db.ExecContext(context.Background(), "DROP TABLE "+table)
			check(t, err)
		}
		maya := s.person("maya")
		for _, path := range []string{"/", "/connectors", "/connectors/" + simulator.ID("hosted-na")} {
			equal(t, path, maya.get(path).status, http.StatusOK)
		}
	})
}
