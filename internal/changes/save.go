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

const (
	// roundsWithin is how long a save reads anew because other changes of the connector keep coming in.
	roundsWithin = 10 * time.Second
	// freshFor is how old the values that an edit is compared with may be when it is sent.
	freshFor = 2 * time.Second
)

// Save asks Graph for what the person changed, and returns it with its outcome. An error is a problem.Problem: nothing was
// sent, or Graph refused it; Result.Change then tells which change was recorded, if any. Where Graph itself refused it
// because it met another change, the state is Conflicted and the merge is with what Graph holds since. The same one-time id again
// gets the change that the first led to.
func (s *Service) Save(ctx context.Context, p Person, from audit.Origin, edit connector.Edit) (Result, error) {
	result, err := s.save(ctx, errand{Person: p, from: from}, edit)
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
	result.State, result.Connector = Conflicted, now.Spelt(edit.ID)
	result.Merge = s.byOthers(reading, p.Actor(), edit, now, edit.Merge(now))
	return result, err
}

func (s *Service) save(ctx context.Context, e errand, edit connector.Edit) (Result, error) {
	if known, spent, err := s.admit(ctx, e, edit.IdempotencyKey, edit.ID); err != nil || spent {
		return known, err
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
		result, err := s.attempt(ctx, e, edit, reverted)
		switch {
		case errors.Is(err, errMoved) && (round < 3 || s.Now().Before(end)):
			continue
		case errors.Is(err, errMoved):
			err = problem.New(problem.Unavailable, "Other changes of this connector keep coming in.").
				Saying("Nothing was sent to Graph, and what you typed is kept.").Advising("Wait a moment, then save it again.").After(5 * time.Second)
		case errors.Is(err, errKeySpent), err == nil && result.State != Recorded:
			// The same form may have come in twice at once: then what stands in the way is its own change.
			if known, spent, err := s.byIdempotencyKey(ctx, e, edit.IdempotencyKey, edit.ID); err != nil || spent {
				return known, err
			}
		}
		return result, err
	}
}

// admit is what stands before every request to Graph: the role, a form of ours, one that was not sent before (spent, with what
// came of it), and an audit log that can take the intent.
func (s *Service) admit(ctx context.Context, p Person, key, connectorID string) (known Result, spent bool, err error) {
	if err := mayEdit(p); err != nil {
		return Result{}, false, err
	}
	if err := checkIdempotencyKey(key); err != nil {
		return Result{}, false, err
	}
	if known, spent, err = s.byIdempotencyKey(ctx, p, key, connectorID); err != nil || spent {
		return known, spent, err
	}
	return Result{}, false, s.MayBegin()
}

// checkIdempotencyKey refuses what no form of ours sends.
func checkIdempotencyKey(key string) error {
	if key == "" {
		return problem.New(problem.BadRequest, "A part of this form that the page hides did not arrive.").
			Saying("Nothing was sent to Graph.").Advising("Open the form again.")
	}
	return nil
}

// check refuses what Graph cannot be asked for.
func (s *Service) check(edit connector.Edit) error {
	found := edit.FieldErrors()
	if s.RequireReason && edit.LacksReason() && len(edit.Changed()) > 0 {
		found = append(found, connector.FieldError{Field: connector.Reason, Message: reasonWanted})
	}
	return invalid(found)
}

const reasonWanted = "Say why, for instance with a ticket number. The audit log keeps the reason."

func invalid(found []connector.FieldError) error {
	if len(found) == 0 {
		return nil
	}
	fields := make([]problem.Field, len(found))
	for i, each := range found {
		fields[i] = problem.Field{Name: each.Field, Message: each.Message}
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
func (s *Service) attempt(ctx context.Context, e errand, edit connector.Edit, reverted Change) (Result, error) {
	seen, waiting, err := s.waitForTurn(ctx, edit.IdempotencyKey, edit.ID)
	if err != nil {
		return Result{}, err
	}
	if waiting.ID != "" {
		return Result{State: Waiting, Change: waiting}, nil
	}
	now, read, err := s.caughtUp(ctx, e, edit, seen)
	if err != nil {
		return Result{}, unread(err)
	}
	result := s.compare(ctx, e, edit, now)
	if result.State != Ready {
		return result, nil
	}
	// A role can be taken away while a form is open, so it is read anew with the token that may write.
	actor, err := e.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	if s.Now().Sub(read) > freshFor {
		return Result{}, errMoved
	}
	change, err := s.intend(ctx, e, e.run.part(changeOf(actor, edit, result, reverted)), seen.Seq)
	if err != nil {
		return Result{}, err
	}
	result.State = Recorded
	result.Change, err = s.send(ctx, e, change, edit)
	if result.Change.HasReturned {
		result.Connector = result.Change.Returned
	}
	return result, err
}

// changeOf is the change that an edit asks for. It is a revert only if it puts back what the change it names had replaced,
// and nothing else: the audit log does not believe what a form says of itself, since values may have been typed over.
func changeOf(actor access.Actor, edit connector.Edit, compared Result, reverted Change) Change {
	send := compared.Merge.Send
	change := Change{
		Intent: Intent{Connector: edit.ID, Action: audit.Edit, Reason: edit.Reason, Actor: actor, Fields: send, idempotencyKey: edit.IdempotencyKey},
		Answer: Answer{Others: compared.Merge.Others},
	}
	if reverted.takenBackBy(send) {
		change.Action, change.Reverts = audit.Revert, reverted.ID
	}
	if change.Action == audit.Revert && reverted.Action == audit.Observed && reverted.whollyTakenBackBy(send, compared.Connector) {
		change.Observed = reverted.Seq
	}
	return change
}

// send issues the PATCH of a committed intent, once, and commits its outcome.
func (s *Service) send(ctx context.Context, e errand, change Change, edit connector.Edit) (Change, error) {
	defer s.inFlight.remove(change.ID)
	sending, cancel := within(ctx, s.leftOf(change))
	defer cancel()
	answer, err := e.writer(s.Graph).Patch(sending, change.Connector, change.Fields, change.ID)
	finished := change.answered(answer, err)
	if finished.Outcome == audit.Applied && !finished.HasReturned {
		finished = s.observe(ctx, e, finished)
	}
	if finished.HasReturned { // it shows what came between the read and the PATCH, too
		since := connector.Merge{Others: othersSince(finished, edit)}
		finished.Others = s.byOthers(sending, e.Actor(), edit, finished.besideItself(), since).Others
	}
	return s.finish(ctx, e.Person, e.from, finished, err)
}

// leftOf is the time that a change still has to be sent and its answer to be read.
func (s *Service) leftOf(change Change) time.Duration {
	return sendWithin - s.Now().Sub(change.IntendedAt)
}
