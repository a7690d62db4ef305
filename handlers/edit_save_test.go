package handlers_test

import (
	"encoding/json"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestSave goes the whole way on both databases: form, PATCH with only what changed and the person's own token, redirect,
// receipt once, history, the receipt's own page.
func TestSave(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		form := maya.edit(id, "serverName", `EX "2019" <new>`, "version", "")
		saved := maya.post(path, form)
		equal(t, "the status", saved.status, http.StatusSeeOther)
		equal(t, "where it leads", saved.header.Get("Location"), path)

		sent := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
		if len(sent) != 1 {
			t.Fatalf("%d PATCH requests, want 1", len(sent))
		}
		var body map[string]any
		check(t, json.Unmarshal(sent[0].Body, &body))
		equal(t, "properties in the PATCH", len(body), 2)
		equal(t, "serverName", body["serverName"], any(`EX "2019" <new>`))
		equal(t, "version", body["version"], nil)
		equal(t, "whose token", sent[0].Person, "maya")

		page := maya.get(path)
		change := sent[0].Header.Get("client-request-id")
		contains(t, page, `data-change="`+change+`"`, `data-outcome="applied"`, `data-value="EX &#34;2019&#34; &lt;new&gt;"`, "ticket 1")
		if again := maya.get(path); strings.Contains(again.body, `data-outcome="applied"`) {
			t.Error("the receipt is shown twice")
		}
		contains(t, maya.get("/changes/"+change), `data-outcome="applied"`)
		equal(t, "the same form again", maya.post(path, form).status, http.StatusSeeOther)
		equal(t, "PATCH requests", s.patches(), 1)
	})
}

func contains(t *testing.T, p page, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.body, part) {
			t.Errorf("%s lacks %q: %s", p.from, part, p)
		}
	}
}

// TestSaveAnswers: what Graph answers decides what the person is told, as a page and as a fragment.
func TestSaveAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	tests := []struct {
		name, connector string
		fault           faults.Fault
		want            int
		says            string
	}{
		{"refused values", "s2s-na", faults.Answer(graph.NullRefused), 422, "Graph refused the values"},
		{"no permission", "s2s-emea", faults.Answer(graph.RoleForbids), 403, "Intune does not let you"},
		{"gone", "journal-apac", faults.Answer(graph.NotFound), 404, "Graph knows no connector"},
		{"throttled", "wingtip-hosted", faults.Answer(graph.Throttled.With("60")), 503, "Graph asks to slow down"},
		{"lost", "hosted-eu", faults.LoseAnswer(), 202, "may or may not have been stored"},
	}
	for _, test := range tests {
		id := simulator.ID(test.connector)
		for _, htmx := range []bool{false, true} {
			if htmx && test.want == 202 {
				continue // the connector's next edit waits
			}
			form := maya.edit(id, "version", "typed for "+test.name)
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, test.fault)
			headers := []string{}
			if htmx {
				headers = []string{"HX-Request", "true"}
			}
			got := maya.post("/connectors/"+id, form, headers...)
			equal(t, test.name+": the status", got.status, test.want)
			contains(t, got, test.says, got.header.Get("X-Request-Id"))
			equal(t, test.name+": a whole page", strings.Contains(got.body, "<html"), !htmx)
			if slices.Contains([]int{422, 503}, test.want) {
				contains(t, got, "typed for "+test.name)
				again := got.form("/connectors/" + id)
				if again.Get("state") == form.Get("state") {
					t.Errorf("%s: the form shown again has the same one-time id", test.name)
				}
			}
		}
	}
}

// TestSecretsStayInside: neither the log nor a page holds a token, a code, a cookie or what was typed into a form.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	form := maya.edit(simulator.ExampleID, "serverName", "typed-into-the-form")
	saved := maya.post("/connectors/"+simulator.ExampleID, form)
	equal(t, "the status", saved.status, http.StatusSeeOther)
	maya.get("/auth/callback?code=a-stray-code&state=a-stray-state")
	secrets := []string{"a-stray-code", "a-stray-state", "typed-into-the-form"}
	for _, cookie := range maya.client.Jar.Cookies(s.url) {
		secrets = append(secrets, cookie.Value)
	}
	for _, request := range s.tenant.Requests() {
		if bearer := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "); bearer != "" {
			secrets = append(secrets, bearer)
		}
	}
	log := s.log.String()
	pages := maya.get("/").body + maya.get("/connectors/"+simulator.ExampleID+"/edit").body
	for _, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %.12q…", secret)
		}
		if secret != "typed-into-the-form" && strings.Contains(pages, secret) {
			t.Errorf("a page holds %.12q…", secret)
		}
	}
}

// TestReturnTo: somebody without a session comes back to the page they asked for, and to no other site.
func TestReturnTo(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for asked, want := range map[string]string{
		"/connectors?q=na": "/connectors?q=na", "/changes": "/changes", "//evil.example/": "/", "/login": "/",
	} {
		v := s.visitor()
		v.follow("GET", s.url.String()+asked, nil)
		login := v.get("/login")
		picker := v.follow("GET", login.location(), nil)
		picked := v.follow("POST", picker.location(), map[string][]string{"person": {"tom"}})
		arrived := v.follow("GET", picked.location(), nil)
		equal(t, "where "+asked+" leads after the sign-in", arrived.header.Get("Location"), want)
	}
}

// TestTheme: the cookie decides, and the way back stays on this site.
func TestTheme(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for back, want := range map[string]string{
		"/connectors?q=a": "/connectors?q=a", "//evil.example": "/", "///evil.example": "/", "/\\evil.example": "/", "https://evil.example/": "/", "": "/", "javascript:alert(1)": "/",
	} {
		form := maya.get("/").form("/theme")
		form.Set("theme", "dark")
		form.Set("return_to", back)
		got := maya.post("/theme", form)
		equal(t, "the status", got.status, http.StatusSeeOther)
		equal(t, "back to "+back, got.header.Get("Location"), want)
	}
	contains(t, maya.get("/"), `data-bs-theme="dark"`)
}

// TestLogLinesNameTheirRequest: every line about a save carries the id that its answer shows, whichever room wrote it.
func TestLogLinesNameTheirRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	saved := maya.post("/connectors/"+simulator.ExampleID, maya.edit(simulator.ExampleID, "version", "1"))
	id := saved.header.Get("X-Request-Id")
	seen := map[string]bool{}
	for line := range strings.Lines(s.log.String()) {
		var entry struct {
			Msg       string `json:"msg"`
			RequestID string `json:"request_id"`
		}
		check(t, json.Unmarshal([]byte(line), &entry))
		if entry.RequestID == id {
			seen[entry.Msg] = true
		}
	}
	for _, want := range []string{"graph", "change", "request"} {
		if !seen[want] {
			t.Errorf("no line %q carries the request's id; those that do: %v", want, seen)
		}
	}
}

// TestLogTellsMilliseconds: requests one after the other take no longer together than the time that passed meanwhile, and
// what Graph takes for one is a part of it.
func TestLogTellsMilliseconds(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	before, start := len(s.log.String()), time.Now()
	for range 5 {
		maya.get("/connectors")
	}
	passed := float64(time.Since(start).Microseconds()) / 1000
	together, ofGraph := 0.0, map[string]float64{}
	for line := range strings.Lines(s.log.String()[before:]) {
		var entry struct {
			Msg       string  `json:"msg"`
			RequestID string  `json:"request_id"`
			Took      float64 `json:"took_ms"`
		}
		check(t, json.Unmarshal([]byte(line), &entry))
		switch entry.Msg {
		case "graph":
			ofGraph[entry.RequestID] += entry.Took
		case "request":
			together += entry.Took
			if part := ofGraph[entry.RequestID]; part <= 0 || part > entry.Took {
				t.Errorf("of the %g ms of a request, Graph took %g", entry.Took, part)
			}
		}
	}
	if together > passed || together < passed/100 {
		t.Errorf("all took %g ms, in which %g ms passed", together, passed)
	}
}

// TestNoCircle: where Graph refuses even new sign-ins, the second time is a page and no further redirect.
func TestNoCircle(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	s.tenant.Faults.Always("GET "+graph.Collection, faults.Answer(graph.ExpiredToken))
	first := maya.get("/connectors")
	equal(t, "the first time", first.status, http.StatusSeeOther)
	equal(t, "where it leads", first.leads(), "/login")
	maya.arrive("maya")
	second := maya.get("/connectors")
	equal(t, "the second time", second.status, http.StatusForbidden)
	contains(t, second, "although it is new")
}

// TestOutsideChange: what somebody changed elsewhere is told on the connector's page and on the overview, once, as soon as
// two reads have shown it.
func TestOutsideChange(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, tom := s.person("maya"), s.person("tom")
		id := simulator.ID("s2s-na")
		maya.get("/connectors/" + id)
		server := "ex04.example"
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": &server}))
		clock.Add(time.Second)
		lacks(t, tom.get("/connectors/"+id), "Changed outside Switchboard")
		for _, v := range []*visitor{tom, maya} {
			clock.Add(time.Second)
			page := v.get("/connectors/" + id)
			contains(t, page, "Changed outside Switchboard", "Noticed by", "ex04.example")
			equal(t, "how often it is told", strings.Count(page.body, "Changed outside Switchboard"), 1)
		}
		contains(t, maya.get("/"), "Graph does not say who.")
	})
}

// TestALateOutcomeIsNoNewSighting: what a save returned is not taken for what Graph holds once its outcome can be recorded, since others
// may have changed it by then.
func TestALateOutcomeIsNoNewSighting(t *testing.T) {
	t.Parallel()
	db, clock := databasetest.SQLite(t), newClock()
	s := newSite(t, db, clock.with)
	maya, tom, id := s.person("maya"), s.person("tom"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	tom.get(path)
	clock.Add(time.Second)
	run(t, db, "CREATE TRIGGER full BEFORE UPDATE ON changes WHEN NEW.outcome = 'applied' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	equal(t, "the save", maya.post(path, maya.edit(id, "serverName", "EX07")).status, http.StatusAccepted)
	clock.Add(time.Second)
	s.changedElsewhere(tom, clock, db, id, "serverName", "ex99")
	run(t, db, "DROP TRIGGER full")
	for range 5 {
		clock.Add(3 * time.Second)
		tom.get(path)
	}
	equal(t, "changes made elsewhere", len(s.lines(db, audit.Filter{Action: audit.Observed})), 1)
}

// TestASaveIsKnownWithItsOutcome: no process that dies after it takes away from others what it returned. On PostgreSQL, where others may
// have locked the row, that comes soon after.
func TestASaveIsKnownWithItsOutcome(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		known := func() bool {
			var object string
			check(t, db.QueryRowContext(t.Context(), "SELECT object FROM sightings WHERE connector = $1", id).Scan(&object))
			return strings.Contains(object, "EX07")
		}
		equal(t, "the save", maya.post("/connectors/"+id, maya.edit(id, "serverName", "EX07")).status, http.StatusSeeOther)
		if db.Local() {
			equal(t, "known with the answer", known(), true)
			return
		}
		for !known() { // ever; the test's own time bounds it
			runtime.Gosched()
		}
	})
}
