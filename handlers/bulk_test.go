package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
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

// ticks are a form that ticks these connectors and nothing else.
func (v *visitor) ticks(names ...string) url.Values {
	form := url.Values{"token": {v.token()}}
	for _, name := range names {
		form.Set("pick."+simulator.ID(name), "on")
	}
	return form
}

// reviewed is the review of an edit of these connectors, by way of its form.
func (v *visitor) reviewed(names []string, typed ...string) page {
	v.site.t.Helper()
	form := v.post("/bulk/new", v.ticks(names...)).form("/bulk/review")
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	return v.post("/bulk/review", form)
}

// started is the run that a review leads to.
func (v *visitor) started(review page, reason string) page {
	v.site.t.Helper()
	form := review.form("/bulk")
	form.Set("reason", reason)
	begun := v.post("/bulk", form)
	equal(v.site.t, "the status of the start", begun.status, http.StatusSeeOther)
	return begun
}

var threeNames = []string{"s2s-na", "hosted-uk", "s2s-latam"}

var runPath = regexp.MustCompile(`^/bulk/[0-9a-f-]{36}$`)

// runMark is the section of a run with its counts.
var runMark = regexp.MustCompile(`data-run="([^"]+)" data-state="([^"]+)" data-total="(\d+)" data-applied="(\d+)" data-conflict="(\d+)" data-rejected="(\d+)" data-in-doubt="(\d+)" data-not-applied="(\d+)" data-superseded="(\d+)" data-skipped="(\d+)" data-left="(\d+)"`)

// counts are those of a run's page: the total, then all others, which have to sum to it.
func (p page) counts() (state string, counts []int) {
	p.t.Helper()
	found := runMark.FindStringSubmatch(p.body)
	if found == nil {
		p.t.Fatalf("no run: %s", p)
	}
	sum := 0
	for i, text := range found[3:] {
		count, _ := strconv.Atoi(text)
		counts = append(counts, count)
		if i > 0 {
			sum += count
		}
	}
	equal(p.t, "the sum of the counts", sum, counts[0])
	return found[2], counts
}

// awaitRun is the run's page once the run is in that state.
func (v *visitor) awaitRun(path, state string) page {
	v.site.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		shown := v.get(path)
		is, counts := shown.counts()
		if is == state {
			return shown
		}
		if time.Now().After(deadline) {
			v.site.t.Fatalf("the run is %s with %v: %s", is, counts, shown)
		}
	}
}

// TestThreeTogether is the whole way: ticks, form, review, run, receipts, and back again.
func TestThreeTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, working)
		maya := s.person("maya")
		form := maya.post("/bulk/new", maya.ticks(threeNames...))
		equal(t, "the form", form.status, http.StatusOK)
		contains(t, form, "Edit 3 connectors together", `name="set.exchangeOrganization"`, `name="exchangeOrganization"`, `name="reason"`)
		review := maya.reviewed(threeNames, "set.exchangeOrganization", "on", "exchangeOrganization", "Contoso EMEA", "reason", "merger")
		equal(t, "the review", review.status, http.StatusOK)
		equal(t, "rows that will change", strings.Count(review.body, `data-verdict="change"`), 3)
		contains(t, review, "Apply to 3 connectors", "Contoso EMEA", ">merger</textarea>", `data-row="`+simulator.ID("s2s-na")+`"`)
		equal(t, "sent to Graph so far", s.patches(), 0)

		sent := review.form("/bulk")
		begun := maya.post("/bulk", sent)
		equal(t, "the start", begun.status, http.StatusSeeOther)
		path := begun.header.Get("Location")
		equal(t, "where it leads", runPath.MatchString(path), true)
		equal(t, "the same form again", maya.post("/bulk", sent).header.Get("Location"), path)
		done := maya.awaitRun(path, "done")
		_, counts := done.counts()
		equal(t, "the counts", fmt.Sprint(counts), "[3 3 0 0 0 0 0 0 0]")
		equal(t, "rows that were applied", strings.Count(done.body, `data-outcome="applied"`), 3)
		contains(t, done, "<progress", "Put back the 3 applied…", `href="/changes/`)
		equal(t, "sent to Graph", s.patches(), 3)

		change := strings.TrimPrefix(regexp.MustCompile(`href="(/changes/[0-9a-f-]{36})"`).FindStringSubmatch(done.body)[1], "/changes/")
		contains(t, maya.get("/changes/"+change), `href="`+path+`"`)
		contains(t, s.person("tom").get(path), `data-state="done"`, "Maya Lindqvist")
		lacks(t, s.person("tom").get(path), "/revert")
		contains(t, maya.get("/changes"), "Bulk edit of 3 connectors", path)
		file := maya.get(path + ".csv")
		equal(t, "the result", file.status, http.StatusOK)
		equal(t, "its rows", strings.Count(file.body, ",applied,"), 3)

		back := maya.post(path+"/revert", url.Values{"token": {maya.token()}})
		equal(t, "the review of putting back", back.status, http.StatusOK)
		contains(t, back, "Put back 3 connectors", `data-verdict="change"`)
		again := maya.awaitRun(maya.started(back, "not this one").header.Get("Location"), "done")
		_, counts = again.counts()
		equal(t, "put back", fmt.Sprint(counts), "[3 3 0 0 0 0 0 0 0]")
		for _, line := range s.lines(db, audit.Filter{Action: audit.BulkEdit}) {
			if line.Run == "" {
				t.Errorf("line %d carries no run", line.Seq)
			}
		}
	})
}

// TestFormsOfManyAreChecked: each answer of the table of routes but the good ones.
func TestFormsOfManyAreChecked(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		for _, path := range []string{"/bulk", "/bulk/new", "/bulk/review"} {
			equal(t, "GET "+path, maya.get(path).header.Get("Location"), "/connectors")
		}
		equal(t, "none ticked", maya.post("/bulk/new", maya.ticks()).status, http.StatusUnprocessableEntity)
		many := maya.ticks()
		for i := range 2001 {
			many.Set(fmt.Sprintf("pick.c0ffee00-0000-4000-8000-%012d", i), "on")
		}
		equal(t, "more than two thousand", maya.post("/bulk/new", many).status, http.StatusUnprocessableEntity)
		for name, typed := range map[string][]string{
			"nothing asked for":    {},
			"a status removed":     {"set.status", "on", "status", ""},
			"no such type":         {"set.exchangeConnectorType", "on", "exchangeConnectorType", "other"},
			"no date":              {"set.lastSyncDateTime", "on", "lastSyncDateTime", "today"},
			"a value too long":     {"set.version", "on", "version", strings.Repeat("x", 4097)},
			"a sync of no kind":    {"syncType", "other"},
			"a sync and an edit":   {"syncType", "fullSync", "set.version", "on", "version", "1"},
			"a reason too long":    {"set.version", "on", "version", "1", "reason", strings.Repeat("x", 4001)},
			"a mark of directions": {"set.version", "on", "version", "1\u202e"},
		} {
			refused := maya.reviewed(threeNames, typed...)
			equal(t, name, refused.status, http.StatusUnprocessableEntity)
			contains(t, refused, "data-fault-listed=", `name="pick.`+simulator.ID("s2s-na")+`"`)
		}
		odd := maya.ticks("s2s-na")
		odd.Set("nobody", "knows")
		equal(t, "a field of no form", maya.post("/bulk/review", odd).status, http.StatusBadRequest)
		forged := maya.ticks("s2s-na")
		forged.Set("token", "x")
		for _, path := range []string{"/bulk/new", "/bulk/review", "/bulk", "/bulk/import", "/bulk/3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4d1/stop"} {
			equal(t, "forged: "+path, maya.post(path, forged).status, http.StatusForbidden)
			equal(t, "somebody who may not edit: "+path, tom.post(path, tom.ticks("s2s-na")).status, http.StatusForbidden)
		}
		unknown := "/bulk/3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4d1"
		for _, path := range []string{"/pause", "/resume", "/stop", "/revert"} {
			equal(t, "no such run: "+path, maya.post(unknown+path, maya.ticks()).status, http.StatusNotFound)
		}
		equal(t, "no such run", maya.get(unknown).status, http.StatusNotFound)
		equal(t, "no such run's result", maya.get(unknown+".csv").status, http.StatusNotFound)
		equal(t, "what is no id", maya.get("/bulk/x").status, http.StatusNotFound)
		equal(t, "sent to Graph", s.patches(), 0)
	})
}

// TestStartsThatCannotBe: no reason, nothing ticked, another run, a review that is gone; each keeps the ticks or leads on.
func TestStartsThatCannotBe(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya := s.person("maya")
		review := maya.reviewed(threeNames, "set.version", "on", "version", "16")
		form := review.form("/bulk")
		form.Del("pick." + simulator.ID("s2s-na"))
		lacking := maya.post("/bulk", form)
		equal(t, "without a reason", lacking.status, http.StatusUnprocessableEntity)
		contains(t, lacking, `aria-invalid="true"`, "Apply to 2 connectors")
		form = lacking.form("/bulk")
		form.Set("reason", "why")
		none := url.Values{}
		for name, values := range form {
			if !strings.HasPrefix(name, "pick.") {
				none[name] = values
			}
		}
		equal(t, "nothing ticked", maya.post("/bulk", none).status, http.StatusConflict)
		first := maya.post("/bulk", form)
		equal(t, "the start", first.status, http.StatusSeeOther)
		path := first.header.Get("Location")
		_, counts := maya.get(path).counts()
		equal(t, "rows", counts[0], 2)

		second := maya.reviewed(threeNames, "set.version", "on", "version", "17").form("/bulk")
		second.Set("reason", "too soon")
		open := maya.post("/bulk", second)
		equal(t, "a second run", open.status, http.StatusConflict)
		contains(t, open, `href="`+path+`"`, ">too soon</textarea>")
		contains(t, maya.get("/connectors"), `href="`+path+`"`)

		equal(t, "paused", maya.post(path+"/pause", maya.ticks()).header.Get("Location"), path)
		state, _ := maya.get(path).counts()
		equal(t, "the state", state, "paused")
		contains(t, maya.get(path), "Resume with 2", "you paused it")
		resumed := maya.post(path+"/resume", maya.ticks(), "HX-Request", "true", "HX-Target", "section#run")
		equal(t, "resumed by htmx", resumed.status, http.StatusOK)
		contains(t, resumed, `<section id="run"`, `data-state="running"`)
		lacks(t, resumed, "<main")
		equal(t, "stopped", maya.post(path+"/stop", maya.ticks()).status, http.StatusSeeOther)
		state, counts = maya.get(path).counts()
		equal(t, "the state", state, "stopped")
		equal(t, "what stays", counts[len(counts)-1], 2)
		lacks(t, maya.get("/connectors"), `href="`+path+`"`)
		equal(t, "nothing to put back", maya.post(path+"/revert", maya.ticks()).status, http.StatusConflict)

		clock.Add(61 * time.Minute)
		maya = s.person("maya")
		second.Set("token", maya.token())
		gone := maya.post("/bulk", second)
		equal(t, "a review that is gone", gone.status, http.StatusConflict)
		again := maya.post("/bulk/review", gone.form("/bulk/review"))
		equal(t, "reviewed again", again.status, http.StatusOK)
		equal(t, "its rows", strings.Count(again.body, `data-verdict="change"`), 3)
		priya, foreign := s.person("priya"), again.form("/bulk")
		foreign.Set("token", priya.token())
		equal(t, "a review of somebody else", priya.post("/bulk", foreign).status, http.StatusConflict)
		equal(t, "sent to Graph", s.patches(), 0)
	})
}

// TestVerdicts: what holds the value already, what is in doubt, what is not there, and what cannot be asked of it.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+simulator.ID("hosted-na"), faults.Reset())
	equal(t, "an edit in doubt", maya.post("/connectors/"+simulator.ID("hosted-na"), maya.edit(simulator.ID("hosted-na"), "version", "15")).status, http.StatusAccepted)
	form := maya.post("/bulk/new", maya.ticks("s2s-na", "hosted-uk", "hosted-na")).form("/bulk/review")
	form.Set("pick.c0ffee00-0000-4000-8000-000000000001", "on")
	form.Set("set.exchangeOrganization", "on")
	form.Set("exchangeOrganization", "Contoso UK")
	review := maya.post("/bulk/review", form)
	for id, verdict := range map[string]string{
		simulator.ID("s2s-na"): "change", simulator.ID("hosted-uk"): "same", "c0ffee00-0000-4000-8000-000000000001": "missing",
	} {
		contains(t, review, `data-row="`+id+`" data-verdict="`+verdict+`"`)
	}
	contains(t, review, `data-verdict="in_doubt"`, "Its last change is still being settled.", "Apply to 1 connector")
}

// TestAllThatMatch are found when the form is asked for.
func TestAllThatMatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	ids, _ := maya.get("/connectors?health=healthy").rowsOf()
	form := maya.ticks()
	form.Set("match", "health=healthy")
	shown := maya.post("/bulk/new", form)
	equal(t, "the form", shown.status, http.StatusOK)
	for _, id := range ids {
		contains(t, shown, `name="pick.`+id+`"`)
	}
	form.Set("match", "q=nobody+is+called+so")
	equal(t, "none matches", maya.post("/bulk/new", form).status, http.StatusUnprocessableEntity)
	form.Set("match", "color=red")
	equal(t, "no query of the list", maya.post("/bulk/new", form).status, http.StatusUnprocessableEntity)
	form.Set("match", "health=healthy")
	form.Set("set.version", "on")
	form.Set("version", "16")
	equal(t, "a review of all that match", strings.Count(maya.post("/bulk/review", form).body, `data-verdict="change"`), len(ids))
}

// TestSyncsTogether asks for each, by the same way.
func TestSyncsTogether(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db, working)
	maya := s.person("maya")
	ticks := maya.ticks("s2s-na", "hosted-uk")
	ticks.Set("what", "sync")
	form := maya.post("/bulk/new", ticks)
	contains(t, form, "Ask for a sync of 2 connectors", `name="syncType"`)
	sent := form.form("/bulk/review")
	review := maya.post("/bulk/review", sent)
	contains(t, review, "Ask for 2 syncs", "Delta: changes since the last one")
	done := maya.awaitRun(maya.started(review, "after the maintenance").header.Get("Location"), "done")
	contains(t, done, "Bulk sync")
	lines := s.lines(db, audit.Filter{Action: audit.Sync})
	equal(t, "lines", len(lines) >= 4, true)
	for _, line := range lines {
		equal(t, "the kind of sync", line.SyncType, "deltaSync")
	}
}

// TestReviewsOutliveSessions: who had to sign in again finds the preview, everything ticked, and applies it.
func TestReviewsOutliveSessions(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya := s.person("maya")
	form := maya.reviewed(threeNames, "set.version", "on", "version", "16").form("/bulk")
	lacks(t, maya.get("/connectors"), "has not been applied")
	clock.Add(31 * time.Minute)
	equal(t, "after the session has ended", maya.post("/bulk", form).header.Get("Location"), "/signed-out")
	maya.arrive("maya")
	list := maya.get("/connectors")
	contains(t, list, "has not been applied")
	review := maya.post("/bulk/review", list.form("/bulk/review"))
	contains(t, review, "Apply to 3 connectors", `name="set.version"`)
	run := maya.started(review, "after a break")
	_, counts := maya.get(run.header.Get("Location")).counts()
	equal(t, "rows", counts[0], 3)
	lacks(t, maya.get("/connectors"), "has not been applied")
	lacks(t, s.person("priya").get("/connectors"), "has not been applied")
}

// TestTwoReadsThatDifferAreNobodysChange: the preview is made from the list, and a row is compared with a read of its connector.
func TestTwoReadsThatDifferAreNobodysChange(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), working)
	maya := s.person("maya")
	s.rewritten("GET "+graph.Collection, `"serverName":"[^"]*"`, `"serverName":null`)
	begun := maya.started(maya.reviewed(threeNames, "set.serverName", "on", "serverName", "EX09"), "merger")
	run := maya.awaitRun(begun.header.Get("Location"), "done")
	contains(t, run, `data-conflict="3"`, "Graph shows another value than the preview did, so nothing was sent.")
	lacks(t, run, "omebody", "omeone")
	equal(t, "PATCH requests", s.patches(), 0)
}

// TestARunThatWaitsForADayNamesIt: 25 hours are not '24 h'.
func TestARunThatWaitsForADayNamesIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), working)
	maya := s.person("maya")
	s.tenant.Faults.Always("PATCH "+graph.Collection+"/*", faults.Answer(graph.Throttled.With("90000")))
	path := maya.started(maya.reviewed(threeNames, "set.serverName", "on", "serverName", "EX09"), "merger").header.Get("Location")
	day := regexp.MustCompile(`It goes on (tomorrow, \w+|on \w+, \d+ \w+) at \d\d:\d\d UTC\.`)
	for deadline := time.Now().Add(30 * time.Second); ; {
		run := maya.get(path)
		if day.MatchString(run.body) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no day is named: %s", run)
		}
	}
}
