package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestSyncsFromBeforeAreOver: after the upgrade no end is recorded of those that were seen or given up before it; what was
// asked for within the last 20 minutes is still followed.
func TestSyncsFromBeforeAreOver(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		if err := db.MigrateDownTo(ctx, 34); err != nil {
			t.Fatal(err)
		}
		const now, minute = int64(1_700_000_000_000_000), int64(60_000_000)
		want := map[string]int64{}
		err := db.Write(ctx, func(tx *sql.Tx) error {
			for i, row := range []struct {
				action, outcome, after, resolver string
				age, ended                       int64
			}{
				{"sync", "applied", "2023-11-14T22:13:30Z", "", 30, 1},
				{"sync", "applied", "2023-11-14T22:13:30Z", "", 1, 1},
				{"sync", "applied", "", "", 30, 1},
				{"sync", "applied", "", "", 19, 0},
				{"sync", "in_doubt", "", "", 30, 0},
				{"sync", "rejected", "", "", 30, 0},
				{"sync", "not_applied", "", "", 30, 0},
				{"sync", "not_applied", "", `{"oid":"o"}`, 30, 1},
				{"sync", "applied_observed", "2023-11-14T22:13:30Z", `{"oid":"o"}`, 30, 1},
				{"edit", "applied", "", "", 30, 0},
				{"edit", "applied_observed", "", `{"oid":"o"}`, 0, 0},
			} {
				id := fmt.Sprint(i)
				want[id] = row.ended
				if _, err := tx.ExecContext(ctx, `INSERT INTO changes (id, seq, once, connector, action, detail, reason, actor, fields, outcome, instance, intended_at, sync_after, resolver)
					VALUES ($1, $2, $1, 'c', $3, '', '', '', '', $4, '', $5, $6, $7)`, id, i, row.action, row.outcome, now-row.age*minute, row.after, row.resolver); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = db.MigrateUp(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		for id, ended := range want {
			var got int64
			if err := db.QueryRowContext(ctx, `SELECT sync_ended FROM changes WHERE id = $1`, id).Scan(&got); err != nil || got != ended {
				t.Errorf("row %s: ended %d, want %d (%v)", id, got, ended, err)
			}
		}
	})
}
