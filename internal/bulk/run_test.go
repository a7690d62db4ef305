package bulk_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
)

// TestRunEditsEachRowOnce is a run without anything in its way: each row is a change of its own, recorded as one of the run.
func TestRunEditsEachRowOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		r.work()
		ids := s.ids(6)
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		equal(t, "applied", run.Counts.Applied, len(ids))
		seen := map[string]bool{}
		for i, row := range r.rows(run.ID) {
			equal(t, "the connector of a row", row.Connector, ids[i])
			equal(t, "what Graph holds", s.holds(row.Connector, connector.Version), version(i))
			equal(t, "PATCHes of a row", len(s.patches(row.Connector)), 1)
			equal(t, "the lines of a row", s.lines(run.ID, row.Change), "bulk_edit pending, bulk_edit applied")
			equal(t, "a change that came twice", seen[row.Change], false)
			seen[row.Change] = true
		}
		left, err := r.RowsLeft(context.Background())
		check(t, err)
		equal(t, "rows left", left, 0)
	})
}

// TestRunSyncs asks every connector for a sync; it counts as a PATCH for the pace.
func TestRunSyncs(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		r.work()
		run := r.becomes(r.start(maya, bulk.Asked{IDs: s.ids(3), SyncType: "deltaSync"}).ID, bulk.Done)
		equal(t, "applied", run.Counts.Applied, 3)
		equal(t, "the lines of a row", s.lines(run.ID, r.rows(run.ID)[0].Change), "sync pending, sync applied")
	})
}

// TestRunReadsBeforeASync: a row that is gone is passed over, and who may not read, or a Graph that cannot be read, pauses the run.
func TestRunReadsBeforeASync(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(6)
		check(t, s.tenant.Graph.Remove(ids[0]))
		s.tenant.Faults.Next(getOf(ids[1]), faults.Status(http.StatusForbidden, "application/json", `{"error":{"code":"Forbidden","message":""}}`))
		for _, id := range ids[3:] {
			s.tenant.Faults.Always(getOf(id), faults.Status(http.StatusOK, "application/json", "[]"))
		}
		list := append(s.listed(), listed(ids[0]))
		review, err := r.KeepReview(context.Background(), maya.Actor(), bulk.Review(list, bulk.Standing{}, bulk.Asked{IDs: ids, SyncType: "fullSync"}))
		check(t, err)
		_, run, err := r.Start(context.Background(), maya.Actor(), bulk.Order{Review: review, Ticked: ids, Reason: "ticket"})
		check(t, err)
		r.work()
		run = r.becomes(run.ID, bulk.Paused)
		equal(t, "why it is paused", run.Pause.Why, bulk.NoAccess)
		equal(t, "why a row is passed over", r.rows(run.ID)[0].Note.Why, bulk.IsGone)
		_, err = r.Resume(context.Background(), maya.Actor(), run.ID)
		check(t, err)
		run = r.becomes(run.ID, bulk.Paused)
		equal(t, "why it is paused then", run.Pause.Why, bulk.Trouble)
		equal(t, "asked for", run.Counts.Applied, 2)
		equal(t, "what waits", run.Counts.Left, 3)
	})
}

// TestRunSparesWhatHasChanged: what no longer holds what the review showed is a conflict, what is gone or holds already what is wanted
// is passed over, and nothing is sent for any of them.
func TestRunSparesWhatHasChanged(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(5)
		run := r.begin(maya, ids)
		s.set(ids[0], connector.Version, "somebody else's")
		s.set(ids[1], connector.Version, version(1))
		check(t, s.tenant.Graph.Remove(ids[2]))
		s.set(ids[3], connector.ExchangeAlias, "other") // which the run does not touch
		r.work()
		run = r.becomes(run.ID, bulk.Done)
		rows := r.rows(run.ID)
		for i, want := range []bulk.Outcome{bulk.Conflict, bulk.Skipped, bulk.Skipped, bulk.Applied, bulk.Applied} {
			equal(t, "the outcome of row "+version(i), rows[i].Outcome, want)
		}
		equal(t, "theirs", rows[0].Note.Conflicts[0].Theirs.Text(), "somebody else's")
		equal(t, "why", rows[1].Note.Why, bulk.SameByNow)
		equal(t, "why", rows[2].Note.Why, bulk.IsGone)
		equal(t, "PATCHes", len(s.patches()), 2)
	})
}

// TestRunSkipsBehindADoubt: a row whose connector has a change in doubt is passed over, and names that change.
func TestRunSkipsBehindADoubt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(2)
		run := r.begin(maya, ids)
		doubt := s.doubt(r, maya, ids[0])
		s.tenant.Faults.Always(getOf(ids[0]), faults.Status(http.StatusInternalServerError, "text/plain", ""))
		r.work()
		run = r.becomes(run.ID, bulk.Done)
		row := r.rows(run.ID)[0]
		equal(t, "the row", row.Outcome, bulk.Skipped)
		equal(t, "why", row.Note.Why, bulk.BehindDoubt)
		equal(t, "behind", row.Note.Behind, doubt)
	})
}

// TestRunWaitsBehindAChange: a row whose connector has a change on its way is sent once that is over, however often it has to wait.
func TestRunWaitsBehindAChange(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(2)
		arrived, answer, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
		s.tenant.Faults.Next(patchOf(ids[0]), faults.Then(func() { close(arrived); <-answer }, faults.Delay(0)))
		run := r.begin(maya, ids)
		go func() { defer close(over); s.edited(r, maya, ids[0], "slow") }()
		<-arrived
		tries := 0
		r.between.set(func(b *between) {
			b.after = func(id string) {
				if tries++; id == ids[0] && tries == 7 {
					close(answer)
					<-over
				}
			}
		})
		r.work()
		run = r.becomes(run.ID, bulk.Done)
		equal(t, "applied", run.Counts.Applied, 2)
		equal(t, "tries that count", r.rows(run.ID)[0].Tries, 0)
	})
}

// TestOneRunAPerson: the same review leads to the same run, another one waits until that is over, and one that is too old to none.
func TestOneRunAPerson(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya, tom := s.replica(), s.signIn("maya"), s.signIn("tom")
		ids := s.ids(3)
		plan := bulk.Review(s.listed(), bulk.Standing{}, bulk.Asked{IDs: ids, Set: map[string]string{connector.Version: "9"}})
		order := func(ticked ...string) bulk.Order {
			id, err := r.KeepReview(ctx, maya.Actor(), plan)
			check(t, err)
			return bulk.Order{Review: id, Ticked: ticked, Reason: "ticket"}
		}
		one := order(ids...)
		_, _, err := r.Start(ctx, tom.Actor(), one)
		equal(t, "a helpdesk's start", changes.ObstacleOf(err), changes.Barred)
		_, _, err = r.Start(ctx, maya.Actor(), bulk.Order{Review: one.Review, Ticked: ids})
		equal(t, "a start without a reason", changes.ObstacleOf(err), changes.Unfit)
		how, first, err := r.Start(ctx, maya.Actor(), one)
		check(t, err)
		equal(t, "the start", how, bulk.Begun)
		how, again, err := r.Start(ctx, maya.Actor(), one)
		check(t, err)
		equal(t, "the same again", how, bulk.Begun)
		equal(t, "the same run", again.ID, first.ID)
		how, other, err := r.Start(ctx, maya.Actor(), order(ids...))
		check(t, err)
		equal(t, "another", how, bulk.OpenRun)
		equal(t, "the open one", other.ID, first.ID)
		how, _, err = r.Start(ctx, maya.Actor(), order())
		check(t, err)
		equal(t, "nothing ticked", how, bulk.NothingToDo)
		old := order(ids...)
		_, err = r.Stop(ctx, maya.Actor(), first.ID)
		check(t, err)
		r.clock.pass(bulk.ReviewLife + time.Second)
		how, _, err = r.Start(ctx, maya.Actor(), old)
		check(t, err)
		equal(t, "an old review", how, bulk.ReviewGone)
		how, second, err := r.Start(ctx, maya.Actor(), order(ids[0]))
		check(t, err)
		equal(t, "after the stop", how, bulk.Begun)
		equal(t, "its rows", second.Counts.Total, 1)
	})
}

// TestSteering pauses, resumes and stops.
func TestSteering(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya, priya := s.replica(func(o *bulk.Options) { o.Rate = 1 }), s.signIn("maya"), s.signIn("priya")
		r.work()
		run := r.begin(maya, s.ids(5))
		eventually(t, "one is applied", func() bool { return r.now(run.ID).Counts.Applied >= 1 })
		run, err := r.Pause(ctx, maya.Actor(), run.ID)
		check(t, err)
		equal(t, "paused", run.State, bulk.Paused)
		equal(t, "by", run.Pause.By.Name, maya.Actor().Name)
		eventually(t, "nothing is being sent", func() bool { return count(r.rows(run.ID), bulk.Sending) == 0 })
		sent := len(s.patches())
		run, err = r.Resume(ctx, priya.Actor(), run.ID)
		check(t, err)
		equal(t, "it stands on", run.Holder.Name, priya.Actor().Name)
		eventually(t, "another is sent", func() bool { // whose it is Graph sees after the request came
			patches := s.patches()
			return len(patches) > sent && patches[sent].Person != ""
		})
		equal(t, "by whom", s.patches()[sent].Person, "priya")
		run, err = r.Stop(ctx, maya.Actor(), run.ID)
		check(t, err)
		run, err = r.Resume(ctx, maya.Actor(), run.ID)
		check(t, err)
		equal(t, "stopped is for good", run.State, bulk.Stopped)
		if run.Counts.Left == 0 {
			t.Error("nothing is left of a run that was stopped after two of five rows")
		}
	})
}

func count(rows []bulk.Row, outcome bulk.Outcome) int {
	many := 0
	for _, row := range rows {
		if row.Outcome == outcome {
			many++
		}
	}
	return many
}

// TestPuttingBack asks for what the run replaced.
func TestPuttingBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		r.work()
		ids := s.ids(3)
		was := s.holds(ids[0], connector.Version)
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		reverts, err := r.Applied(ctx, run.ID)
		check(t, err)
		equal(t, "to put back", len(reverts), 3)
		back := r.becomes(r.start(maya, bulk.PutBack(run.ID, reverts)).ID, bulk.Done)
		equal(t, "put back", back.Counts.Applied, 3)
		equal(t, "of", back.Reverts, run.ID)
		equal(t, "what Graph holds", s.holds(ids[0], connector.Version), was)
	})
}
