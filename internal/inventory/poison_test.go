package inventory_test

import (
	"context"
	"testing"

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
