package gallery

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/bulk"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// bulkExhibits are the way of a bulk edit in its states.
func bulkExhibits() map[string]exhibit {
	all := map[string]exhibit{}
	for name, m := range bulkForms() {
		all["bulk-form"+name] = bulkExhibit(m.Title(), bulk.FormContent(m))
	}
	for name, m := range bulkFiles() {
		all["bulk-file"+name] = bulkExhibit(m.Title(), bulk.FileContent(m))
	}
	for name, m := range bulkReviews() {
		all["bulk-review"+name] = bulkExhibit(m.Title(), bulk.ReviewContent(m))
	}
	for name, m := range bulkRuns() {
		all["bulk-run"+name] = bulkExhibit(m.Title(), bulk.RunContent(m))
	}
	gone := bulk.NotBegun{Again: true, Picked: []string{"one"}, Wish: wished(), Token: "session-token"}
	all["bulk-gone"] = bulkExhibit(gone.Title(), bulk.NotStarted(gone))
	gone.Wish = bulk.Wish{Reverts: "a-run"}
	all["bulk-gone-put-back"] = bulkExhibit(gone.Title(), bulk.NotStarted(gone))
	runs := bulkRuns()
	list := changes.List{Now: viewstest.Now, Runs: []changes.Run{runs["-running"].Listed(), runs["-paused-doubts"].Listed(), runs["-done"].Listed(), runs["-long"].Listed()}}
	all["changes-runs"] = changesExhibit(list)
	kept := connectors.List(viewstest.Tenant(), connectors.Filter{})
	kept.Read, kept.Now, kept.Tools = viewstest.Now, viewstest.Now, connectors.Tools{Token: "session-token", MayEdit: true}
	kept.KeptReview = &connectors.KeptReview{ID: "kept", At: viewstest.Now.Add(-20 * time.Minute)}
	all["list-kept-preview"] = bulkExhibit(kept.Title(), connectors.ListingContent(kept))
	return all
}

func bulkExhibit(title string, content templ.Component) exhibit {
	return exhibit{title, func() templ.Component { return content }, func() templ.Component { return within(pageShell(title, "/connectors", viewstest.Admin), content) }}
}

func bulkForms() map[string]bulk.Form {
	plain := bulk.Form{RequireReason: true, Token: "session-token", Now: viewstest.Now}
	for i, row := range viewstest.Many(12) {
		plain.IDs = append(plain.IDs, strconv.Itoa(i))
		plain.Names = append(plain.Names, row.Connector.Name())
	}
	typed, faulty, failed, sync := plain, plain, plain, plain
	typed.Ticked, typed.Values = map[string]bool{connector.ExchangeOrganization: true}, map[string]string{connector.ExchangeOrganization: "Contoso Deutschland"}
	typed.Reason = "Legal entity renamed after the merger. CHG-20951."
	faulty.Ticked, faulty.Values = map[string]bool{connector.Status: true, connector.LastSyncDateTime: true}, map[string]string{connector.LastSyncDateTime: "today"}
	faulty.Problem = problem.New(problem.Invalid, "The form has to be corrected.").At(
		problem.Field{Name: connector.Status, Message: "Choose one of none, connectionPending, connected, disconnected."},
		problem.Field{Name: connector.LastSyncDateTime, Message: "Enter a date that exists, with seconds and an offset, such as 2026-11-24T10:12:31.4020000Z."},
		problem.Field{Name: connector.Reason, Message: "Use at most 4,000 characters. This has 4,001."},
	)
	failed.Problem = problem.New(problem.Unavailable, "Graph is not answering.").Advising("Try again in a moment.")
	sync.Sync, sync.SyncType = true, changes.FullSync
	long := typed
	long.Names = append([]connector.Name{{Short: unbroken, Organization: spaced}}, long.Names[:3]...)
	long.Values = map[string]string{connector.ExchangeOrganization: unbroken}
	return map[string]bulk.Form{"": plain, "-typed": typed, "-errors": faulty, "-failed": failed, "-sync": sync, "-long": long}
}

func bulkFiles() map[string]bulk.File {
	plain := bulk.File{Token: "session-token", MostBytes: 1_000_000, MostRows: 2000, Now: viewstest.Now}
	faulty := plain
	faulty.More = true
	faulty.Faults = []bulk.Fault{
		{Place: "Line 1, column 2", Message: "No property is called “Server”. The names are id, serverName and others."},
		{Place: "Line 4, column 1 (id)", Message: "The id of this line stands in line 2 already. Keep one of the two."},
		{Place: "Line 1, column 12", Message: unbroken},
	}
	failed := plain
	failed.Ticked = map[string]bool{connector.Status: true}
	failed.Problem = problem.New(problem.Invalid, "No file was chosen.").Advising("Choose the file that you have edited.")
	return map[string]bulk.File{"": plain, "-errors": faulty, "-none": failed}
}

func wished() bulk.Wish {
	return bulk.Wish{
		Ticked: map[string]bool{connector.ExchangeOrganization: true},
		Values: map[string]string{connector.ExchangeOrganization: "Contoso Deutschland"},
	}
}

func change(name, before, after string) connector.FieldChange {
	return connector.FieldChange{Name: name, Before: connector.Of(before), Requested: connector.Of(after)}
}

// reviewRows are rows that will change, then one of each kind that will not.
func reviewRows(changing int) []bulk.ReviewRow {
	var rows []bulk.ReviewRow
	for _, row := range viewstest.Many(changing) {
		rows = append(rows, bulk.ReviewRow{
			ID: row.Connector.ID(), Name: row.Connector.Name(), Health: row.Health, Verdict: bulk.ToChange, Ticked: true,
			Fields: []connector.FieldChange{change(connector.ExchangeOrganization, "Fabrikam Deutschland GmbH", "Contoso Deutschland")},
		})
	}
	for i, verdict := range []string{bulk.Same, bulk.InDoubt, bulk.Proposed, bulk.Missing, bulk.Refused} {
		row := bulk.ReviewRow{ID: "none-" + strconv.Itoa(i), Name: connector.Name{Short: "ex-muenchen-" + strconv.Itoa(i)}, Verdict: verdict}
		if verdict == bulk.Refused {
			row.Faults = []string{"Type: Choose one of onPremises, hosted, serviceToService, dedicated."}
		}
		rows = append(rows, row)
	}
	return rows
}

func bulkReviews() map[string]bulk.Review {
	plain := bulk.Review{
		Wish: wished(), ID: "kept", Rows: reviewRows(7), Page: 1, Pages: 1, Reason: "Legal entity renamed after the merger. CHG-20951.",
		Count:         map[string]int{bulk.ToChange: 7, bulk.Same: 1, bulk.InDoubt: 1, bulk.Proposed: 1, bulk.Missing: 1, bulk.Refused: 1},
		RequireReason: true, Rate: 4, Token: "session-token", Read: viewstest.Now, Now: viewstest.Now,
	}
	several, paged, nothing, reasonless, open, long, sync := plain, plain, plain, plain, plain, plain, plain
	several.Wish, several.Rows = bulk.Wish{FromFile: true, Passed: []string{connector.LastSyncDateTime, connector.Status}}, reviewRows(4)
	for i := range several.Rows[:4] {
		several.Rows[i].Fields = append(several.Rows[i].Fields, connector.FieldChange{Name: connector.ServerName, Before: connector.Of("ex01"), Requested: connector.Null()})
	}
	paged.Count, paged.Pages, paged.Elsewhere = map[string]int{bulk.ToChange: 1990, bulk.Same: 10}, 20, make([]string, 1890)
	paged.Rows = paged.Rows[:7]
	nothing.Rows, nothing.Count = plain.Rows[7:], map[string]int{bulk.Same: 1, bulk.InDoubt: 1, bulk.Proposed: 1, bulk.Missing: 1, bulk.Refused: 1}
	reasonless.Reason, reasonless.Read = "", time.Time{}
	reasonless.Problem = problem.New(problem.Invalid, "The reason has to be corrected.").At(problem.Field{Name: connector.Reason, Message: "Say why, for instance with a ticket number."})
	open.Open, open.Problem = "a-run", problem.New(problem.Conflict, "A run of yours has not ended yet.").Saying("Nothing of this one has been sent.").Advising("Wait until it is done, or stop it.")
	long.Rows = reviewRows(2)
	long.Rows[0].Name, long.Rows[0].Fields = connector.Name{Short: unbroken, Organization: spaced}, []connector.FieldChange{change(connector.ExchangeOrganization, spaced, unbroken)}
	long.Values = map[string]string{connector.ExchangeOrganization: unbroken}
	sync.Wish = bulk.Wish{SyncType: changes.DeltaSync}
	putBack := several
	putBack.Wish, putBack.Rows = bulk.Wish{Reverts: "a-run"}, slices.Clone(several.Rows)
	putBack.Rows[0].Faults = []string{"Alias: It stays as it is now. Before the run Graph held something that no form may offer: a word of its own, or more than 4,096 characters."}
	return map[string]bulk.Review{
		"": plain, "-file": several, "-pages": paged, "-nothing": nothing, "-reason": reasonless, "-open": open, "-long": long, "-sync": sync, "-put-back": putBack,
	}
}

// runRows are rows with one of each outcome.
func runRows(outcomes ...string) []bulk.RunRow {
	var rows []bulk.RunRow
	for i, row := range viewstest.Many(len(outcomes)) {
		one := bulk.RunRow{
			Position: i + 1, ID: row.Connector.ID(), Name: row.Connector.Name(), Outcome: outcomes[i],
			Fields: []connector.FieldChange{change(connector.ExchangeOrganization, "Fabrikam Deutschland", "Contoso Deutschland")},
		}
		switch one.Outcome {
		case "waiting", "sending":
		case "conflict":
			one.Note.Conflicts = []connector.Conflict{{Name: connector.ExchangeOrganization, Theirs: connector.Of("Litware"), Yours: connector.Of("Contoso Deutschland")}}
		case "skipped":
			one.Note.Skipped, one.Note.Behind = bulk.BehindDoubt, "another-change"
		default:
			one.Change = "change-" + strconv.Itoa(i)
		}
		rows = append(rows, one)
	}
	return rows
}

func bulkRuns() map[string]bulk.Run {
	maya := bulk.Person{Name: viewstest.Admin.Name, You: true}
	running := bulk.Run{
		RunHead: bulk.RunHead{
			ID: "0c5f2f52-5b5c-4f6e-9f0a-0d5a4c7e1b11", State: bulk.Running, Reason: "Legal entity renamed after the merger. CHG-20951.", Starter: maya, Holder: maya,
			Started: viewstest.Now.Add(-38 * time.Second), Changed: viewstest.Now, Fields: []string{connector.ExchangeOrganization},
		},
		RunCounts: bulk.RunCounts{Total: 7, Applied: 3, InDoubt: 1, Left: 3}, Rows: runRows("applied", "applied", "applied", "in_doubt", "sending", "waiting", "waiting"),
		Page: 1, Pages: 1, MayEdit: true, PutBack: 3, Token: "session-token", Now: viewstest.Now,
	}
	running.Rows[2].Tries = 1
	all := map[string]bulk.Run{"-running": running}
	add := func(name string, change func(*bulk.Run)) {
		one := running
		change(&one)
		all[name] = one
	}
	add("-waits", func(m *bulk.Run) {
		m.WaitsUntil, m.Rows = viewstest.Now.Add(42*time.Second), runRows("applied", "waiting")
		m.Rows[1].Tries = 2
	})
	for name, pause := range map[string]bulk.Pause{
		"hand": {Why: bulk.ByHand, By: bulk.Person{Name: "Priya Raman"}}, "session": {Why: bulk.NoSession}, "role": {Why: bulk.NoRole}, "chain": {Why: bulk.BrokenLog},
		"access":  {Why: bulk.NoAccess, Title: "Graph wants another proof that it is you.", Advice: "Sign in to confirm."},
		"refused": {Why: bulk.ByGraph, Change: "change-3", Title: "Graph refused this."}, "doubts": {Why: bulk.Trouble, Change: "change-3"},
	} {
		add("-paused-"+name, func(m *bulk.Run) { m.State, m.Pause = bulk.Paused, pause })
	}
	add("-paused-unproven", func(m *bulk.Run) {
		m.State, m.Pause, m.Unproven = bulk.Paused, bulk.Pause{Why: bulk.ByGraph, Change: "change-3", Title: "Graph refused this."}, "It was begun by an older release."
	})
	add("-stopped-unproven", func(m *bulk.Run) {
		m.State, m.Ended, m.Unproven = bulk.Stopped, viewstest.Now, "It was begun by an older release."
	})
	add("-reader", func(m *bulk.Run) {
		m.State, m.Pause, m.MayEdit, m.Starter, m.Holder = bulk.Paused, bulk.Pause{Why: bulk.NoSession}, false, bulk.Person{Name: "Maya Lindqvist"}, bulk.Person{Name: "Priya Raman"}
	})
	add("-done", func(m *bulk.Run) {
		m.State, m.Ended, m.RunCounts = bulk.Done, viewstest.Now, bulk.RunCounts{Total: 8, Applied: 2, Conflict: 1, Rejected: 1, InDoubt: 1, NotApplied: 1, Superseded: 1, Skipped: 1}
		m.Rows = runRows("applied", "applied_observed", "conflict", "rejected", "in_doubt", "not_applied", "superseded", "skipped")
	})
	add("-stopped", func(m *bulk.Run) {
		m.State, m.Ended, m.Rows = bulk.Stopped, viewstest.Now, runRows("applied", "waiting")
	})
	add("-empty", func(m *bulk.Run) { m.Filter, m.Rows = "rejected", nil })
	add("-sync", func(m *bulk.Run) {
		m.SyncType, m.Fields, m.PutBack, m.Rows = changes.FullSync, nil, 0, runRows("applied", "in_doubt", "waiting")
		for i := range m.Rows {
			m.Rows[i].Fields = nil
		}
	})
	add("-long", func(m *bulk.Run) {
		m.RunCounts, m.Pages, m.Page, m.Reason = bulk.RunCounts{Total: 2000, Applied: 1204, Conflict: 2, Left: 794}, 20, 7, spaced+unbroken
		m.Rows = runRows("applied", "conflict", "waiting")
		m.Rows[0].Name, m.Rows[0].Fields = connector.Name{Short: unbroken, Organization: spaced}, []connector.FieldChange{change(connector.ExchangeOrganization, unbroken, spaced), change(connector.ServerName, "", unbroken)}
	})
	return all
}

// TestRunsSumUp: the section of a run has what scripts may rely on, and says in words what its bar says in colours.
func TestRunsSumUp(t *testing.T) {
	t.Parallel()
	root := viewstest.Parsed(t, bulk.RunContent(bulkRuns()["-done"]))
	run := viewstest.One(t, root, "section", "data-run")
	for name, want := range map[string]string{"data-state": "done", "data-total": "8", "data-applied": "2", "data-in-doubt": "1", "data-not-applied": "1", "data-left": "0"} {
		if got := viewstest.Value(run, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	bar := viewstest.One(t, root, "progress")
	if viewstest.Value(bar, "max") != "8" || viewstest.Value(bar, "value") != "8" {
		t.Error("the progress is not that of the counts")
	}
	if rows := viewstest.Find(root, "tr", "data-outcome"); len(rows) != 8 {
		t.Errorf("%d rows", len(rows))
	}
	if _, asks := viewstest.Attribute(viewstest.One(t, viewstest.Parsed(t, bulk.RunContent(bulkRuns()["-stopped"])), "section", "data-run"), "hx-get"); !asks {
		t.Error("a run with a row in doubt is not watched")
	}
}
