package changes

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/problem"
)

// intend commits what is about to be asked of Graph: the record's line and the change's row, in one transaction. Without
// it nothing is sent. seen is the connector's latest change before it was read.
func (s *Service) intend(ctx context.Context, p Person, from Origin, d draft, seen int64) (Change, error) {
	change := Change{
		ID: s.NewID(), Connector: d.connector, Action: d.action, SyncType: d.syncType, Reason: d.reason, Actor: d.actor,
		Fields: d.fields, Outcome: audit.Pending, IntendedAt: s.Now().UTC(), instance: s.Instance,
	}
	err := s.Database.Write(ctx, func(tx *sql.Tx) error {
		line, err := s.Record.Append(ctx, tx, s.line(p, from, change, change.Action))
		if err != nil {
			return err
		}
		change.Seq = line.Seq
		if err := s.unmoved(ctx, tx, change, seen); err != nil {
			return err
		}
		return insertChange(ctx, tx, d.once, change)
	})
	switch {
	case errors.Is(err, errMoved), errors.Is(err, errSpent):
		return Change{}, err
	case err != nil:
		return Change{}, unrecorded(err)
	}
	return change, nil
}

func unrecorded(err error) error {
	return problem.New(problem.Unavailable, "The record cannot be written, so nothing was sent to Graph.").
		Saying("Switchboard changes nothing that it cannot record. What you typed is kept.").
		Advising("Try again in a minute. If it lasts, tell whoever runs Switchboard.").After(30 * time.Second).Because(err)
}

// unmoved checks, inside the intent's transaction, that no other change of the connector was recorded since seen. The
// record's own lock lets one transaction at a time come here, on whichever replica. A sync touches no property.
func (s *Service) unmoved(ctx context.Context, tx *sql.Tx, change Change, seen int64) error {
	if change.Action == audit.Sync {
		return nil
	}
	latest, err := latest(ctx, tx, change.Connector)
	if err != nil {
		return err
	}
	if latest.Seq != seen || latest.Open() {
		return errMoved
	}
	return nil
}

// latest is the connector's latest change that may have touched a property; it is zero where there is none.
func latest(ctx context.Context, q queryer, connectorID string) (Change, error) {
	change, err := one(ctx, q, `WHERE connector = $1 AND action <> 'sync' ORDER BY seq DESC LIMIT 1`, connectorID)
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
// is in doubt, or that takes too long, is returned as what this one has to wait for.
func (s *Service) clear(ctx context.Context, connectorID string) (seen int64, waiting Result, err error) {
	patience := time.NewTimer(waitForOthers)
	defer patience.Stop()
	for {
		other, err := latest(ctx, s.Database, connectorID)
		if err != nil {
			return 0, Result{}, unrecorded(err)
		}
		if !other.Open() {
			return other.Seq, Result{}, nil
		}
		if other.Outcome == audit.InDoubt {
			return 0, Result{State: Waiting, Change: other}, nil
		}
		select {
		case <-time.After(lookForOthers):
		case <-patience.C:
			return 0, Result{State: Waiting, Change: other}, nil
		case <-ctx.Done():
			return 0, Result{}, problem.New(problem.Unavailable, "The request was given up before anything was sent.").Because(ctx.Err())
		}
	}
}

// conclude commits an outcome: a line of the record and the change's row, in one transaction. The actor of the line is
// the person whose token found the outcome out.
func (s *Service) conclude(ctx context.Context, p Person, from Origin, change *Change, action audit.Action) error {
	change.SettledAt = s.Now().UTC()
	return s.Database.Write(ctx, func(tx *sql.Tx) error {
		if _, err := s.Record.Append(ctx, tx, s.line(p, from, *change, action)); err != nil {
			return err
		}
		return concludeChange(ctx, tx, *change)
	})
}

// line is the record's line about the change as it stands.
func (s *Service) line(p Person, from Origin, change Change, action audit.Action) audit.Entry {
	entry := audit.Entry{
		ID: change.ID, Action: action, Actor: change.Actor, Connector: change.Connector, Fields: change.Fields,
		Reason: change.Reason, Outcome: change.Outcome,
		Context: audit.Context{ClientAddress: from.Address, Build: s.Build},
	}
	if change.Outcome != audit.Pending {
		entry.Graph = &audit.Graph{Status: change.GraphStatus, RequestID: change.GraphRequestID, ClientRequestID: change.ID}
	}
	if p != nil {
		entry.Context.SessionHash = p.SessionHash()
		entry.Actor = actorOf(p, change)
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

// byOnce finds the change that spent a form's one-time id; the zero Result says that it has not been spent.
func (s *Service) byOnce(ctx context.Context, p Person, once, connectorID string) (Result, error) {
	change, err := one(ctx, s.Database, `WHERE once = $1`, once)
	switch {
	case errors.Is(err, errUnknown):
		return Result{}, nil
	case err != nil:
		return Result{}, unrecorded(err)
	case !change.Actor.Is(p.Actor()), change.Connector != connectorID:
		return Result{}, problem.New(problem.BadRequest, "This form was sent before, for something else.").
			Saying("Nothing was sent to Graph.").Advising("Open the form again.")
	}
	return Result{Change: change, Connector: change.Returned}, change.problem(nil)
}
