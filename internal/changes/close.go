package changes

import (
	"context"
	"errors"
	"strings"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Close gives up a change in doubt, for a reason that the audit log keeps, so that the connector can be edited again. It reads
// first: where the read proves the outcome, that is recorded and nothing is given up. The change is returned as it stands
// afterwards.
//
// One that is given up ends as superseded. Of the outcomes this is the one that claims nothing about what Graph stored:
// not that it was applied, nor that it was not, but that something else, here a decision, has taken its place. The line of
// the audit log holds no stored values; a line about a change that a read has shown to be superseded does.
func (s *Service) Close(ctx context.Context, p Person, from audit.Origin, id, reason string) (Change, error) {
	if err := mayEdit(p); err != nil {
		return Change{}, err
	}
	if err := checkClosing(reason); err != nil {
		return Change{}, err
	}
	change, err := s.Get(ctx, id)
	if err != nil {
		return Change{}, err
	}
	if err := s.Resolve(ctx, p, from, change.Connector); err != nil {
		return Change{}, err
	}
	if change, err = s.Get(ctx, id); err != nil {
		return Change{}, err
	}
	switch change.Outcome {
	case audit.Pending:
		return change, problem.New(problem.Conflict, "This change is still being sent.").
			Advising("Wait until Graph has answered, half a minute at most.").Quoting("Change", change.ID)
	case audit.InDoubt:
		return s.giveUp(ctx, p, from, change, strings.TrimSpace(reason))
	}
	return change, nil
}

func checkClosing(reason string) error {
	edit := connector.Edit{Reason: reason}
	found := edit.FieldErrors()
	if edit.LacksReason() {
		found = append(found, connector.FieldError{Field: connector.Reason,
			Message: "Say why it is given up, for instance what you found out elsewhere. The audit log keeps the reason."})
	}
	return invalid(found)
}

func (s *Service) giveUp(ctx context.Context, p Person, from audit.Origin, change Change, reason string) (Change, error) {
	change.Outcome, change.Resolver, change.Closing = audit.Superseded, p.Actor(), reason
	recording, cancel := within(ctx, intendWithin)
	defer cancel()
	err := s.conclude(recording, p, from, &change, audit.Resolved)
	if errors.Is(err, errFinished) { // a read has resolved it meanwhile
		return s.Get(ctx, change.ID)
	}
	if err != nil {
		return Change{}, unrecorded(err)
	}
	return change, nil
}
