package changes_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

func (s *site) syncOf(id string) changes.SyncRequest {
	return changes.SyncRequest{ID: id, SyncType: "deltaSync", Reason: "ticket 1", IdempotencyKey: uuid.NewString(), Shown: s.shown(id)}
}

// TestSyncIsFollowed from the request to the last sync that follows it.
func TestSyncIsFollowed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		ctx := context.Background()
		_, ok, err := s.Progress(ctx, hosted)
		equal(t, "progress of nothing", ok, false)
		check(t, err)
		request := s.syncOf(hosted)
		result, err := s.Sync(ctx, maya, audit.Origin{}, request)
		check(t, err)
		again, err := s.Sync(ctx, maya, audit.Origin{}, request)
		check(t, err)
		equal(t, "the same form again", again.Change.ID, result.Change.ID)
		equal(t, "POST requests", len(s.tenant.Requests("POST "+graph.Collection+"/"+hosted+"/sync")), 1)
		check(t, s.Resolve(ctx, maya, audit.Origin{}, hosted))
		equal(t, "the state at first", s.progressOf(hosted).State, changes.Watched)
		equalLines(t, "the record", s.lines(result.Change.ID), "sync pending", "sync applied")

		s.Sleep = s.clock.sleep
		running, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- s.Run(running) }()
		eventually(t, "synced", func() bool { return s.progressOf(hosted).State == changes.Synced })
		stop()
		check(t, <-ended)
		equal(t, "how it ended", s.progressOf(hosted).End, changes.SyncEnd{Known: true, Seen: true, Took: 5 * time.Second})
		equal(t, "that the timer looked", s.progressOf(hosted).Looks > 1, true)
		synced := s.holds(hosted, connector.LastSyncDateTime)
		s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now().Add(time.Hour)))
		check(t, s.Resolve(ctx, maya, audit.Origin{}, hosted))
		equal(t, "how long it took, after another sync", s.progressOf(hosted).End.Took, 5*time.Second)
		equalLines(t, "the record in the end", s.syncLines(result.Change.ID),
			"sync pending deltaSync", "sync applied deltaSync", "resolved applied deltaSync "+synced)
	})
}

func (s *site) progressOf(id string) changes.Progress {
	s.t.Helper()
	progress, _, err := s.Progress(context.Background(), id)
	check(s.t, err)
	return progress
}

// syncLines are the audit log's lines of a sync as "action outcome kind end".
func (s *site) syncLines(id string) []string {
	s.t.Helper()
	entries, err := s.record.Of(context.Background(), id)
	check(s.t, err)
	var lines []string
	for _, entry := range entries {
		line := string(entry.Action) + " " + string(entry.Outcome) + " " + entry.SyncType
		if entry.SyncedAt != nil && entry.SyncedAt.IsNull() {
			line += " null"
		} else if entry.SyncedAt != nil {
			line += " " + entry.SyncedAt.Text()
		}
		lines = append(lines, line)
	}
	return lines
}

// TestSyncThatNeverComes is said to be unseen after 20 minutes, in the audit log by the person who reads then.
func TestSyncThatNeverComes(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, ruth := s.signIn("maya"), s.signIn("ruth")
		deaf := s.tenant.Graph.Connectors()[0].ID
		request := s.syncOf(deaf)
		request.SyncType = "fullSync"
		result, err := s.Sync(context.Background(), maya, audit.Origin{}, request)
		check(t, err)
		for _, step := range []struct {
			wait time.Duration
			want changes.SyncState
		}{{0, changes.Watched}, {20*time.Minute - time.Second, changes.Watched}, {time.Second, changes.Unseen}} {
			s.clock.pass(step.wait)
			equal(t, "the state, not looked at", s.progressOf(deaf).State, step.want)
			check(t, s.ResolveAll(context.Background(), ruth, audit.Origin{}))
			equal(t, "the state", s.progressOf(deaf).State, step.want)
		}
		s.clock.pass(time.Minute)
		check(t, s.ResolveAll(context.Background(), ruth, audit.Origin{}))
		equalLines(t, "the record", s.syncLines(result.Change.ID), "sync pending fullSync", "sync applied fullSync", "resolved applied fullSync null")
		entries, err := s.record.Of(context.Background(), result.Change.ID)
		check(t, err)
		equal(t, "who is named", entries[2].Actor.Is(ruth.Actor()), true)
		equal(t, "that no answer of Graph is claimed", entries[2].Graph == nil, true)
	})
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
			result, err := s.Sync(ctx, maya, audit.Origin{}, s.syncOf(id))
			check(t, err)
			equal(t, "the outcome at first", result.Change.Outcome, audit.InDoubt)
			ids[id] = result.Change.ID
		}
		edited, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "2"))
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
			check(t, s.ResolveAll(ctx, maya, audit.Origin{}))
			equal(t, "the sync that came", s.today(ids[hosted]).Outcome, step.hosted)
			equal(t, "the sync that did not", s.today(ids[deaf]).Outcome, step.deaf)
		}
		equal(t, "the progress of the one", s.progressOf(hosted).End.Took, 5*time.Second)
		equal(t, "the progress of the other", s.progressOf(deaf).State, changes.Unseen)
		equalLines(t, "the record of the one", s.syncLines(ids[hosted]), "sync pending deltaSync", "sync in_doubt deltaSync",
			"resolved applied_observed deltaSync "+s.today(ids[hosted]).SyncedAt.Text())
		equalLines(t, "the record of the other", s.syncLines(ids[deaf]), "sync pending deltaSync", "sync in_doubt deltaSync", "resolved not_applied deltaSync null")
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
		"no id":          {maya, func(r *changes.SyncRequest) { r.IdempotencyKey = "" }, nil, problem.BadRequest},
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
		_, err := s.Sync(context.Background(), test.who, audit.Origin{}, request)
		equal(t, name, kindOf(err), test.want)
		equal(t, name+": requests", len(s.tenant.Requests(key)), sent)
	}
	_, ok, err := s.Progress(context.Background(), hosted)
	check(t, err)
	equal(t, "progress of refused ones", ok, false)
	for _, id := range s.changesOf(hosted) {
		equalLines(t, "the record", s.syncLines(id), "sync pending deltaSync", "sync rejected deltaSync")
	}
}
