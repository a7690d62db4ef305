package changes

import (
	"context"
	"errors"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Origin is where a request came from, for the record.
type Origin struct {
	// Address is the client's.
	Address string
}

const (
	// roundsWithin is how long a save reads anew because other changes of the connector keep coming in.
	roundsWithin = 10 * time.Second
	// freshFor is how old the values that an edit is compared with may be when it is sent.
	freshFor = 2 * time.Second
)

// Save asks Graph for what the person changed, and returns what became of it. An error is a problem.Problem: nothing was
// sent, or Graph refused it; Result.Change then tells which change was recorded, if any. Where Graph itself refused it as
// one that met another, the state is Conflicted and the merge is with what Graph holds since. The same one-time id again
// gets what became of the first.
func (s *Service) Save(ctx context.Context, p Person, from Origin, edit connector.Edit) (Result, error) {
	result, err := s.save(ctx, p, from, edit)
	var said problem.Problem
	if result.Change.Outcome != audit.Rejected || !errors.As(err, &said) || said.Kind() != problem.Conflict {
		return result, err
	}
	reading, cancel := within(ctx, lookWithin)
	defer cancel()
	now, unread := s.Graph.For(p).Get(reading, edit.ID)
	if unread != nil {
		s.Log.WarnContext(ctx, "what a change met could not be read", "change", result.Change.ID, "error", unread.Error())
		return result, err
	}
	result.State, result.Merge, result.Connector = Conflicted, edit.Merge(now), now.Spelt(edit.ID)
	result.Merge.Others = s.byOthers(reading, p.Actor(), now, result.Merge.Others)
	return result, err
}

func (s *Service) save(ctx context.Context, p Person, from Origin, edit connector.Edit) (Result, error) {
	if err := mayEdit(p); err != nil {
		return Result{}, err
	}
	if err := spendable(edit.Once); err != nil {
		return Result{}, err
	}
	if known, spent, err := s.byOnce(ctx, p, edit.Once, edit.ID); err != nil || spent {
		return known, err
	}
	if err := s.mayBegin(); err != nil {
		return Result{}, err
	}
	if err := s.check(edit); err != nil {
		return Result{}, err
	}
	reverted, err := s.reverted(ctx, edit)
	if err != nil {
		return Result{}, err
	}
	end := s.Now().Add(roundsWithin)
	for round := 1; ; round++ {
		result, err := s.attempt(ctx, p, from, edit, reverted)
		switch {
		case errors.Is(err, errMoved) && (round < 3 || s.Now().Before(end)):
			continue
		case errors.Is(err, errMoved):
			err = problem.New(problem.Unavailable, "Other changes of this connector keep coming in.").
				Saying("Nothing was sent to Graph, and what you typed is kept.").Advising("Wait a moment, then save it again.").After(5 * time.Second)
		case errors.Is(err, errSpent), err == nil && result.State != Recorded:
			// The same form may have come in twice at once, and what stands in the way be its own change.
			if known, spent, err := s.byOnce(ctx, p, edit.Once, edit.ID); err != nil || spent {
				return known, err
			}
		}
		return result, err
	}
}

// spendable refuses what no form of ours sends.
func spendable(once string) error {
	if once == "" {
		return problem.New(problem.BadRequest, "A part of this form that the page hides did not arrive.").
			Saying("Nothing was sent to Graph.").Advising("Open the form again.")
	}
	return nil
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
	return problem.New(problem.Forbidden, "You may not edit connectors.").Behind(problem.Role).Saying("Nothing was sent to Graph.").
		Advising("Editing needs the role admin. Ask an administrator of Switchboard for it.")
}

// attempt is one round of read, compare, intend, send. errMoved asks for another round: what was read may be old, since a
// change of ours came between, or time passed.
func (s *Service) attempt(ctx context.Context, p Person, from Origin, edit connector.Edit, reverted Change) (Result, error) {
	seen, waiting, err := s.clear(ctx, edit.Once, edit.ID)
	if err != nil {
		return Result{}, err
	}
	if waiting.ID != "" {
		return Result{State: Waiting, Change: waiting}, nil
	}
	now, read, err := s.caughtUp(ctx, p, edit)
	if err != nil {
		return Result{}, unread(err)
	}
	result := s.compare(ctx, p, edit, now)
	if result.State != Ready {
		return result, nil
	}
	// A role can be taken away while a form is open, so it is read anew with the token that may write.
	actor, err := p.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	if s.Now().Sub(read) > freshFor {
		return Result{}, errMoved
	}
	change, err := s.intend(ctx, p, from, draftOf(actor, edit, result.Merge, reverted), seen)
	if err != nil {
		return Result{}, err
	}
	result.State = Recorded
	result.Change, err = s.send(ctx, p, from, change, edit)
	if result.Change.HasReturned {
		result.Connector = result.Change.Returned
	}
	return result, err
}

// draftOf is the change that an edit asks for. It is a revert only if it puts back what the change it names had replaced, and
// nothing else: what a form says of itself, and what was typed over in it, is for the record not to believe.
func draftOf(actor access.Actor, edit connector.Edit, merged connector.Merge, reverted Change) draft {
	action, reverts := audit.Edit, ""
	if reverted.takenBackBy(merged.Send) {
		action, reverts = audit.Revert, reverted.ID
	}
	return draft{
		once: edit.Once, connector: edit.ID, action: action, reason: edit.Reason, reverts: reverts,
		fields: merged.Send, others: merged.Others, actor: actor,
	}
}

// send issues the PATCH of a committed intent, once, and commits what became of it.
func (s *Service) send(ctx context.Context, p Person, from Origin, change Change, edit connector.Edit) (Change, error) {
	defer s.flights.land(change.ID)
	sending, cancel := within(ctx, s.leftOf(change))
	defer cancel()
	answer, err := s.Graph.For(p).Patch(sending, change.Connector, change.Fields, change.ID)
	settled := change.answered(answer, err)
	if settled.Outcome == audit.Applied && !settled.HasReturned {
		settled = s.observe(ctx, p, settled)
	}
	if settled.HasReturned { // it shows what came between the read and the PATCH, too
		settled.Others = s.byOthers(sending, p.Actor(), settled.Returned, othersSince(settled, edit))
	}
	return s.settle(ctx, p, from, settled, err)
}

// leftOf is the time that a change still has to be sent and its answer to be read.
func (s *Service) leftOf(change Change) time.Duration {
	return sendWithin - s.Now().Sub(change.IntendedAt)
}
