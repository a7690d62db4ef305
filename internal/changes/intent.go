package changes

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// intend commits what is about to be asked of Graph: the audit log's line and the change's row, in one transaction. Without
// it nothing is sent. seen is the connector's latest change before it was read. A change that comes back without an error
// is in flight: the caller has to remove it.
func (s *Service) intend(ctx context.Context, e errand, change Change, seen int64) (Change, error) {
	change.ID, change.Outcome, change.instance = s.NewID(), audit.Pending, s.Instance
	recording, cancel := within(ctx, intendWithin)
	defer cancel()
	parts, err := change.written()
	if err == nil { // a change that comes too late is refused before it makes others wait for the audit log's lock
		err = s.unmoved(recording, s.Database, change, seen)
	}
	if err != nil {
		return Change{}, notIntended(err)
	}
	s.inFlight.add(change.ID)
	var whole bool
	err = s.Database.WriteInTurn(recording, func(tx *sql.Tx) error {
		whole = false
		line, err := s.AuditLog.Append(recording, tx, s.line(e.Person, e.from, change, change.Action))
		if err != nil {
			return err
		}
		// The time counts from here, where the audit log's lock is had, and not from before the wait for it.
		change.Seq, change.IntendedAt = line.Seq, s.Now().UTC().Truncate(time.Microsecond)
		if err := insertChange(recording, tx, change, parts); err != nil {
			return err
		}
		if err := s.unmoved(recording, tx, change, seen); err != nil {
			return err
		}
		err = e.run.begin(recording, tx, change)
		whole = err == nil
		return err
	})
	if err == nil {
		return change, nil
	}
	if whole { // the commit itself went wrong, and may have been carried out all the same
		change.Outcome, change.failure = audit.NotApplied, wordsOf(unrecorded(err))
		s.keepUnrecorded(e.Person, e.from, change)
	}
	s.inFlight.remove(change.ID)
	return Change{}, notIntended(err)
}

// notIntended is the error of an intent that was not committed.
func notIntended(err error) error {
	switch {
	case errors.Is(err, errMoved), errors.Is(err, errKeySpent), errors.Is(err, ErrHeld):
		return err
	case errors.Is(err, audit.ErrBroken):
		return broken(err)
	}
	return unrecorded(err)
}

// MayBegin is nil while something new may be begun: not while the audit log is not what was signed. The log would refuse the intent in
// any case; this saves the reads before it.
func (s *Service) MayBegin() error {
	if s.AuditLog.Standing().Broken {
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
	return problem.New(problem.Unavailable, "The audit log cannot be written, so nothing was sent to Graph.").
		Saying("Switchboard changes nothing that it cannot record. What you typed is kept.").
		Advising("Try again in a minute. If it lasts, tell an administrator of Switchboard.").After(30 * time.Second).Because(errors.Join(errUnrecorded, err))
}

// unmoved checks that no other change of the connector was recorded since seen. It proves so inside the intent's
// transaction: the audit log's own lock admits one at a time, on all replicas together. A sync touches no property.
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

// latest is the connector's latest change that may have touched a property; it is zero where there is none. Of one that is not open
// it tells what it set and when.
func (s *Service) latest(ctx context.Context, connectorID string) (c Change, err error) {
	const last = `SELECT id, seq, once, outcome, settled_at, fields FROM changes
		WHERE lower(connector) = lower($1) AND action <> 'sync' ORDER BY seq DESC LIMIT 1`
	var settled int64
	var fields string
	err = s.Database.QueryRowContext(ctx, last, connectorID).Scan(&c.ID, &c.Seq, &c.idempotencyKey, &c.Outcome, &settled, &fields)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Change{}, nil
	case err != nil:
		return Change{}, fmt.Errorf("look for the latest change: %w", err)
	case c.Open():
		return s.byID(ctx, c.ID)
	}
	c.OutcomeAt = moment(settled)
	if err := json.Unmarshal([]byte(fields), &c.Fields); err != nil {
		return Change{}, fmt.Errorf("read the change %s: %w", c.ID, err)
	}
	return c, nil
}

// How long a save waits while another change of the same connector is on its way to Graph, and how often it looks.
const (
	waitForOthers = 5 * time.Second
	lookForOthers = 50 * time.Millisecond
	retrySoon     = 10 * time.Second
)

// waitForTurn waits until no other change of the connector is on its way, and returns the latest one. One that
// is in doubt, or that takes too long, is returned as what this one has to wait for. errKeySpent says that the other one is
// of the same form.
func (s *Service) waitForTurn(ctx context.Context, key, connectorID string) (seen, waiting Change, err error) {
	start := s.Now()
	for waited := time.Duration(0); ; waited += lookForOthers {
		other, err := s.latest(ctx, connectorID)
		if err != nil {
			return Change{}, Change{}, unrecorded(err)
		}
		if other.idempotencyKey == key {
			return Change{}, Change{}, errKeySpent
		}
		if !other.Open() {
			return other, Change{}, nil
		}
		if other, err = s.reconcile(ctx, other); err != nil {
			return Change{}, Change{}, unrecorded(err)
		}
		if other.Outcome == audit.InDoubt || other.Open() && max(waited, s.Now().Sub(start)) >= waitForOthers {
			return Change{}, other, nil
		}
		if err := s.Sleep(ctx, lookForOthers); err != nil {
			return Change{}, Change{}, problem.New(problem.Unavailable, "The request was given up before anything was sent.").Advising("Send the form again.").Because(err)
		}
	}
}

// byIdempotencyKey finds the change that spent a form's one-time id, as it stands today; spent is false where none did.
func (s *Service) byIdempotencyKey(ctx context.Context, p Person, key, connectorID string) (known Result, spent bool, err error) {
	const spentBy = `WHERE once = $1`
	if fresh, err := none(ctx, s.Database, spentBy, key); err == nil && fresh {
		return Result{}, false, nil
	}
	change, err := s.readOne(ctx, spentBy, key)
	switch {
	case err != nil:
		return Result{}, false, unrecorded(err)
	case !change.Actor.Is(p.Actor()), !connector.SameID(change.Connector, connectorID):
		return Result{}, true, problem.New(problem.BadRequest, "This form was sent before, for something else.").
			Saying("Nothing was sent to Graph.").Advising("Open the form again.")
	}
	if change, err = s.reconcile(ctx, change); err != nil {
		return Result{}, false, unrecorded(err)
	}
	change.Repeated = true
	return Result{Change: change, Connector: change.Returned}, true, change.problem(nil)
}

// line is the audit log's line about the change as it stands. p is the person whose answer or read tells, nil for none.
func (s *Service) line(p Person, from audit.Origin, change Change, action audit.Action) audit.Entry {
	from.Build = s.Build
	entry := audit.Entry{
		ID: change.ID, Action: action, Actor: change.Actor, Connector: change.Connector, Fields: change.Fields,
		Reason: change.Reason, Outcome: change.Outcome,
		SyncType: change.SyncType, Further: audit.Further{Run: change.Run, Observed: change.Observed}, Origin: from,
	}
	if !change.SyncEnded.IsZero() {
		entry.SyncedAt = &change.SyncedAt
	}
	if p != nil {
		entry.Origin.SessionHash, entry.Origin.RoleSource = p.SessionHash(), p.RolesSource()
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
