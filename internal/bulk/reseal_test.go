package bulk_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/seal"
	"switchboard/simulator"
)

// sealing has a process seal with the first of those keys. A site's own key is of zeros.
func sealing(t *testing.T, first ...byte) func(*bulk.Options) {
	t.Helper()
	var list [][]byte
	for _, value := range first {
		list = append(list, bytes.Repeat([]byte{value}, 32))
	}
	keys, err := seal.New(list)
	check(t, err)
	return func(o *bulk.Options) { o.Seals = keys }
}

// TestPausedRunOutlivesItsKey: a run that was resumed once while both keys were there goes on when the old one is gone.
func TestPausedRunOutlivesItsKey(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		old, both, only, maya := s.replica(), s.replica(sealing(t, 1, 0)), s.replica(sealing(t, 1)), s.signIn("maya")
		ids := s.ids(3)
		run := old.begin(maya, ids)
		_, err := old.Pause(ctx, maya.Actor(), run.ID)
		check(t, err)
		_, err = both.Resume(ctx, maya.Actor(), run.ID)
		check(t, err)
		_, err = both.Pause(ctx, maya.Actor(), run.ID)
		check(t, err)
		equal(t, "that the run is unproven", only.now(run.ID).Unproven, false)
		_, err = only.Resume(ctx, maya.Actor(), run.ID)
		check(t, err)
		only.work()
		eventually(t, "not running", func() bool { return only.now(run.ID).State != bulk.Running })
		equal(t, "why it is paused", only.now(run.ID).Pause.Why, "")
		equal(t, "applied", only.now(run.ID).Counts.Applied, len(ids))
		s.onceEach(ids)
	})
}

// TestResumingSealsAllRowsButForgedOnes: at once, however many there are.
func TestResumingSealsAllRowsButForgedOnes(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		s := open(t, db)
		old, both, only, maya := s.replica(), s.replica(sealing(t, 1, 0)), s.replica(sealing(t, 1)), s.signIn("maya")
		var list []connector.Connector
		asked := bulk.Asked{Set: map[string]string{connector.Version: "9.9"}}
		for _, each := range simulator.Many(time.Now(), bulk.MostRows) {
			list, asked.IDs = append(list, listed(each.ID)), append(asked.IDs, each.ID)
		}
		review, err := old.KeepReview(ctx, maya.Actor(), bulk.Review(list, bulk.Standing{}, asked))
		check(t, err)
		_, run, err := old.Start(ctx, maya.Actor(), bulk.Order{Review: review, Ticked: asked.IDs, Reason: "ticket"})
		check(t, err)
		_, err = old.Pause(ctx, maya.Actor(), run.ID)
		check(t, err)
		s.forge(`UPDATE bulk_rows SET fields = replace(fields, '9.9', '6.6') WHERE position = 7`)
		begun := time.Now()
		_, err = both.Resume(ctx, maya.Actor(), run.ID)
		check(t, err)
		t.Logf("resumed in %v", time.Since(begun).Round(time.Millisecond))
		for _, row := range only.rows(run.ID) {
			if row.Unproven != (row.Position == 7) {
				t.Fatalf("row %d: unproven is %v", row.Position, row.Unproven)
			}
		}
	})
}
