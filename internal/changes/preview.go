package changes

import (
	"context"

	"switchboard/internal/connector"
)

// Preview holds an edit against what Graph holds now and sends nothing. A reason may still be missing.
func (s *Service) Preview(ctx context.Context, p Person, edit connector.Edit) (Result, error) {
	if err := mayEdit(p); err != nil {
		return Result{}, err
	}
	if err := invalid(edit.FieldErrors()); err != nil {
		return Result{}, err
	}
	other, err := s.latest(ctx, edit.ID)
	if err != nil {
		return Result{}, unreadable(err)
	}
	if other.Open() {
		return Result{State: Waiting, Change: other}, nil
	}
	now, err := s.Graph.For(p).Get(ctx, edit.ID)
	if err != nil {
		return Result{}, unread(err)
	}
	return s.compare(ctx, p, edit, now), nil
}

// compare says what a save of the edit would do, given what Graph holds now.
func (s *Service) compare(ctx context.Context, p Person, edit connector.Edit, now connector.Connector) Result {
	result := Result{State: Ready, Merge: s.byOthers(ctx, p.Actor(), edit, now, edit.Merge(now)), Connector: now.Spelt(edit.ID)}
	switch {
	case len(result.Merge.Conflicts) > 0:
		result.State = Conflicted
	case len(result.Merge.Send) == 0:
		result.State = Nothing
	}
	return result
}
