package changes_test

import (
	"context"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestChangeIsTakenBack as an edit of the values before, through the same guard.
func TestChangeIsTakenBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		ctx := context.Background()
		was := s.shown(hosted)
		mistake, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "", connector.ServerName, "wrong"))
		check(t, err)
		before, err := s.RevertOf(ctx, mistake.Change.ID)
		check(t, err)
		equal(t, "values before", len(before.Wanted), 2)
		edit := s.edit(hosted)
		edit.Wanted, edit.Reverts = before.Wanted, before.Change.ID
		back, err := s.Save(ctx, priya, audit.Origin{}, edit)
		check(t, err)
		equalLines(t, "the record", s.lines(back.Change.ID), "revert pending", "revert applied")
		equal(t, "what it takes back", s.today(back.Change.ID).Reverts, mistake.Change.ID)
		equal(t, "that all is as it was", s.shown(hosted).Equal(was), true)
		edit = s.edit(s.tenant.Graph.Connectors()[0].ID, connector.Version, "x")
		edit.Reverts = mistake.Change.ID
		_, err = s.Save(ctx, priya, audit.Origin{}, edit)
		equal(t, "as an edit of another connector", kindOf(err), problem.BadRequest)
	})
}

// TestAnEditIsNoRevertOfWhatItDoesNotPutBack: whatever its form says of itself, the audit log goes by what is sent.
func TestAnEditIsNoRevertOfWhatItDoesNotPutBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, ctx := s.signIn("maya"), context.Background()
		for _, test := range []struct {
			name  string
			alter func(wanted map[string]string)
			want  audit.Action
		}{
			{"all of it", func(map[string]string) {}, audit.Revert},
			{"a part of it", func(wanted map[string]string) { delete(wanted, connector.ServerName) }, audit.Revert},
			{"another value", func(wanted map[string]string) { wanted[connector.ServerName] = "EX99" }, audit.Edit},
			{"another property with it", func(wanted map[string]string) { wanted[connector.ExchangeAlias] = "other" }, audit.Edit},
			{"another property alone", func(wanted map[string]string) {
				clear(wanted)
				wanted[connector.ExchangeOrganization] = "other"
			}, audit.Edit},
		} {
			s.set(hosted, connector.Version, "")
			mistake, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "wrong", connector.ServerName, test.name))
			check(t, err)
			before, err := s.RevertOf(ctx, mistake.Change.ID)
			check(t, err)
			edit := s.edit(hosted)
			edit.Wanted, edit.Reverts = before.Wanted, before.Change.ID
			test.alter(edit.Wanted)
			back, err := s.Save(ctx, maya, audit.Origin{}, edit)
			check(t, err)
			equal(t, test.name, back.Change.Action, test.want)
			equal(t, test.name+", that it says so", s.today(back.Change.ID).Reverts != "", test.want == audit.Revert)
			equalLines(t, test.name, s.lines(back.Change.ID), string(test.want)+" pending", string(test.want)+" applied")
		}
	})
}

// TestWhatCannotBeTakenBack: what Graph did not store, and words that no form offers.
func TestWhatCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	ctx := context.Background()
	s.tenant.Faults.Next(patchOf(hosted), faults.Answer(graph.NoReason))
	refused, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Version, "2"))
	equal(t, "the refusal", kindOf(err), problem.Invalid)
	sync, err := s.Sync(ctx, maya, audit.Origin{}, s.syncOf(hosted))
	check(t, err)
	for name, id := range map[string]string{"a refused edit": refused.Change.ID, "a sync": sync.Change.ID} {
		_, err := s.RevertOf(ctx, id)
		equal(t, name, kindOf(err), problem.Conflict)
	}
	_, err = s.RevertOf(ctx, "no-such")
	equal(t, "no change", kindOf(err), problem.NotFound)
	s.set(hosted, connector.Status, "newerThanUs")
	changed, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.Status, "none", connector.Version, "3"))
	check(t, err)
	equal(t, "the outcome", changed.Change.Outcome, audit.Applied)
	before, err := s.RevertOf(ctx, changed.Change.ID)
	check(t, err)
	equalLines(t, "what is lost", before.Lost, connector.Status)
	equal(t, "what is not", len(before.Wanted), 1)
}
