package database

import "context"

// MigrateDown takes all migrations back.
func (db *DB) MigrateDown(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, 0)
	return err
}

// MigrateUp applies all migrations.
func (db *DB) MigrateUp(ctx context.Context) error { return db.migrate(ctx) }
