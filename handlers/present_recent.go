package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
	changeviews "switchboard/views/changes"
)

const (
	// recentShown is how many changes of all connectors a page shows; those of a run are one.
	recentShown = 12
	// recentPages bounds how often more lines are read because a run has filled those before, recentPage how many then.
	recentPages, recentPage = 6, 800
)

// recent are the latest changes of anybody, those of one run told together. Where they cannot be read the page does without.
func (p *presenter) recent(c echo.Context, person *session.Person) []changeviews.Event {
	var events []changeviews.Event
	seen := map[string]bool{}
	before, limit := int64(0), linesAnEvent*recentShown
	for range recentPages {
		lines, err := p.auditReader.Recent(c.Request().Context(), before, limit)
		fresh := foldRuns(lines, seen)
		fresh = fresh[:min(len(fresh), recentShown-len(events))]
		for i, event := range p.tell(c, person, fresh, err) {
			events = append(events, p.folded(c, person, fresh[i], event))
		}
		if err != nil || len(lines) < limit || len(events) >= recentShown {
			break
		}
		before, limit = lines[len(lines)-1].Seq, recentPage
	}
	return events
}

// foldRuns are the first line of each change and of each run among these that was not seen before.
func foldRuns(lines []audit.Entry, seen map[string]bool) []audit.Entry {
	var fresh []audit.Entry
	for _, line := range lines {
		key := line.ID
		if line.Run != "" {
			key = "run " + line.Run
		}
		if !seen[key] {
			seen[key] = true
			fresh = append(fresh, line)
		}
	}
	return fresh
}

// folded is the event of a change of a run as one of the whole run, where the run is known.
func (p *presenter) folded(c echo.Context, person *session.Person, line audit.Entry, event changeviews.Event) changeviews.Event {
	if line.Run == "" {
		return event
	}
	run, err := p.runReader.Run(c.Request().Context(), line.Run)
	if err != nil {
		return event
	}
	told := bulkviews.Run{RunHead: p.runHead(person, run), RunCounts: bulkviews.RunCounts(run.Counts)}
	return changeviews.Event{
		Who: run.Starter.Name, You: run.Starter.Is(person.Actor()), Action: event.Action, SyncType: run.SyncType, Reason: run.Reason, At: event.At,
		About: changeviews.About{Run: changeviews.Together{ID: run.ID, Rows: run.Counts.Total, Counted: told.Listed().Counted}},
	}
}
