package changes_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
)

// TestNoIntentNoPatch: where the audit log cannot be written nothing is sent, and it works again afterwards.
func TestNoIntentNoPatch(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		edit := s.edit(hosted, connector.Version, "2")
		s.breakRecord()
		result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
		equal(t, "the problem", kindOf(err), problem.Unavailable)
		equal(t, "a change", result.Change.ID, "")
		_, err = s.Sync(context.Background(), maya, audit.Origin{}, changes.SyncRequest{ID: hosted, SyncType: "fullSync", Reason: "r", IdempotencyKey: "o"})
		equal(t, "the problem of a sync", kindOf(err), problem.Unavailable)
		s.mendRecord()
		equal(t, "PATCH requests", len(s.patches(hosted)), 0)
		equal(t, "intents", len(s.changesOf(hosted)), 0)
		result, err = s.Save(context.Background(), maya, audit.Origin{}, edit)
		check(t, err)
		equal(t, "the same form, once the record is mended", result.Change.Outcome, audit.Applied)
	})
}

// TestBusyDatabase holds SQLite's lock for as long as a save waits.
func TestBusyDatabase(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.SQLiteKind)
	s, other := open(t, databasetest.Open(t, address)), databasetest.Open(t, address)
	maya := s.signIn("maya")
	_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "1")) // gets the write scope
	check(t, err)
	edit := s.edit(hosted, connector.Version, "2")
	check(t, other.Write(context.Background(), func(*sql.Tx) error {
		start := time.Now()
		_, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
		equal(t, "the problem", kindOf(err), problem.Unavailable)
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("the save took %v", took)
		}
		_, err = s.InDoubt(context.Background())
		return err
	}))
	equal(t, "PATCH requests", len(s.patches(hosted)), 1)
	result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
	check(t, err)
	equal(t, "the same form, once the database is free", result.Change.Outcome, audit.Applied)
}

// TestOutcomeThatCannotBeRecorded is shown as in doubt, and recorded as what it is as soon as possible; or, if the process
// ends before that, resolved by reading.
func TestOutcomeThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	for name, dies := range map[string]bool{"the process lives": false, "the process dies": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				maya, tom := s.signIn("maya"), s.signIn("tom")
				edit := s.edit(hosted, connector.Version, "2")
				s.tenant.Faults.Next(patchOf(hosted), faults.Then(s.breakRecord, nil))
				result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
				check(t, err)
				equal(t, "the outcome that is shown", result.Change.Outcome, audit.InDoubt)
				check(t, s.Resolve(context.Background(), tom, audit.Origin{}, hosted))
				equal(t, "the outcome while nothing can be recorded", s.today(result.Change.ID).Outcome, audit.Pending)
				s.mendRecord()
				room, want := s.Service, []string{"edit pending", "edit applied"}
				if dies {
					room, want = s.replica(db), []string{"edit pending", "edit in_doubt", "resolved applied_observed"}
					s.clock.pass(35 * time.Second)
				}
				check(t, room.Resolve(context.Background(), tom, audit.Origin{}, hosted))
				equalLines(t, "the record", s.lines(result.Change.ID), want...)
				again, err := room.Save(context.Background(), maya, audit.Origin{}, edit)
				check(t, err)
				equal(t, "the same form again", again.Change.ID, result.Change.ID)
				equal(t, "PATCH requests", len(s.patches(hosted)), 1)
			})
		})
	}
}

// TestChangeOfADeadProcess is left alone while its process may be sending it, and then put in doubt; on SQLite at once.
func TestChangeOfADeadProcess(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		edit := s.edit(hosted, connector.Version, "2")
		s.tenant.Faults.Next(patchOf(hosted), faults.Then(s.breakRecord, nil))
		result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
		check(t, err)
		s.mendRecord()
		next := s.replica(db)
		check(t, next.Recover(context.Background()))
		if !db.Local() {
			equalLines(t, "the record at first", s.lines(result.Change.ID), "edit pending")
			s.clock.pass(34 * time.Second)
			check(t, next.ResolveAll(context.Background(), maya, audit.Origin{}))
			equalLines(t, "the record after 34 s", s.lines(result.Change.ID), "edit pending")
			s.clock.pass(time.Second)
			check(t, next.Recover(context.Background()))
		}
		equalLines(t, "the record", s.lines(result.Change.ID), "edit pending", "edit in_doubt")
		doubtful, err := next.Get(context.Background(), result.Change.ID)
		check(t, err)
		equal(t, "that nobody knows whether it was sent", doubtful.Orphaned(), true)
		// The first process was not dead after all, and knows the outcome.
		check(t, s.ResolveAll(context.Background(), maya, audit.Origin{}))
		equalLines(t, "the record in the end", s.lines(result.Change.ID), "edit pending", "edit in_doubt", "resolved applied")
	})
}

// TestBrowserGoesAwayBetweenIntentAndPatch: what was intended is sent and recorded all the same.
func TestBrowserGoesAwayBetweenIntentAndPatch(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		ctx, cancel := context.WithCancel(context.Background())
		s.tenant.Faults.Next(patchOf(hosted), faults.Then(cancel, faults.NoContent()))
		result, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "2"))
		check(t, err)
		equal(t, "the outcome", result.Change.Outcome, audit.Applied)
		equal(t, "that what is stored is known", result.Change.HasReturned, true)
		equalLines(t, "the record", s.lines(result.Change.ID), "edit pending", "edit applied")
		_, err = s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "3"))
		equal(t, "a request that has gone before anything was intended", kindOf(err), problem.Unavailable)
		equal(t, "PATCH requests", len(s.patches(hosted)), 1)
	})
}

// TestCommitWhoseAnswerIsLost cuts PostgreSQL's connection after it has committed the intent: nobody can know, so nothing is
// sent, and the change that may be there ends as not applied.
func TestCommitWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(databasetest.URL(t, databasetest.PostgresKind))
	check(t, err)
	cutter := newCutter(t, address.Host)
	address.Host = cutter.Addr().String()
	s := open(t, databasetest.Open(t, address.String()))
	maya := s.signIn("maya")
	_, err = s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "1")) // gets the write scope
	check(t, err)
	edit := s.edit(hosted, connector.Version, "2")
	edit.Reason = marked
	cutter.armed.Store(true)
	_, err = s.Save(context.Background(), maya, audit.Origin{}, edit)
	equal(t, "the problem", kindOf(err), problem.Unavailable)
	equal(t, "that a commit was cut", cutter.armed.Load(), false)
	ids := s.changesOf(hosted)
	if len(ids) != 2 {
		t.Fatalf("%d intents, want the one that was committed unseen among them", len(ids))
	}
	equalLines(t, "the record at first", s.lines(ids[1]), "edit pending")
	check(t, s.Resolve(context.Background(), maya, audit.Origin{}, hosted))
	equalLines(t, "the record", s.lines(ids[1]), "edit pending", "edit not_applied")
	_, err = s.Save(context.Background(), maya, audit.Origin{}, edit)
	equal(t, "the same form again", kindOf(err), problem.Unavailable)
	equal(t, "PATCH requests", len(s.patches(hosted)), 1)
}

// TestFullDatabase lets SQLite's file grow no more: what cannot be intended is not sent, and what was sent is known once
// there is room again.
func TestFullDatabase(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := open(t, db)
	maya := s.signIn("maya")
	ctx := context.Background()
	var pages int
	check(t, db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages))
	limit := func(pages int) {
		_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		check(t, err)
	}
	limit(pages + 8)
	refused := false
	for i := 0; i < 200 && !refused; i++ {
		id := s.tenant.Graph.Connectors()[i%40].ID
		sent := len(s.patches(id))
		result, err := s.Save(ctx, maya, audit.Origin{}, s.edit(id, connector.Version, fmt.Sprint("version ", i)))
		refused = err != nil
		if refused {
			equal(t, "the problem", kindOf(err), problem.Unavailable)
			equal(t, "PATCH requests of the refused edit", len(s.patches(id)), sent)
			equal(t, "its change", result.Change.ID, "")
		}
	}
	equal(t, "that the database was full in the end", refused, true)
	_, err := s.InDoubt(ctx)
	check(t, err)
	limit(1_000_000)
	check(t, s.ResolveAll(ctx, maya, audit.Origin{}))
	for _, each := range s.tenant.Graph.Connectors() {
		ids := s.changesOf(each.ID)
		equal(t, "intents of a connector", len(ids), len(s.patches(each.ID)))
		for _, id := range ids {
			equal(t, "the outcome", s.today(id).Outcome, audit.Applied)
		}
	}
}
