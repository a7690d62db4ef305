package database

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// appendOnlyVersion is the place in the series of the migration that the engines spell differently.
const appendOnlyVersion = 11

// migrate applies the migrations that the database lacks. Each is one transaction.
func (db *DB) migrate(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil || db.lacksNone(ctx, provider) {
		return err
	}
	for attempt := 1; ; attempt++ {
		_, err = provider.Up(ctx)
		if err == nil || attempt == 10 || !db.Local() {
			return err
		}
		// SQLite has no lock that outlives a transaction. Where another process applied the same migration first, ours
		// fails as a whole, and the next attempt sees that it is done.
		time.Sleep(time.Duration(attempt) * 20 * time.Millisecond)
	}
}

// lacksNone says whether all migrations were applied. That is so at nearly every start, and asking goose takes longer.
func (db *DB) lacksNone(ctx context.Context, provider *goose.Provider) bool {
	sources := provider.ListSources()
	args := make([]any, len(sources))
	places := make([]string, len(sources))
	for i, source := range sources {
		args[i], places[i] = source.Version, fmt.Sprintf("$%d", i+1)
	}
	var applied int
	query := "SELECT count(*) FROM goose_db_version WHERE version_id IN (" + strings.Join(places, ", ") + ")"
	err := db.QueryRowContext(ctx, query, args...).Scan(&applied)
	return err == nil && applied == len(sources) // an error says that there is no such table yet
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("embedded migrations: %w", err)
	}
	options := []goose.ProviderOption{
		goose.WithGoMigrations(db.appendOnly()),
		goose.WithDisableGlobalRegistry(true),
		goose.WithAllowOutofOrder(true), // each room numbers its own ten
	}
	if !db.Local() {
		options = append(options, goose.WithSessionLocker(advisory{}))
	}
	return goose.NewProvider(db.dialect, db.writer, files, options...)
}

// advisory is a lock of PostgreSQL that processes which migrate the same database wait for.
type advisory struct{}

// advisoryKey is an arbitrary number that nothing else of ours locks.
const advisoryKey = 7_465_830_211

func (advisory) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", advisoryKey)
	return err
}

func (advisory) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", advisoryKey)
	return err
}
