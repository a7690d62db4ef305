package database

import "context"

// MigrateDown takes all migrations back.
func (db *DB) MigrateDown(ctx context.Context) error { return db.MigrateDownTo(ctx, 0) }

// MigrateDownTo takes all migrations back that come after that one.
func (db *DB) MigrateDownTo(ctx context.Context, version int64) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, version)
	return err
}

// MigrateUp applies all migrations.
func (db *DB) MigrateUp(ctx context.Context) error { return db.migrate(ctx) }
