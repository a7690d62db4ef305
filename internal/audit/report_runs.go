package audit

import (
	"slices"
	"strings"

	"switchboard/internal/connector"
)

// reportRun is a run as the report tells it before its lines.
type reportRun struct {
	At, Who, What, Counted, Reason, ID string
}

// reportRuns gathers what the lines tell of runs.
type reportRuns struct {
	order []string
	first map[string]Entry
	// ends are the latest outcomes by connector: a row that Graph asked to wait is a change again.
	ends map[string]map[string]Outcome
}

func newReportRuns() *reportRuns {
	return &reportRuns{first: map[string]Entry{}, ends: map[string]map[string]Outcome{}}
}

func (r *reportRuns) take(e Entry) {
	if e.Run == "" {
		return
	}
	if _, known := r.first[e.Run]; !known {
		r.order = append(r.order, e.Run)
		r.first[e.Run], r.ends[e.Run] = e, map[string]Outcome{}
	}
	r.ends[e.Run][connector.Key(e.Connector)] = e.Outcome
}

// told are the runs in the order in which they come in the lines.
func (r *reportRuns) told() []reportRun {
	runs := make([]reportRun, len(r.order))
	for i, id := range r.order {
		first, ends := r.first[id], r.ends[id]
		what := "edited "
		if first.SyncType != "" {
			what = "asked for " + syncWords[first.SyncType] + " of "
		}
		runs[i] = reportRun{
			At: first.Time.UTC().Format("2 January 2006, 15:04"), Who: seen(first.Actor.Name), ID: seen(id), Reason: seen(first.Reason),
			What: what + count(len(ends), "connector", "connectors"), Counted: counted(ends, first.SyncType != ""),
		}
	}
	return runs
}

// runEnds are the outcomes of a run's connectors in words, in the order in which they are told: of edits, and of syncs, which store
// nothing. A line that tells what became of one in doubt may be outside of what was asked for.
var runEnds = []struct {
	words, sync string
	outcomes    []Outcome
}{
	{"stored", "accepted", []Outcome{Applied, AppliedObserved}}, {"refused", "refused", []Outcome{Rejected}},
	{"not stored", "without a sync", []Outcome{NotApplied}}, {"found otherwise", "never found out", []Outcome{Superseded}},
	{"not known by these lines", "not known by these lines", []Outcome{InDoubt, Pending}},
}

func counted(ends map[string]Outcome, sync bool) string {
	var parts []string
	for _, end := range runEnds {
		many := 0
		for _, outcome := range ends {
			if slices.Contains(end.outcomes, outcome) {
				many++
			}
		}
		words := end.words
		if sync {
			words = end.sync
		}
		if many > 0 {
			parts = append(parts, connector.Thousands(many)+" "+words)
		}
	}
	return strings.Join(parts, ", ")
}
