package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// appendOnlyVersion is the place in the series of the migration that the engines spell differently.
const appendOnlyVersion = 11

// Migrate applies the migrations that the database at a URL lacks, and says how many those were.
func Migrate(ctx context.Context, url string) (applied int, err error) {
	db, err := connect(url)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return 0, db.silent(err)
	}
	if err := db.quickCheck(ctx); err != nil {
		return 0, err
	}
	state, err := db.state(ctx)
	if err != nil {
		return 0, fmt.Errorf("find out how far the tables of %s are: %w", db.name, err)
	}
	return state.Lacking, db.migrate(ctx)
}

// migrate applies the migrations that the database lacks. Each is one transaction.
func (db *DB) migrate(ctx context.Context) error {
	err := db.apply(ctx)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) && refusal.Code == insufficientPrivilege {
		return fmt.Errorf("the account of database.url may not do this in %s (%s): run `switchboard migrate` with an account that may make tables, and grant this one what docs/operators.md lists", db.name, refusal.Message)
	}
	if err != nil {
		return fmt.Errorf("bring the tables of %s up to date: %w", db.name, err)
	}
	return nil
}

// insufficientPrivilege is what PostgreSQL calls it when an account may not.
const insufficientPrivilege = "42501"

func (db *DB) apply(ctx context.Context) error {
	// There is nothing to do at nearly every start, and asking goose takes longer.
	if state, err := db.state(ctx); err == nil && state.Lacking == 0 {
		return nil
	}
	provider, err := db.provider()
	if err != nil {
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

// state compares the migrations that were applied with those of this program.
func (db *DB) state(ctx context.Context) (State, error) {
	provider, err := db.provider()
	if err != nil {
		return State{}, err
	}
	unknown, err := db.applied(ctx)
	if err != nil {
		return State{}, err
	}
	lacking := 0
	for _, source := range provider.ListSources() {
		if !unknown[source.Version] {
			lacking++
		}
		delete(unknown, source.Version)
	}
	return State{Lacking: lacking, Unknown: len(unknown)}, nil
}

// applied are the versions of the migrations that were applied; none where no migration ever was.
func (db *DB) applied(ctx context.Context) (map[int64]bool, error) {
	exists := "SELECT to_regclass('goose_db_version') IS NOT NULL"
	if db.Local() {
		exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'goose_db_version')"
	}
	var kept bool
	if err := db.QueryRowContext(ctx, exists).Scan(&kept); err != nil || !kept {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT version_id FROM goose_db_version WHERE version_id > 0") // goose's own first row is 0
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	versions := map[int64]bool{}
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		versions[version] = true
	}
	return versions, rows.Err()
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
