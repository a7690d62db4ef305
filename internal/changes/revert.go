package changes

import (
	"context"
	"slices"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Revert is what a change replaced, as an edit that takes it back.
type Revert struct {
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
	revert := Revert{Change: change, Wanted: map[string]string{}}
	for _, field := range change.Fields {
		property, _ := connector.Lookup(field.Name)
		if property.Kind == connector.Choice && !property.Offers(field.Before.Text()) || field.Before.Long() {
			revert.Lost = append(revert.Lost, field.Name)
			continue
		}
		revert.Wanted[field.Name] = field.Before.Text()
	}
	return revert, nil
}

// Revertible says whether the change can be taken back: Graph stored it, and it holds values.
func (c Change) Revertible() bool {
	stored := c.Outcome == audit.Applied || c.Outcome == audit.AppliedObserved
	return stored && len(c.Fields) > 0
}

// revertible is the change with that id, of that connector if one is named, if it can be taken back.
func (s *Service) revertible(ctx context.Context, id, connectorID string) (Change, error) {
	change, err := s.Get(ctx, id)
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

// orNull is a value from before as a form can put it back: an empty text asks for null where Graph allows that.
func orNull(field connector.FieldChange, before connector.Value) connector.Value {
	if field.Requested.IsNull() && before.IsEmpty() {
		return connector.Null()
	}
	return before
}
