package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// intend commits what is about to be asked of Graph: the record's line and the change's row, in one transaction. Without
// it nothing is sent. seen is the connector's latest change before it was read. A change that comes back without an error
// is aloft: whoever called has to land it.
func (s *Service) intend(ctx context.Context, p Person, from Origin, d draft, seen int64) (Change, error) {
	change := Change{
		ID: s.NewID(), Connector: d.connector, Action: d.action, SyncType: d.syncType, Reason: d.reason, Reverts: d.reverts,
		Actor: d.actor, Fields: d.fields, Others: d.others, Outcome: audit.Pending, syncBefore: d.syncBefore, once: d.once, instance: s.Instance,
	}
	recording, cancel := within(ctx, intendWithin)
	defer cancel()
	// Those who come too late are told so before they make others wait for the record's lock.
	if err := s.stillClear(recording, change, seen); err != nil {
		return Change{}, err
	}
	s.flights.takeOff(change.ID)
	whole := false
	err := s.Database.Write(recording, func(tx *sql.Tx) error {
		whole = false
		line, err := s.Record.Append(recording, tx, s.line(p, from, change, change.Action))
		if err != nil {
			return err
		}
		// The time counts from here, where the record's lock is had, and not from before the wait for it.
		change.Seq, change.IntendedAt = line.Seq, s.Now().UTC().Truncate(time.Microsecond)
		if err := insertChange(recording, tx, change); err != nil {
			return err
		}
		if err := s.unmoved(recording, tx, change, seen); err != nil {
			return err
		}
		whole = true
		return nil
	})
	if err == nil {
		return change, nil
	}
	if whole { // the commit itself went wrong, and may have been carried out all the same
		change.Outcome, change.failure = audit.NotApplied, wordsOf(unrecorded(err))
		s.owe(p, from, change)
	}
	s.flights.land(change.ID)
	return Change{}, notIntended(err)
}

func (s *Service) stillClear(ctx context.Context, change Change, seen int64) error {
	var spent int
	if err := s.Database.QueryRowContext(ctx, `SELECT count(*) FROM changes WHERE once = $1`, change.once).Scan(&spent); err != nil {
		return unrecorded(err)
	}
	if spent > 0 {
		return errSpent
	}
	if err := s.unmoved(ctx, s.Database, change, seen); err != nil {
		return notIntended(err)
	}
	return nil
}

// notIntended is the error of an intent that was not committed.
func notIntended(err error) error {
	switch {
	case errors.Is(err, errMoved), errors.Is(err, errSpent):
		return err
	case errors.Is(err, audit.ErrBroken):
		return broken(err)
	}
	return unrecorded(err)
}

// mayBegin refuses what is only about to be done while the record is not what was signed. The record refuses the intent in
// any case; this spares Graph the reads.
func (s *Service) mayBegin() error {
	if s.Record.Standing().Broken {
		return broken(audit.ErrBroken)
	}
	return nil
}

func broken(err error) problem.Problem {
	return problem.New(problem.Unavailable, "The audit log does not match its checkpoint, so nothing new is begun.").
		Saying("Nothing was sent to Graph. What you typed is kept.").
		Advising("Tell the people who run Switchboard: somebody may have changed the log past it.").After(time.Minute).Because(err)
}

func unrecorded(err error) problem.Problem {
	return problem.New(problem.Unavailable, "The record cannot be written, so nothing was sent to Graph.").
		Saying("Switchboard changes nothing that it cannot record. What you typed is kept.").
		Advising("Try again in a minute. If it lasts, tell an administrator of Switchboard.").After(30 * time.Second).Because(err)
}

// unmoved checks that no other change of the connector was recorded since seen. It proves so inside the intent's
// transaction: the record's own lock lets one at a time come there, on whichever replica. A sync touches no property.
func (s *Service) unmoved(ctx context.Context, q queryer, change Change, seen int64) error {
	if change.Action == audit.Sync {
		return nil
	}
	var seq int64
	var outcome audit.Outcome
	const other = `SELECT seq, outcome FROM changes WHERE lower(connector) = lower($1) AND action <> 'sync' AND id <> $2 ORDER BY seq DESC LIMIT 1`
	err := q.QueryRowContext(ctx, other, change.Connector, change.ID).Scan(&seq, &outcome)
	switch {
	case errors.Is(err, sql.ErrNoRows) && seen == 0:
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("look for other changes: %w", err)
	case seq != seen, Change{Outcome: outcome}.Open():
		return errMoved
	}
	return nil
}

// latest is the connector's latest change that may have touched a property; it is zero where there is none.
func latest(ctx context.Context, q queryer, connectorID string) (Change, error) {
	change, err := one(ctx, q, `WHERE lower(connector) = lower($1) AND action <> 'sync' ORDER BY seq DESC LIMIT 1`, connectorID)
	if errors.Is(err, errUnknown) {
		return Change{}, nil
	}
	return change, err
}

// How long a save waits while another change of the same connector is on its way to Graph, and how often it looks.
const (
	waitForOthers = 5 * time.Second
	lookForOthers = 50 * time.Millisecond
	retrySoon     = 10 * time.Second
)

// clear waits until no other change of the connector is on its way, and returns the number of the latest one. One that
// is in doubt, or that takes too long, is returned as what this one has to wait for. errSpent says that the other one is
// of the same form.
func (s *Service) clear(ctx context.Context, once, connectorID string) (seen int64, waiting Change, err error) {
	start := time.Now()
	for waited := time.Duration(0); ; waited += lookForOthers {
		other, err := latest(ctx, s.Database, connectorID)
		if err != nil {
			return 0, Change{}, unrecorded(err)
		}
		if other.once == once {
			return 0, Change{}, errSpent
		}
		if !other.Open() {
			return other.Seq, Change{}, nil
		}
		if other, err = s.aged(ctx, other); err != nil {
			return 0, Change{}, unrecorded(err)
		}
		if other.Outcome == audit.InDoubt || other.Open() && max(waited, time.Since(start)) >= waitForOthers {
			return 0, other, nil
		}
		if err := s.Sleep(ctx, lookForOthers); err != nil {
			return 0, Change{}, problem.New(problem.Unavailable, "The request was given up before anything was sent.").Advising("Send the form again.").Because(err)
		}
	}
}

// byOnce finds the change that spent a form's one-time id, as it stands today; spent is false where none did.
func (s *Service) byOnce(ctx context.Context, p Person, once, connectorID string) (known Result, spent bool, err error) {
	change, err := one(ctx, s.Database, `WHERE once = $1`, once)
	switch {
	case errors.Is(err, errUnknown):
		return Result{}, false, nil
	case err != nil:
		return Result{}, false, unrecorded(err)
	case !change.Actor.Is(p.Actor()), !connector.SameID(change.Connector, connectorID):
		return Result{}, true, problem.New(problem.BadRequest, "This form was sent before, for something else.").
			Saying("Nothing was sent to Graph.").Advising("Open the form again.")
	}
	if change, err = s.aged(ctx, change); err != nil {
		return Result{}, false, unrecorded(err)
	}
	change.Repeated = true
	return Result{Change: change, Connector: change.Returned}, true, change.problem(nil)
}

// line is the record's line about the change as it stands. p is whose answer or read tells; nil where nobody's does.
func (s *Service) line(p Person, from Origin, change Change, action audit.Action) audit.Entry {
	entry := audit.Entry{
		ID: change.ID, Action: action, Actor: change.Actor, Connector: change.Connector, Fields: change.Fields,
		Reason: change.Reason, Outcome: change.Outcome,
		SyncType: change.SyncType, Context: audit.Context{ClientAddress: from.Address, Build: s.Build},
	}
	if !change.SyncEnded.IsZero() {
		entry.SyncedAt = &change.SyncedAt
	}
	if p != nil {
		entry.Context.SessionHash, entry.Context.RoleSource = p.SessionHash(), p.RolesSource()
		entry.Actor = actorOf(p, change)
	}
	if change.Closing != "" {
		entry.Reason = change.Closing
	}
	answered := change.GraphStatus != 0 || change.Outcome == audit.InDoubt && p != nil
	if change.Outcome != audit.Pending && change.Resolver.OID == "" && answered {
		entry.Graph = &audit.Graph{Status: change.GraphStatus, RequestID: change.GraphRequestID, ClientRequestID: change.ID}
		if change.Outcome == audit.Rejected {
			entry.Graph.Message = change.failure.Quote
		}
	}
	return entry
}

// actorOf is the person who acts: for an intent and its own outcome the one who wanted it, whatever a refresh changed.
func actorOf(p Person, change Change) access.Actor {
	if actor := p.Actor(); !actor.Is(change.Actor) {
		return actor
	}
	return change.Actor
}
