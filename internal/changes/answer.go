package changes

import (
	"context"
	"database/sql"
	"errors"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// AnswerKeeper keeps for others what Graph returned to a change that it has applied, and what that has set, in the transaction that
// records it, and says whether it did. It waits for nobody, and its error keeps no outcome from being recorded.
type AnswerKeeper func(ctx context.Context, tx *sql.Tx, p Person, returned connector.Connector, applied []connector.FieldChange) (kept bool, err error)

// AnswersKeptBy has that keeper keep what changes return. It is called before the room is used.
func (s *Service) AnswersKeptBy(keeper AnswerKeeper) { s.answers = keeper }

// errUnkept fails the transaction: after some errors SQLite has taken it back already, and what follows would be kept without it.
var errUnkept = errors.New("what a change returned could not be kept with its outcome")

// keepAnswer says whether what Graph returned was kept. It is where this process has just sent the change: what is recorded later may
// have been replaced since.
func (s *Service) keepAnswer(ctx context.Context, tx *sql.Tx, p Person, change Change) (kept bool, err error) {
	if s.answers == nil || !s.inFlight.has(change.ID) || change.Outcome != audit.Applied || !change.HasReturned {
		return false, nil
	}
	kept, err = s.answers(ctx, tx, p, change.Returned, change.Fields)
	if err != nil {
		return false, errors.Join(errUnkept, err)
	}
	return kept, nil
}
