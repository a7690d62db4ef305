package changes

import (
	"context"
	"database/sql"
	"errors"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// AnswerKeeper keeps for others what Graph returned to a change that it has applied, and what that has set, in the transaction that
// records it. It says whether it did. Its error keeps no outcome from being recorded.
type AnswerKeeper func(ctx context.Context, tx *sql.Tx, p Person, returned connector.Connector, applied []connector.FieldChange) (kept bool, err error)

// AnswersKeptBy has that keeper keep what changes return. It is called before anything else of the room's.
func (s *Service) AnswersKeptBy(keeper AnswerKeeper) { s.answers = keeper }

// errUnkept fails a transaction that was to keep an answer, too: of one that goes on after an error nobody knows what SQLite has kept.
var errUnkept = errors.New("what a change returned could not be kept with its outcome")

// keepAnswer says whether what Graph returned was kept.
func (s *Service) keepAnswer(ctx context.Context, tx *sql.Tx, p Person, change Change, was audit.Outcome) (kept bool, err error) {
	if s.answers == nil || was != audit.Pending || change.Outcome != audit.Applied || !change.HasReturned {
		return false, nil
	}
	kept, err = s.answers(ctx, tx, p, change.Returned, change.Fields)
	if err != nil {
		return false, errors.Join(errUnkept, err)
	}
	return kept, nil
}
