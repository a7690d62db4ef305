package changes_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchboard/audit"
	"switchboard/changes"
	"switchboard/connector"
	"switchboard/database"
	"switchboard/database/databasetest"
	"switchboard/problem"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

func (s *site) syncOf(id string) changes.SyncRequest {
	return changes.SyncRequest{ID: id, SyncType: "deltaSync", Reason: "ticket 1", Once: uuid.NewString(), Shown: s.shown(id)}
}

// TestSyncIsFollowed from the request to the last sync that follows it.
func TestSyncIsFollowed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		ctx := context.Background()
		_, ok, err := s.Progress(ctx, hosted, connector.Connector{})
		equal(t, "progress of nothing", ok, false)
		check(t, err)
		before := s.shown(hosted).Value(connector.LastSyncDateTime)
		request := s.syncOf(hosted)
		result, err := s.Sync(ctx, maya, changes.Origin{}, request)
		check(t, err)
		again, err := s.Sync(ctx, maya, changes.Origin{}, request)
		check(t, err)
		equal(t, "the same form again", again.Change.ID, result.Change.ID)
		equal(t, "POST requests", len(s.tenant.Requests("POST "+graph.Collection+"/"+hosted+"/sync")), 1)
		equalLines(t, "the record", s.lines(result.Change.ID), "sync pending", "sync applied")

		progress, ok, err := s.Progress(ctx, hosted, s.shown(hosted))
		check(t, err)
		equal(t, "that there is one", ok, true)
		equal(t, "the state at first", progress.State, changes.Watched)
		equal(t, "the last sync before", progress.Before, before)

		s.Sleep = s.clock.sleep
		running, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- s.Run(running) }()
		eventually(t, "synced", func() bool {
			progress, _, err = s.Progress(ctx, hosted, connector.Connector{})
			return err != nil || progress.State == changes.Synced
		})
		stop()
		check(t, <-ended)
		equal(t, "how long it took", progress.Took, 5*time.Second)
		equal(t, "that the timer looked", progress.Looks > 0, true)
		s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now().Add(time.Hour)))
		progress, _, err = s.Progress(ctx, hosted, s.shown(hosted))
		check(t, err)
		equal(t, "how long it took, after another sync", progress.Took, 5*time.Second)
		equalLines(t, "the record in the end", s.lines(result.Change.ID), "sync pending", "sync applied")
	})
}

// TestSyncThatNeverComes is said to be unseen after 20 minutes.
func TestSyncThatNeverComes(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	deaf := s.tenant.Graph.Connectors()[0].ID
	_, err := s.Sync(context.Background(), maya, changes.Origin{}, s.syncOf(deaf))
	check(t, err)
	for _, step := range []struct {
		wait time.Duration
		want changes.SyncState
	}{{0, changes.Watched}, {20*time.Minute - time.Second, changes.Watched}, {time.Second, changes.Unseen}} {
		s.clock.pass(step.wait)
		progress, _, err := s.Progress(context.Background(), deaf, s.shown(deaf))
		check(t, err)
		equal(t, "the state", progress.State, step.want)
	}
}

// TestSyncInDoubt ends as observed or, after 20 minutes, as not applied; it keeps no edit waiting.
func TestSyncInDoubt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		ctx := context.Background()
		deaf := s.tenant.Graph.Connectors()[0].ID
		ids := map[string]string{}
		for id, fault := range map[string]faults.Fault{hosted: faults.LoseAnswer(), deaf: faults.Reset()} {
			s.tenant.Faults.Next("POST "+graph.Collection+"/"+id+"/sync", fault)
			result, err := s.Sync(ctx, maya, changes.Origin{}, s.syncOf(id))
			check(t, err)
			equal(t, "the outcome at first", result.Change.Outcome, audit.InDoubt)
			ids[id] = result.Change.ID
		}
		edited, err := s.Save(ctx, maya, changes.Origin{}, s.edit(hosted, connector.Version, "2"))
		check(t, err)
		equal(t, "an edit meanwhile", edited.Change.Outcome, audit.Applied)
		for _, step := range []struct {
			wait         time.Duration
			hosted, deaf audit.Outcome
		}{
			{time.Second, audit.InDoubt, audit.InDoubt},
			{5 * time.Second, audit.AppliedObserved, audit.InDoubt},
			{19 * time.Minute, audit.AppliedObserved, audit.InDoubt},
			{time.Minute, audit.AppliedObserved, audit.NotApplied},
		} {
			s.clock.pass(step.wait)
			check(t, s.LookAtAll(ctx, maya, changes.Origin{}))
			equal(t, "the sync that came", s.today(ids[hosted]).Outcome, step.hosted)
			equal(t, "the sync that did not", s.today(ids[deaf]).Outcome, step.deaf)
		}
		progress, _, err := s.Progress(ctx, hosted, connector.Connector{})
		check(t, err)
		equal(t, "the progress of the one", progress.Took, 5*time.Second)
		progress, _, err = s.Progress(ctx, deaf, connector.Connector{})
		check(t, err)
		equal(t, "the progress of the other", progress.State, changes.Unseen)
	})
}

// TestSyncIsRefused by us or by Graph.
func TestSyncIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya, tom := s.signIn("maya"), s.signIn("tom")
	for name, test := range map[string]struct {
		who   visitor
		alter func(*changes.SyncRequest)
		fault faults.Fault
		want  problem.Kind
	}{
		"helpdesk":       {tom, nil, nil, problem.Forbidden},
		"no reason":      {maya, func(r *changes.SyncRequest) { r.Reason = "" }, nil, problem.Invalid},
		"another type":   {maya, func(r *changes.SyncRequest) { r.SyncType = "allSync" }, nil, problem.BadRequest},
		"no id":          {maya, func(r *changes.SyncRequest) { r.Once = "" }, nil, problem.BadRequest},
		"throttled":      {maya, nil, faults.Answer(graph.Throttled.With("1")), problem.Unavailable},
		"Intune forbids": {maya, nil, faults.Answer(graph.RoleForbids), problem.Forbidden},
	} {
		request := s.syncOf(hosted)
		if test.alter != nil {
			test.alter(&request)
		}
		key := "POST " + graph.Collection + "/" + hosted + "/sync"
		sent := len(s.tenant.Requests(key))
		if test.fault != nil {
			s.tenant.Faults.Next(key, test.fault)
			sent++
		}
		_, err := s.Sync(context.Background(), test.who, changes.Origin{}, request)
		equal(t, name, kindOf(err), test.want)
		equal(t, name+": requests", len(s.tenant.Requests(key)), sent)
	}
	_, ok, err := s.Progress(context.Background(), hosted, connector.Connector{})
	check(t, err)
	equal(t, "progress of refused ones", ok, false)
}
