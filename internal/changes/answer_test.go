package changes_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestAnOutcomeIsRecordedThoughItsAnswerIsNotKept: what keeps an answer takes part in the outcome's transaction, and cannot keep it from
// being committed, whatever it has written before it failed.
func TestAnOutcomeIsRecordedThoughItsAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		asked := 0
		keep := func(fails error) changes.AnswerKeeper {
			return func(ctx context.Context, tx *sql.Tx, _ changes.Person, returned connector.Connector, _ []connector.FieldChange) (bool, error) {
				asked++
				_, err := tx.ExecContext(ctx, "INSERT INTO saved_views (id, person, place, name, read_as, query, saved_at) VALUES ($1, 'p', $2, $1, $1, '', 0)",
					returned.Value(connector.Version).Text(), asked)
				return true, errors.Join(err, fails)
			}
		}
		kept := func(version string) (count int) {
			check(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM saved_views WHERE id = $1", version).Scan(&count))
			return count
		}
		for _, test := range []struct {
			version string
			fails   error
			kept    int
		}{{"1", nil, 1}, {"2", errors.New("no room"), 0}} {
			s.AnswersKeptBy(keep(test.fails))
			result, err := s.Save(t.Context(), maya, audit.Origin{}, s.edit(hosted, connector.Version, test.version))
			check(t, err)
			equal(t, "the outcome", result.Change.Outcome, audit.Applied)
			equal(t, "that it is kept", result.Change.Kept, test.kept == 1)
			equal(t, "what was kept", kept(test.version), test.kept)
			equalLines(t, "the record", s.lines(result.Change.ID), "edit pending", "edit applied")
		}
	})
}
