package changes

import (
	"context"
	"errors"
	"slices"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Revert is what a change replaced, as an edit that takes it back.
type Revert struct {
	// Change is the one to take back. Of a change that was made elsewhere it is what the audit log's line tells: its action is
	// audit.Observed, its actor noticed it, and its reason says when it was made.
	Change Change
	// Wanted are the values before as a form sends them, by property: for the form that shows what Graph holds now. An
	// empty text asks for null.
	Wanted map[string]string
	// Lost are the properties that cannot be put back, in the change's order: Graph held a word there that no form offers, or
	// more than one may send.
	Lost []string
}

// RevertOf is what the change with that id replaced, if Graph stored it. A save of it names the change in Edit.Reverts, goes
// the way of every edit, and is recorded as a revert.
func (s *Service) RevertOf(ctx context.Context, id string) (Revert, error) {
	change, err := s.revertible(ctx, id, "")
	if err != nil {
		return Revert{}, err
	}
	return putBack(change), nil
}

// putBack is what the change replaced.
func putBack(change Change) Revert {
	revert := Revert{Change: change, Wanted: map[string]string{}}
	for _, field := range change.Fields {
		property, _ := connector.Lookup(field.Name)
		if property.Kind == connector.Choice && !property.Offers(field.Before.Text()) || field.Before.Long() {
			revert.Lost = append(revert.Lost, field.Name)
			continue
		}
		revert.Wanted[field.Name] = field.Before.Text()
	}
	return revert
}

// madeElsewhere is the change that a line with that id tells, which nobody made here; unknown is the error where there is none.
func (s *Service) madeElsewhere(ctx context.Context, id string, unknown error) (Change, error) {
	lines, err := s.AuditLog.Of(ctx, id)
	switch {
	case err != nil:
		return Change{}, unreadable(err)
	case len(lines) == 0 || lines[0].Action != audit.Observed:
		return Change{}, unknown
	}
	line := lines[0]
	return Change{Intent: Intent{
		ID: line.ID, Seq: line.Seq, Connector: line.Connector, Action: line.Action, Reason: line.Reason, Actor: line.Actor,
		Fields: line.Fields, IntendedAt: line.Time,
	}}, nil
}

// Revertible says whether the change can be taken back: Graph stored it, and it holds values.
func (c Change) Revertible() bool {
	stored := c.Outcome == audit.Applied || c.Outcome == audit.AppliedObserved || c.Action == audit.Observed
	return stored && len(c.Fields) > 0
}

// revertible is the change with that id, of that connector if one is named, if it can be taken back.
func (s *Service) revertible(ctx context.Context, id, connectorID string) (Change, error) {
	change, err := s.Get(ctx, id)
	if said, is := errors.AsType[problem.Problem](err); is && said.Kind() == problem.NotFound {
		change, err = s.madeElsewhere(ctx, id, err)
	}
	switch {
	case err != nil:
		return Change{}, err
	case connectorID != "" && !connector.SameID(change.Connector, connectorID):
		return Change{}, problem.New(problem.BadRequest, "The change to take back is one of another connector.").
			Saying("Nothing was sent to Graph.").Advising("Open the receipt of the change again and start there.")
	case !change.Revertible():
		return Change{}, problem.New(problem.Conflict, "There is nothing to take back.").
			Saying("Only an edit that Graph has stored can be taken back.").
			Advising("Open the connector to see its values of today.").Quoting("Change", change.ID)
	}
	return change, nil
}

// reverted is the change that an edit says it takes back; it is zero where it says none.
func (s *Service) reverted(ctx context.Context, edit connector.Edit) (Change, error) {
	if edit.Reverts == "" {
		return Change{}, nil
	}
	return s.revertible(ctx, edit.Reverts, edit.ID)
}

// takenBackBy says whether each of the fields asks for what the change replaced in it.
func (c Change) takenBackBy(fields []connector.FieldChange) bool {
	if c.ID == "" {
		return false
	}
	for _, field := range fields {
		was := slices.IndexFunc(c.Fields, func(own connector.FieldChange) bool { return own.Name == field.Name })
		if was < 0 || !connector.Same(field.Name, orNull(field, c.Fields[was].Before), field.Requested) {
			return false
		}
	}
	return true
}

// whollyTakenBackBy says whether after the fields were stored over what Graph holds now nothing of the change is left.
func (c Change) whollyTakenBackBy(fields []connector.FieldChange, now connector.Connector) bool {
	return !slices.ContainsFunc(c.Fields, func(own connector.FieldChange) bool {
		sent := slices.ContainsFunc(fields, func(field connector.FieldChange) bool { return field.Name == own.Name })
		return !sent && !connector.Same(own.Name, now.Value(own.Name), own.Before)
	})
}

// orNull is a value from before as a form can put it back: an empty text asks for null where Graph allows that.
func orNull(field connector.FieldChange, before connector.Value) connector.Value {
	if field.Requested.IsNull() && before.IsEmpty() {
		return connector.Null()
	}
	return before
}
