package handlers_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// of is a series' value; 0 where it is not there. The labels are written as Prometheus' library sorts them.
func (s scrape) of(name, labels string) float64 {
	return s[name+`{instance="one",`+labels+"}"].value
}

// TestWhatHappensIsMeasured: requests by their route, Graph's by what was asked and how it ended, changes by their outcome, and how
// things stand.
func TestWhatHappensIsMeasured(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		s.person("tom")
		path := "/connectors/" + id
		equal(t, "a save", maya.post(path, maya.edit(id, "version", "2")).status, http.StatusSeeOther)
		lost := maya.edit(id, "version", "3")
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
			s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
		}, faults.LoseAnswer()))
		equal(t, "a save whose answer is lost", maya.post(path, lost).status, http.StatusAccepted)
		maya.get(path) // which looks, and finds nothing out

		now := s.scrape()
		equal(t, "saves", now.of("switchboard_http_requests_total", `method="POST",route="/connectors/:id",status="303"`), 1)
		equal(t, "saves that took a time", now.of("switchboard_http_request_duration_seconds_count", `method="POST",route="/connectors/:id",status="303"`), 1)
		equal(t, "changes applied", now.of("switchboard_changes_total", `action="edit",outcome="applied"`), 1)
		equal(t, "changes that came to be in doubt", now.of("switchboard_changes_total", `action="edit",outcome="in_doubt"`), 1)
		equal(t, "changes in doubt", now.of("switchboard_changes_in_doubt", ""), 1)
		equal(t, "PATCH requests", now.of("switchboard_graph_request_duration_seconds_count", `call="patch",outcome="ok"`), 1)
		equal(t, "PATCH requests without an answer", now.of("switchboard_graph_request_duration_seconds_count", `call="patch",outcome="unanswered"`), 1)
		equal(t, "that reads failed", now.of("switchboard_graph_request_duration_seconds_count", `call="get",outcome="failed"`) > 0, true)
		equal(t, "sessions", now.of("switchboard_sessions", ""), 2)
		equal(t, "lines", now.of("switchboard_audit_lines", ""), 2+2+2)
		equal(t, "chain", now.of("switchboard_audit_chain_ok", ""), 1)
		for name := range now {
			if strings.HasPrefix(name, "switchboard_credential") {
				t.Errorf("a secret has no end that is known: %s", name)
			}
		}

		s.tenant.Faults.Clear()
		maya.get(path)
		now = s.scrape()
		equal(t, "what it came to", now.of("switchboard_changes_total", `action="edit",outcome="applied_observed"`), 1)
		equal(t, "changes in doubt in the end", now.of("switchboard_changes_in_doubt", ""), 0)
	})
}

// TestLabelsAreBounded: whatever is asked for, no label repeats it.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for _, path := range []string{"/connectors/made-up-1", "/made-up-2", "/static/made-up-3.js", "/connectors?q=made-up-4", "/changes/made-up-5"} {
		maya.get(path)
		maya.follow("MADE-UP-6", s.url.String()+path, nil)
	}
	for name := range s.scrape() {
		if strings.Contains(strings.ToLower(name), "made-up") {
			t.Error(name)
		}
	}
}

// TestScrapeWithoutADatabase: what only the database knows is absent, and the rest is told.
func TestScrapeWithoutADatabase(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	check(t, db.Close())
	now := s.scrape()
	for _, name := range []string{"switchboard_changes_in_doubt", "switchboard_sessions", "switchboard_audit_lines"} {
		if _, there := now[name+`{instance="one",}`]; there {
			t.Errorf("%s is told", name)
		}
	}
	equal(t, "chain", now.of("switchboard_audit_chain_ok", ""), 1)
}

// TestCertificateThatIsReplaced: the end that is told is that of the file as it is now.
func TestCertificateThatIsReplaced(t *testing.T) {
	t.Parallel()
	const metric = "switchboard_credential_expiry_timestamp_seconds"
	soon, later := time.Now().Add(time.Hour), time.Now().Add(1000*time.Hour)
	file := certificateUntil(t, soon)
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.certificate = file })
	equal(t, "the end", int64(s.scrape().of(metric, "")), soon.Unix())
	check(t, os.Rename(certificateUntil(t, later), file))
	equal(t, "the new one's", int64(s.scrape().of(metric, "")), later.Unix())
	check(t, os.WriteFile(file, []byte("nothing"), 0o600))
	if _, told := s.scrape()[metric+`{instance="one",}`]; told {
		t.Error("an end is told of a file that holds no certificate")
	}
}
