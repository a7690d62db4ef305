package bulk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

func listed(id string, values ...string) connector.Connector {
	held := map[string]connector.Value{connector.ID: connector.Of(id), connector.Status: connector.Of("connected")}
	for i := 0; i+1 < len(values); i += 2 {
		held[values[i]] = connector.Of(values[i+1])
	}
	return connector.New(held)
}

// TestVerdicts: what is wanted is held against the list row by row.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	list := []connector.Connector{
		listed("A-1", connector.Version, "1"), listed("b-2", connector.Version, "2"), listed("c-3"), listed("d-4"), listed("e-5"), listed("f-6"),
	}
	asked := bulk.Asked{
		IDs: []string{"a-1", "b-2", "c-3", "d-4", "e-5", "f-6", "g-7"}, Set: map[string]string{connector.Version: "2"},
		Own: map[string]map[string]string{"e-5": {connector.Status: "no such"}, "f-6": {connector.Version: ""}},
	}
	standing := bulk.Standing{InDoubt: map[string]bool{"c-3": true, "b-2": true}, Proposed: map[string]bool{"d-4": true}}
	plan := bulk.Review(list, standing, asked)
	want := []bulk.Verdict{bulk.ToChange, bulk.Same, bulk.InDoubt, bulk.Proposed, bulk.Refused, bulk.Same, bulk.Missing}
	for i, row := range plan.Rows {
		equal(t, "the verdict on "+row.ID, row.Verdict, want[i])
	}
	equal(t, "the first id, as the list spells it", plan.Rows[0].ID, "A-1")
	equal(t, "before", plan.Rows[0].Fields[0].Before.Text(), "1")
	equal(t, "wanted", plan.Rows[0].Fields[0].Requested.Text(), "2")
	equal(t, "what is wrong with the fifth", plan.Rows[4].Faults[0].Field, connector.Status)
	equal(t, "rows to change", plan.Count(bulk.ToChange), 1)
	asked.SyncType = "fullSync"
	for i, row := range bulk.Review(list, standing, asked).Rows[:6] {
		equal(t, "a doubt never blocks a sync: "+list[i].ID(), row.Verdict, bulk.ToChange)
	}
}

// TestFaultsOfAll: a value for all of them is judged whatever they hold.
func TestFaultsOfAll(t *testing.T) {
	t.Parallel()
	faults := bulk.Asked{Set: map[string]string{connector.Status: "", connector.Version: "", connector.LastSyncDateTime: "yesterday"}}.Faults()
	var names []string
	for _, fault := range faults {
		names = append(names, fault.Field)
	}
	equal(t, "fields at fault", strings.Join(names, " "), connector.Status+" "+connector.LastSyncDateTime)
}

// TestReviewIsSealed: what a review found is its person's alone, unreadable in the database, and kept for an hour.
func TestReviewIsSealed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya, priya := s.replica(), s.signIn("maya"), s.signIn("priya")
		plan := bulk.Review(s.listed(), bulk.Standing{}, bulk.Asked{IDs: append(s.ids(2), "missing"), Set: map[string]string{connector.Version: "a secret version"}})
		plan.Rows[2].Shown = connector.New(nil) // of one that is missing: as it is read again
		id, err := r.KeepReview(ctx, maya.Actor(), plan)
		check(t, err)
		s.signOut(maya) // it outlives the session
		found, there, err := r.FindReview(ctx, maya.Actor(), id)
		check(t, err)
		equal(t, "there", there, true)
		was, err := json.Marshal(plan)
		check(t, err)
		is, err := json.Marshal(found)
		check(t, err)
		equal(t, "the same", bytes.Equal(was, is), true)
		for i, row := range found.Rows {
			equal(t, "what would change of "+row.ID, fmt.Sprint(row.Fields), fmt.Sprint(plan.Rows[i].Fields))
		}
		_, there, err = r.FindReview(ctx, priya.Actor(), id)
		check(t, err)
		equal(t, "there for another", there, false)
		var sealed string
		check(t, db.QueryRowContext(ctx, `SELECT sealed FROM bulk_reviews WHERE id = $1`, id).Scan(&sealed))
		equal(t, "readable in the database", strings.Contains(sealed, "secret"), false)
		r.clock.pass(bulk.ReviewLife + time.Second)
		_, there, err = r.FindReview(ctx, maya.Actor(), id)
		check(t, err)
		equal(t, "there after an hour", there, false)
	})
}

// TestReviewsAreKeptAnHour: newer ones do not drive a review out, unless they are more than anybody makes by hand, or too large.
func TestReviewsAreKeptAnHour(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		plan := bulk.Review(s.listed(), bulk.Standing{}, bulk.Asked{IDs: s.ids(1), Set: map[string]string{connector.Version: "9"}})
		keep := func() string {
			r.clock.pass(time.Second)
			id, err := r.KeepReview(ctx, maya.Actor(), plan)
			check(t, err)
			return id
		}
		kept := func(id string) bool {
			_, there, err := r.FindReview(ctx, maya.Actor(), id)
			check(t, err)
			return there
		}
		first := keep()
		for range 49 {
			keep()
		}
		equal(t, "the first of fifty", kept(first), true)
		large := keep()
		equal(t, "the first of more", kept(first), false)
		if !db.Local() { // a value so large takes PostgreSQL seconds
			return
		}
		_, err := db.ExecContext(ctx, `UPDATE bulk_reviews SET sealed = sealed || $1 WHERE id = $2`, strings.Repeat("x", 256<<20), large)
		check(t, err)
		equal(t, "the last", kept(keep()), true)
		var many int
		check(t, db.QueryRowContext(ctx, `SELECT count(*) FROM bulk_reviews`).Scan(&many))
		equal(t, "what is kept beside it", many-1, 0)
	})
}

// TestTwoThousandRows are kept, started, counted and paged.
func TestTwoThousandRows(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		var list []connector.Connector
		var asked bulk.Asked
		for _, each := range simulator.Many(time.Now(), bulk.MostRows) {
			list = append(list, listed(each.ID, connector.ServerName, strings.Repeat("server ", 20)))
			asked.IDs = append(asked.IDs, each.ID)
		}
		asked.Set = map[string]string{connector.Version: "9.9", connector.ServerName: "ex01.contoso.com"}
		begun := time.Now()
		review, err := r.KeepReview(ctx, maya.Actor(), bulk.Review(list, bulk.Standing{}, asked))
		check(t, err)
		kept := time.Now()
		_, run, err := r.Start(ctx, maya.Actor(), bulk.Order{Review: review, Ticked: asked.IDs, Reason: "ticket"})
		check(t, err)
		started := time.Now()
		equal(t, "rows", r.now(run.ID).Counts.Left, bulk.MostRows)
		rows, err := r.Rows(ctx, run.ID, bulk.Page{Outcomes: []bulk.Outcome{bulk.Waiting}, After: 1_950, Most: 100})
		check(t, err)
		equal(t, "the last page", len(rows), 50)
		equal(t, "the last position", rows[49].Position, bulk.MostRows)
		t.Logf("reviewed and kept in %v, started in %v, counted and paged in %v",
			kept.Sub(begun).Round(time.Millisecond), started.Sub(kept).Round(time.Millisecond), time.Since(started).Round(time.Millisecond))
	})
}

// longest is the longest value of the character.
func longest(character string) string { return strings.Repeat(character, connector.LongestValue) }

// many are two thousand connectors with values, and an edit of them all.
func many(values ...string) (list []connector.Connector, asked bulk.Asked) {
	for _, each := range simulator.Many(time.Now(), bulk.MostRows) {
		list = append(list, listed(each.ID, values...))
		asked.IDs = append(asked.IDs, each.ID)
	}
	asked.Set = map[string]string{connector.ExchangeAlias: longest("本")}
	return list, asked
}

// TestLongestValues: two thousand rows, each of which holds the longest value and is asked for another, are kept and become a run.
func TestLongestValues(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		list, asked := many(connector.ExchangeAlias, longest("社"))
		review, err := r.KeepReview(ctx, maya.Actor(), bulk.Review(list, bulk.Standing{}, asked))
		check(t, err)
		_, run, err := r.Start(ctx, maya.Actor(), bulk.Order{Review: review, Ticked: asked.IDs, Reason: "ticket"})
		check(t, err)
		equal(t, "rows", run.Counts.Left, bulk.MostRows)
	})
}

// TestReviewTooLarge: what no review can hold is told in plain words.
func TestReviewTooLarge(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	r, maya := s.replica(), s.signIn("maya")
	list, asked := many(connector.ExchangeAlias, longest("社"), connector.Version, longest("社"), connector.ServerName, longest("社"))
	_, err := r.KeepReview(context.Background(), maya.Actor(), bulk.Review(list, bulk.Standing{}, asked))
	equal(t, "why it is not kept", changes.ObstacleOf(err), changes.Unfit)
}
