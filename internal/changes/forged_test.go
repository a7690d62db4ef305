package changes_test

import (
	"context"
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

// TestForgedRowIsNotToldAsTrue: whatever somebody writes into the table of changes, a change is told as its lines have it, and
// the audit log counts as broken from that line on: for everybody who looks at the change, and for the regular check.
func TestForgedRowIsNotToldAsTrue(t *testing.T) {
	t.Parallel()
	for name, forgery := range map[string]string{
		"actor":       `actor = replace(actor, 'Maya', 'Tom')`,
		"actor's oid": `actor = replace(actor, '"OID":"', '"OID":"f')`,
		"outcome":     `outcome = 'rejected'`,
		"run":         `run = 'another'`,
		"doubt":       `outcome = 'in_doubt'`,
		"reason":      `reason = 'because'`,
		"connector":   `connector = 'other'`,
		"action":      `action = 'revert'`,
		"fields":      `fields = replace(fields, '16.1', '16.2')`,
		"status":      `graph_status = 403`,
		"request id":  `graph_request_id = 'none'`,
		"number":      `seq = 2`,
		"resolver":    `resolver = '{"OID":"o","TID":"t","Name":"Tom"}'`,
		"closing":     `closing = 'given up'`,
		"time":        `intended_at = 1`,
		"no failure":  `failure = 'x'`,
		"no actor":    `actor = '{'`,
		"no fields":   `fields = '7'`,
		"no object":   `returned = '[1]'`,
		"no resolver": `resolver = 'x'`,
	} {
		for _, kind := range databasetest.Kinds() {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.Open(t, databasetest.URL(t, kind)))
				maya := s.signIn("maya")
				saved, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "16.1"))
				check(t, err)
				s.forged = true
				forge(t, s.db, "UPDATE changes SET "+forgery)
				other := s.recordOf(s.db)
				told, err := s.Get(context.Background(), saved.Change.ID)
				check(t, err)
				equal(t, "who", told.Actor.Name, saved.Change.Actor.Name)
				equal(t, "what became of it", told.Outcome, saved.Change.Outcome)
				equal(t, "why", told.Reason, saved.Change.Reason)
				equal(t, "the connector", told.Connector, saved.Change.Connector)
				equal(t, "what was asked", told.Fields[0].Requested.Text(), "16.1")
				equal(t, "the status", told.GraphStatus, saved.Change.GraphStatus)
				equal(t, "that the record is broken", s.AuditLog.Standing().Broken, true)
				check(t, other.Check(context.Background()))
				equal(t, "that a check finds it", other.Standing().Broken, true)
				_, err = s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "17"))
				equal(t, "a save then", kindOf(err), problem.Unavailable)
				_, err = s.Sync(context.Background(), maya, audit.Origin{}, s.syncOf(hosted))
				equal(t, "a sync then", kindOf(err), problem.Unavailable)
				equal(t, "the PATCHes", len(s.patches(hosted)), 1)
			})
		}
	}
}

// TestRowWithoutLinesIsNoChange: it is not shown, and neither is one whose row is gone taken for none.
func TestRowWithoutLinesIsNoChange(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		saved, err := s.Save(context.Background(), s.signIn("maya"), audit.Origin{}, s.edit(hosted, connector.Version, "16.1"))
		check(t, err)
		s.forged = true
		forge(t, db, `UPDATE changes SET id = '00000000-0000-4000-8000-000000000001'`)
		_, err = s.Get(context.Background(), "00000000-0000-4000-8000-000000000001")
		equal(t, "a change that never was", kindOf(err), problem.NotFound)
		equal(t, "that the record is broken", s.AuditLog.Standing().Broken, true)
		other := s.recordOf(db)
		forge(t, db, `DELETE FROM changes`)
		check(t, other.Check(context.Background()))
		equal(t, "the line of the row that is gone", other.Standing().First, saved.Change.Seq)
	})
}

// recordOf is the audit log as a program that starts anew has it.
func (s *site) recordOf(db *database.DB) *audit.Log {
	s.t.Helper()
	record, err := audit.New(audit.Options{Database: db, SignerKey: s.signer, Now: s.clock.Now})
	check(s.t, err)
	changes.New(changes.Options{Database: db, AuditLog: record})
	return record
}

func forge(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(context.Background(), statement)
	check(t, err)
}

// TestForgedDoubtIsNotSigned: what becomes of a change in doubt is found out and told of the change that its lines tell of, whatever
// somebody has written into its row meanwhile. Nothing of theirs is signed, and the audit log counts as broken.
func TestForgedDoubtIsNotSigned(t *testing.T) {
	t.Parallel()
	for name, forgery := range map[string]string{
		"what was asked":  `fields = replace(fields, 'asked', 'theirs')`,
		"what was before": `fields = replace(fields, '"before":"', '"before":"not ')`,
		"who":             `actor = replace(actor, 'Maya', 'Tom')`,
		"why":             `reason = 'the boss said so'`,
		"a run":           `run = '00000000-0000-4000-8000-000000000001'`,
		"the action":      `action = 'sync', detail = 'fullSync'`,
	} {
		for _, kind := range databasetest.Kinds() {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.Open(t, databasetest.URL(t, kind)))
				change := s.lost(s.signIn("maya"), hosted, "asked", faults.Reset())
				tom := s.signIn("tom")
				s.set(hosted, connector.Version, "theirs")
				s.forged = true
				forge(t, s.db, "UPDATE changes SET "+forgery)
				s.clock.pass(time.Second)
				check(t, s.Resolve(context.Background(), tom, audit.Origin{}, hosted))
				equal(t, "that the record is broken", s.AuditLog.Standing().Broken, true)
				lines, err := s.record.Of(context.Background(), change.ID)
				check(t, err)
				intent, last := lines[0], lines[len(lines)-1]
				equal(t, "what became of it", last.Outcome, audit.Superseded)
				equal(t, "the action", string(last.Action), string(audit.Resolved))
				equal(t, "the reason", last.Reason, intent.Reason)
				equal(t, "the run", last.Run, intent.Run)
				equal(t, "what was asked", last.Fields[0].Requested.Text(), "asked")
				equal(t, "what was before", last.Fields[0].Before.Text(), intent.Fields[0].Before.Text())
			})
		}
	}
}

// TestForgedTimesSettleNothing: whether a change was not applied rests on two reads of which the second comes after settle, counted from
// the times that its lines have.
func TestForgedTimesSettleNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		change := s.lost(s.signIn("maya"), hosted, "asked", faults.Reset())
		tom := s.signIn("tom")
		s.forged = true
		forge(t, db, `UPDATE changes SET settled_at = 1, looked_at = 1`)
		s.clock.pass(time.Second)
		check(t, s.Resolve(context.Background(), tom, audit.Origin{}, hosted))
		equal(t, "the outcome after one look", s.today(change.ID).Outcome, audit.InDoubt)
	})
}
