package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
)

// RunReader tells of runs.
type RunReader interface {
	Run(ctx context.Context, id string) (bulk.Run, error)
	Rows(ctx context.Context, run string, page bulk.Page) ([]bulk.Row, error)
	// OpenRuns are a person's runs that are neither done nor stopped, LatestRuns everybody's.
	OpenRuns(context.Context, access.Actor) ([]bulk.Run, error)
	LatestRuns(ctx context.Context, most int) ([]bulk.Run, error)
	// LatestReview is a person's review that was kept last and has not become a run.
	LatestReview(context.Context, access.Actor) (id string, kept time.Time, ok bool, err error)
	// Applied are what the run's changes replaced, for those that Graph stored.
	Applied(ctx context.Context, id string) ([]changes.Revert, error)
}

// runHead is what a page says of a run.
func (p *presenter) runHead(person *session.Person, run bulk.Run) bulkviews.RunHead {
	who := func(actor access.Actor) bulkviews.Person {
		return bulkviews.Person{Name: actor.Name, You: actor.Is(person.Actor())}
	}
	unproven := ""
	if run.Unproven || run.Pause.Why == bulk.NotProven {
		unproven = bulk.WhyUnproven
	}
	return bulkviews.RunHead{
		ID: run.ID, State: string(run.State), SyncType: run.SyncType, Reason: run.Reason, Reverts: run.Reverts,
		Starter: who(run.Starter), Holder: who(run.Holder),
		Pause: bulkviews.Pause{
			Why: string(run.Pause.Why), By: who(run.Pause.By), Title: run.Pause.Title, Advice: run.Pause.Advice, Change: run.Pause.Change,
		},
		Started: run.StartedAt, Changed: run.ChangedAt, Ended: run.EndedAt, WaitsUntil: run.WaitsUntil,
		Unproven: unproven,
	}
}

// keptReview is the review that somebody had made before this session began, since the one before has ended: the list leads back to
// it. Within a session its own page is still there.
func (p *presenter) keptReview(c echo.Context, person *session.Person) *connectors.KeptReview {
	if !person.Actor().May(access.Edit) {
		return nil
	}
	id, at, there, err := p.runReader.LatestReview(c.Request().Context(), person.Actor())
	if err != nil {
		p.log(c).Warn("the reviews could not be read", "error", err.Error())
	}
	if !there || !at.Before(person.SignedInAt()) {
		return nil
	}
	return &connectors.KeptReview{ID: id, At: at}
}

// runsShown is how many runs the page of changes lists.
const runsShown = 10

// latestRuns are those that go on, and the latest of the others; none where the database does not say.
func (p *presenter) latestRuns(c echo.Context, person *session.Person) []changeviews.Run {
	runs, err := p.runReader.LatestRuns(c.Request().Context(), runsShown)
	if err != nil {
		p.log(c).Warn("the runs could not be read", "error", err.Error())
		return nil
	}
	listed := make([]changeviews.Run, len(runs))
	for i, run := range runs {
		listed[i] = bulkviews.Run{RunHead: p.runHead(person, run), RunCounts: bulkviews.RunCounts(run.Counts)}.Listed()
	}
	return listed
}
