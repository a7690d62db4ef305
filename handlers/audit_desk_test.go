package handlers_test

import (
	"net/http"
	"net/url"
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

// TestTextIsLookedForEverywhereAlike: on the page and in each export, by reason, name of a person or a connector, and value, and
// apart from sign-ins.
func TestTextIsLookedForEverywhereAlike(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, ruth := s.person("maya"), s.person("ruth")
		id := simulator.ID("s2s-na")
		form := maya.edit(id, "version", "Zürich 16")
		form.Set("reason", "CHG-20933: wie besprochen")
		equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusSeeOther)
		for query, want := range map[string]int{
			"q=zurich": 2, "q=chg+besproch": 2, "q=CHG-20933&outcome=applied": 1, "q=espro": 0, "q=maya": 3, "q=maya&kind=people": 1, "q=maya&kind=changes": 2,
			"kind=changes": 2, "q=s2s": 2, "q=s2s+zur": 2, "q=zurich&range=today": 2, "q=zurich&range=week": 0, "q=zurich&kind=people": 0, "q=zurich&connector=s2s-na": 2,
		} {
			rows := len(ruth.get("/audit?" + query).rows())
			if entries := (want + 1) / 2; rows != entries && query != "q=maya" {
				t.Errorf("%s: %d entries, want %d", query, rows, entries)
			}
			lines := strings.Count(ruth.get("/audit.ndjson?"+query).body, `"seq":`)
			equal(t, query+": lines of the export", lines, want)
			equal(t, query+": lines of the pack", strings.Count(ruth.get("/audit/evidence.zip?"+query).packed("record.ndjson"), `"seq":`), want)
		}
		equal(t, "rows of a CSV", strings.Count(ruth.get("/audit.csv?q=zurich&kind=changes").body, "edit,"), 2)
	})
}

// TestAnOutcomeThatAloneMatchesIsShown: a text may be only in what Graph stored, which the intent's line does not have.
func TestAnOutcomeThatAloneMatchesIsShown(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	change := audit.Entry{ID: "00000000-0000-4000-8000-000000000001", Action: audit.Edit, Connector: "c", Outcome: audit.Pending, Reason: "tidy"}
	change.Actor.OID, change.Actor.TID, change.Actor.Name = "o", "t", "Ann"
	for _, outcome := range []audit.Outcome{audit.Pending, audit.Rejected} {
		change.Outcome = outcome
		if outcome == audit.Rejected {
			change.Reason = "tidy unmistakably"
		}
		_, err := s.record(db).Note(t.Context(), change)
		check(t, err)
	}
	equal(t, "entries with the outcome's word", len(ruth.get("/audit?q=unmistak").rows()), 1)
	equal(t, "entries with a word of both", len(ruth.get("/audit?q=tidy").rows()), 1)
}

// TestPeriodsAreResolvedWhenAsked: what leaves names its bounds, and files are called by the days.
func TestPeriodsAreResolvedWhenAsked(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	at := &clock{at: time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)} // a Tuesday
	s := newSite(t, db, at.with)
	ruth := s.person("ruth")
	for query, want := range map[string]string{
		"range=week":                  "from=2026-11-16T00%3A00%3A00Z&to=2026-11-23T00%3A00%3A00Z",
		"range=month&tz=Europe/Paris": "from=2026-10-31T23%3A00%3A00Z&to=2026-11-30T23%3A00%3A00Z",
		"from=yesterday&kind=people":  "from=2026-11-23T00%3A00%3A00Z&kind=people",
	} {
		before := len(s.exported(db))
		equal(t, query, ruth.get("/audit.ndjson?"+query).status, http.StatusOK)
		equal(t, "the record of "+query, s.exported(db)[before:][0], "audit.ndjson?"+want)
	}
	for query, want := range map[string]string{
		"/audit/evidence.zip?range=week": "evidence-2026-11-16-to-2026-11-22.zip", "/audit/evidence.zip?range=week&tz=Asia/Tokyo": "evidence-2026-11-16-to-2026-11-22.zip",
		"/audit.csv?range=today": "audit-2026-11-24.csv", "/audit.ndjson": "audit-2026-11-24.ndjson", "/audit/evidence.zip?from=2026-11-01": "evidence-2026-11-24.zip",
	} {
		equal(t, "the file of "+query, ruth.get(query).header.Get("Content-Disposition"), `attachment; filename="`+want+`"`)
	}
	page := ruth.get("/audit?range=week&tz=Europe/Berlin")
	contains(t, page, "Last week, 16 to 22 Nov 2026 (Europe/Berlin)", "evidence-2026-11-16-to-2026-11-22.zip", "audit-2026-11-16-to-2026-11-22.ndjson", "-checkpoint checkpoint-2026-11-24.txt")
	for query, want := range map[string]string{
		"range=year": "Choose one of the periods", "range=week&from=2026-11-01": "Choose a period or enter dates, not both.", "range=today&tz=Mars": "Enter the name of a time zone",
		"kind=all": "choose people or changes", "q=%2B": "enter letters or digits", "q=" + strings.Repeat("x", 201): "too long", "from=3/4/2026": "This could be 3 April or 4 March.",
	} {
		for _, path := range []string{"/audit?", "/audit.csv?", "/audit.ndjson?", "/audit/evidence.zip?"} {
			got := ruth.get(path + query)
			equal(t, path+query, got.status, http.StatusBadRequest)
			contains(t, got, want)
		}
	}
}

// TestRowsOpenInPlace: the part of an entry that its row has no room for, and the whole page where a browser asks for that.
func TestRowsOpenInPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, ruth := s.person("maya"), s.person("ruth")
	id := simulator.ID("s2s-na")
	form := maya.edit(id, "version", "<16>")
	form.Set("reason", "A reason "+strings.Repeat("that goes on ", 60)+"to its end")
	equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusSeeOther)
	number := ruth.get("/audit?kind=changes").rows()[0]
	contains(t, ruth.get("/audit?kind=changes"), `hx-get="/audit/`+number+`?part=open"`, `id="open-`+number+`" hidden`)
	part := ruth.get("/audit/"+number+"?part=open", "HX-Request", "true", "HX-Request-Type", "partial")
	equal(t, "the part", part.status, http.StatusOK)
	contains(t, part, "to its end", "&lt;16&gt;", "Intent, before sending", "Outcome", "status 200", "request-id", "in the tree", `href="/audit/`+number+`"`)
	if strings.Contains(part.body, "<h1") || strings.Contains(part.body, "<main") {
		t.Errorf("the part is a page: %s", part.body)
	}
	contains(t, ruth.get("/audit/"+number+"?part=open"), "<h1", "The line as it is exported")
	equal(t, "a line that is none", ruth.get("/audit/999?part=open", "HX-Request", "true").status, http.StatusNotFound)
	equal(t, "for somebody who may not", s.person("tom").get("/audit/"+number+"?part=open", "HX-Request", "true").status, http.StatusForbidden)
}

// TestReportTellsWhatHappened: the pack of a week has a page for a person, which names connectors as they are called, and its
// commands name the file as it is kept.
func TestReportTellsWhatHappened(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		at := newClock()
		s := newSite(t, db, at.with)
		maya, ruth := s.person("maya"), s.person("ruth")
		id := simulator.ID("s2s-na")
		form := maya.edit(id, "version", "<script>16")
		form.Set("reason", "CHG-20933 <b>txt")
		equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusSeeOther)
		equal(t, "what Tom may not", s.person("tom").get("/audit").status, http.StatusForbidden)
		ruth.get("/connectors")
		pack := ruth.get("/audit/evidence.zip?" + url.Values{"range": {"today"}}.Encode())
		report := page{t: t, body: pack.packed("report.html")}
		day := at.Now().Format(time.DateOnly)
		contains(t, report, "<strong>Maya Lindqvist</strong>", "changed 1 field of", "<strong>s2s-na", id, "Graph stored it.", "Agent version", "&lt;script&gt;16", "CHG-20933 &lt;b&gt;txt",
			"<b>1</b> change stored", "<b>1</b> refusal", "tried what the role does not allow", "GET /audit", "exported lines of this log", "What it does not prove", "evidence-"+day+".zip", "Made by", "Ruth Brandt")
		for _, no := range []string{"<script", "javascript:", "http://", "https://", "src="} {
			if strings.Contains(report.body, no) {
				t.Errorf("the report has %q", no)
			}
		}
		if got := strings.Count(report.body, `class="entry"`); got != strings.Count(pack.packed("record.ndjson"), `"seq":`)-1 {
			t.Errorf("%d entries: an intent and its outcome are one", got)
		}
		contains(t, page{t: t, body: pack.packed("README.txt")}, "report.html", "' evidence-"+day+".zip", "from="+day)
	})
}

// TestAReportOfSomeLines tells of a run what those lines know, and says so where others know more.
func TestAReportOfSomeLines(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), working)
	maya := s.person("maya")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+simulator.ID(threeNames[1]), faults.LoseAnswer())
	run := maya.started(maya.reviewed(threeNames, "set.version", "on", "version", "9.9"), "three at once").header.Get("Location")
	maya.awaitRun(run, "done")
	_, counts := maya.get(run).counts()
	equal(t, "applied, since the page of the run has looked", counts[1], 3)
	report := func(query string) page {
		return page{t: t, body: maya.get("/audit/evidence.zip" + query).packed("report.html")}
	}
	contains(t, report(""), "edited 3 connectors in one run: 3 stored.")
	contains(t, report("?action=bulk_edit"), "edited 3 connectors in one run: 2 stored, 1 not known by these lines.")
}

// TestReportNamesTheRightEnds: of syncs, of what was given up, of what Graph stored otherwise, and of who answered.
func TestReportNamesTheRightEnds(t *testing.T) {
	t.Parallel()
	at := newClock()
	s := newSite(t, databasetest.SQLite(t), at.with)
	maya, ruth := s.person("maya"), s.person("ruth")
	deaf, id := simulator.ID("hosted-eu"), simulator.ID("s2s-na")
	for _, one := range []string{deaf, id} {
		at.Add(time.Second)
		form := maya.get("/connectors/" + one).form("/connectors/" + one + "/sync")
		form.Set("syncType", "fullSync")
		form.Set("reason", "ticket 1")
		equal(t, "the sync", maya.post("/connectors/"+one+"/sync", form).status, http.StatusSeeOther)
	}
	at.Add(21 * time.Minute)
	maya.get("/connectors/" + id)
	maya.get("/connectors/" + deaf)
	patch := "PATCH " + graph.Collection + "/" + id
	s.tenant.Faults.Next(patch, faults.Rewrite(func(answer *faults.Recorded) {
		body := strings.Replace(answer.Body.String(), `"EX02"`, `"EX03"`, 1)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}), faults.Status(http.StatusNoContent, "", ""), faults.Answer(graph.Proxy(http.StatusBadGateway)))
	for _, value := range []string{"EX02", "EX04"} {
		at.Add(time.Minute)
		equal(t, "a save", maya.post("/connectors/"+id, maya.edit(id, "serverName", value)).status, http.StatusSeeOther)
	}
	change := s.saves(maya, id, "version", "7")
	up := maya.get("/changes/" + change).form("/changes/" + change + "/close")
	up.Set("reason", "nobody needs it")
	equal(t, "giving up", maya.post("/changes/"+change+"/close", up).status, http.StatusSeeOther)
	report := page{t: t, body: ruth.get("/audit/evidence.zip").packed("report.html")}
	contains(t, report, "found out how a full sync ended, of", "The last sync had moved to 20", "No sync was seen in 20 minutes.",
		"Graph stored something else than was asked for.", "Graph accepted it. No read had shown yet what it stored.",
		"The answer did not say what Graph did: it was not known then whether it was stored.", "The answer was 502, without an id of Graph’s.",
		"ended the doubt about a change of", "What Graph stored was not found out.", "nobody needs it")
	for _, no := range []string{"Graph stored it.", "found something else", "found out how a change ended", "Graph answered 502"} {
		if strings.Contains(report.body, no) {
			t.Errorf("the report says %q", no)
		}
	}
}
