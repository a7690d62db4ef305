package inventory_test

import (
	"context"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestASightingThatCannotBeRead keeps neither a program from starting nor the other connectors from being watched.
func TestASightingThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]string{
		"object":   `object = 'x'`,
		"evidence": `evidence = '{'`,
		"reader":   `seen_by = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				s.visits("LG")
				_, err := db.ExecContext(context.Background(), "UPDATE sightings SET listed = '', named = 0, "+poison+" WHERE connector = $1", second)
				check(t, err)
				check(t, s.replica().FillNames(context.Background()))
				s.set(hosted, connector.ServerName, "EX02")
				s.visits("LL")
				equal(t, "outside changes", len(s.observed()), 1)
			})
		})
	}
}

// TestMoreSyncsThanAnHourHas are no reason for a page to fail.
func TestMoreSyncsThanAnHourHas(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		now := s.clock.Now()
		for _, syncs := range []int64{-1, 1 << 40, 1<<63 - 1} {
			_, err := db.ExecContext(context.Background(), `INSERT INTO remembered (connector, hour, first_at, first_sync, syncs, read_at, last_sync, status, version)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 'connected', '1')`, hosted, now.Unix()/3600, now.UnixMicro(), now.Add(-time.Hour).Format(time.RFC3339), syncs,
				now.UnixMicro(), now.Add(-time.Minute).Format(time.RFC3339))
			check(t, err)
			past, err := s.Past(context.Background(), now, hosted)
			check(t, err)
			equal(t, "the connectors remembered", len(past), 1)
			_, err = db.ExecContext(context.Background(), `DELETE FROM remembered`)
			check(t, err)
		}
	})
}
