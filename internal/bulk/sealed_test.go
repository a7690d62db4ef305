package bulk_test

import (
	"context"
	"errors"
	"testing"

	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
)

// TestForgedRunSendsNothing: a run goes on by somebody's token, so that nothing is sent of one that somebody has written into the
// database, or of a row that asks for something else than its review showed.
func TestForgedRunSendsNothing(t *testing.T) {
	t.Parallel()
	for name, forgery := range map[string]string{
		"what is asked":    `UPDATE bulk_rows SET fields = replace(fields, '9.9.', '6.6.')`,
		"what was shown":   `UPDATE bulk_rows SET shown = replace(shown, '"version"', '"serverName"')`,
		"which connector":  `UPDATE bulk_rows SET connector = 'other ' || position`,
		"rows of no seal":  `UPDATE bulk_rows SET sealed = ''`,
		"which row":        `UPDATE bulk_rows SET position = position + 10`,
		"why":              `UPDATE bulk_runs SET reason = 'the boss said so'`,
		"a sync":           `UPDATE bulk_runs SET sync_type = 'fullSync'`,
		"who":              `UPDATE bulk_runs SET holder = replace(holder, 'Maya', 'Tom')`,
		"a run of no seal": `UPDATE bulk_runs SET sealed = ''`,
	} {
		for _, kind := range databasetest.Kinds() {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.Open(t, databasetest.URL(t, kind)))
				r, maya := s.replica(), s.signIn("maya")
				run := r.begin(maya, s.ids(2))
				s.forge(forgery)
				r.work()
				paused := r.becomes(run.ID, bulk.Paused)
				equal(t, "why it pauses", paused.Pause.Why, bulk.NotProven)
				equal(t, "the requests", len(s.patches()), 0)
				_, err := r.Resume(context.Background(), maya.Actor(), run.ID)
				if said, refused := errors.AsType[problem.Problem](err); refused {
					equal(t, "what a resuming is told", said.Kind(), problem.Conflict)
				} else {
					check(t, err)
					r.becomes(run.ID, bulk.Paused)
				}
				equal(t, "the requests after that", len(s.patches()), 0)
				_, err = r.Stop(context.Background(), maya.Actor(), run.ID)
				check(t, err)
			})
		}
	}
}

// TestRunThatIsOverStaysOver: neither a run that was done nor one that was stopped goes on because somebody writes so, and a row that
// was sent is not sent again.
func TestRunThatIsOverStaysOver(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(1)
		before := s.holds(ids[0], connector.Version)
		stopped := r.begin(maya, ids)
		_, err := r.Stop(context.Background(), maya.Actor(), stopped.ID)
		check(t, err)
		r.work()
		s.forge(`UPDATE bulk_runs SET state = 'running', ended_at = 0`)
		equal(t, "why a stopped one pauses", r.becomes(stopped.ID, bulk.Paused).Pause.Why, bulk.NotProven)
		_, err = r.Stop(context.Background(), maya.Actor(), stopped.ID)
		check(t, err)
		done := r.begin(maya, ids)
		var seal string
		check(t, db.QueryRowContext(context.Background(), `SELECT sealed FROM bulk_runs WHERE id = $1`, done.ID).Scan(&seal))
		r.becomes(done.ID, bulk.Done)
		s.forged = true
		equal(t, "the requests", len(s.patches()), 1)
		s.set(ids[0], connector.Version, before)
		s.forge(`UPDATE bulk_runs SET sealed = '`+seal+`' WHERE id = '`+done.ID+`'`, `UPDATE bulk_rows SET outcome = 'waiting' WHERE run = '`+done.ID+`'`,
			`UPDATE bulk_runs SET state = 'running', ended_at = 0 WHERE id = '`+done.ID+`'`)
		equal(t, "why one that was done pauses", r.becomes(done.ID, bulk.Paused).Pause.Why, bulk.NotProven)
		equal(t, "the requests in the end", len(s.patches()), 1)
	})
}

// TestForgedOutcomeOfARowIsNamed: what a run's page counts is what its changes came to.
func TestForgedOutcomeOfARowIsNamed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		run := r.begin(maya, s.ids(2))
		r.work()
		r.becomes(run.ID, bulk.Done)
		s.record.Beside(r.Differing)
		check(t, s.record.Check(context.Background()))
		equal(t, "that the record is broken before", s.record.Standing().Broken, false)
		s.forged = true
		s.forge(`UPDATE bulk_rows SET outcome = 'rejected' WHERE position = 2`, `UPDATE bulk_rows SET change = '' WHERE position = 1`)
		check(t, s.record.Check(context.Background()))
		equal(t, "that the record is broken", s.record.Standing().Broken, true)
		for _, row := range r.rows(run.ID) {
			equal(t, "that a row without its change is unproven", row.Unproven, row.Position == 1)
		}
	})
}

// forge does what somebody can who writes to the database.
func (s *site) forge(statements ...string) {
	s.t.Helper()
	for _, statement := range statements {
		_, err := s.db.ExecContext(context.Background(), statement)
		check(s.t, err)
	}
}
