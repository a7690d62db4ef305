package database_test

import (
	"context"
	"testing"

	"switchboard/database"
	"switchboard/database/databasetest"
)

func TestOpenMigrates(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var size int64
		if err := db.QueryRowContext(context.Background(), "SELECT size FROM audit_head").Scan(&size); err != nil || size != 0 {
			t.Errorf("size of a new record = %d, %v", size, err)
		}
	})
}
