package changes

import (
	"context"
	"errors"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/graphclient"
	"switchboard/problem"
)

// Origin is where a request came from, for the record.
type Origin struct {
	// Address is the client's.
	Address string
}

// Save asks Graph for what the person changed, and returns what became of it. An error is a problem.Problem: nothing was
// sent, or Graph refused it; Result.Change then tells which change was recorded, if any.
func (s *Service) Save(ctx context.Context, p Person, from Origin, edit connector.Edit) (Result, error) {
	if err := mayEdit(p); err != nil {
		return Result{}, err
	}
	if known, err := s.byOnce(ctx, p, edit.Once, edit.ID); err != nil || known.State == Recorded && known.Change.ID != "" {
		return known, err
	}
	if err := s.check(edit); err != nil {
		return Result{}, err
	}
	for deadline := s.Now().Add(waitForOthers); ; {
		result, err := s.attempt(ctx, p, from, edit)
		if !errors.Is(err, errMoved) {
			return result, err
		}
		if s.Now().After(deadline) {
			return Result{}, problem.New(problem.Unavailable, "Other changes of this connector keep coming in.").
				Saying("Nothing was sent to Graph, and what you typed is kept.").After(5 * time.Second)
		}
	}
}

// check refuses what no Graph could be asked for.
func (s *Service) check(edit connector.Edit) error {
	faults := edit.Faults()
	if s.RequireReason && edit.LacksReason() && len(edit.Changed()) > 0 {
		faults = append(faults, connector.Fault{Field: connector.Reason, Message: reasonWanted})
	}
	return invalid(faults)
}

const reasonWanted = "Say why, for instance with a ticket number. The reason is kept in the record."

func invalid(faults []connector.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	fields := make([]problem.Field, len(faults))
	for i, fault := range faults {
		fields[i] = problem.Field{Name: fault.Field, Message: fault.Message}
	}
	return problem.New(problem.Invalid, "Some fields have to be corrected.").
		Saying("Nothing has been sent and what you typed is kept.").At(fields...)
}

func mayEdit(p Person) error {
	if p.Actor().May(access.Edit) {
		return nil
	}
	return problem.New(problem.Forbidden, "You may not edit connectors.").Saying("Nothing was sent to Graph.").
		Advising("Ask an administrator of Switchboard: editing needs the admin role.")
}

// attempt is one round of read, compare, intend, send. errMoved asks for another round: a change of ours came between
// the read and the intent, so what was read may be old.
func (s *Service) attempt(ctx context.Context, p Person, from Origin, edit connector.Edit) (Result, error) {
	seen, waiting, err := s.clear(ctx, edit.ID)
	if err != nil || waiting.Change.ID != "" {
		return waiting, err
	}
	now, err := s.Graph.For(p).Get(ctx, edit.ID)
	if err != nil {
		return Result{}, unread(err)
	}
	result := compare(edit, now)
	if result.State != Ready {
		return result, nil
	}
	// A role can be taken away while a form is open, so it is read anew with the token that may write.
	actor, err := p.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	change, err := s.intend(ctx, p, from, s.draft(actor, edit, result.Merge.Send), seen)
	if errors.Is(err, errSpent) {
		return s.byOnce(ctx, p, edit.Once, edit.ID)
	}
	if err != nil {
		return Result{}, err
	}
	result.State = Recorded
	result.Change, err = s.send(ctx, p, from, change)
	if result.Change.HasReturned {
		result.Connector = result.Change.Returned
	}
	return result, err
}

func (s *Service) draft(actor access.Actor, edit connector.Edit, fields []connector.Field) draft {
	action := audit.Edit
	if edit.Reverts != "" {
		action = audit.Revert
	}
	return draft{once: edit.Once, connector: edit.ID, action: action, reason: edit.Reason, fields: fields, actor: actor}
}

// send issues the PATCH of a committed intent, once, and commits what became of it.
func (s *Service) send(ctx context.Context, p Person, from Origin, change Change) (Change, error) {
	sending, cancel := within(ctx, sendWithin)
	defer cancel()
	answer, err := s.Graph.For(p).Patch(sending, change.Connector, change.Fields, change.ID)
	settled := change.answered(answer, err)
	if settled.Outcome == audit.Applied && !settled.HasReturned {
		settled = s.observe(ctx, p, settled)
	}
	return s.settle(ctx, p, from, settled, err)
}

// observe reads what is stored, after an answer that says 'done' and does not show the object.
func (s *Service) observe(ctx context.Context, p Person, change Change) Change {
	reading, cancel := within(ctx, observeWithin)
	defer cancel()
	stored, err := s.Graph.For(p).Get(reading, change.Connector)
	if err != nil {
		s.Log.WarnContext(ctx, "the values stored by a change could not be read", "change", change.ID, "error", err.Error())
		return change
	}
	return change.returning(stored)
}

func (c Change) returning(stored connector.Connector) Change {
	c.Returned, c.HasReturned = stored, true
	c.Fields = connector.Settle(c.Fields, stored)
	return c
}

// settle commits the outcome. Where it cannot be committed the change stays pending, and is found again as in doubt.
func (s *Service) settle(ctx context.Context, p Person, from Origin, change Change, cause error) (Change, error) {
	recording, cancel := within(ctx, recordWithin)
	defer cancel()
	if err := s.conclude(recording, p, from, &change, change.Action); err != nil {
		s.Log.ErrorContext(ctx, "the outcome of a change could not be recorded; it will be found out by reading",
			"change", change.ID, "outcome", change.Outcome, "error", err.Error())
		change.Outcome = audit.InDoubt
		return change, nil
	}
	s.Log.InfoContext(ctx, "change", "change", change.ID, "connector", change.Connector, "action", change.Action,
		"outcome", change.Outcome, "graph_status", change.GraphStatus, "graph_request_id", change.GraphRequestID)
	return change, change.problem(cause)
}
