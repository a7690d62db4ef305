package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
)

// State is how a database stands to this program.
type State struct {
	Absent  bool // there is no SQLite file yet; Open makes it
	Lacking int  // migrations that Open applies
	Unknown int  // migrations that a newer program applied
}

// Look tells what Open would find at a URL, and changes nothing: no file, no table, no row. Its error says why Open could
// not use the database; as Open's do, it says what to do and holds no credentials.
func Look(ctx context.Context, url string) (State, error) {
	db, err := connectToLook(url)
	if errors.Is(err, errAbsent) {
		return State{Absent: true}, nil
	}
	if err != nil {
		return State{}, err
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return State{}, db.silent(err)
	}
	if err := db.quickCheck(ctx); err != nil {
		return State{}, err
	}
	state, err := db.state(ctx)
	if err != nil {
		return State{}, fmt.Errorf("find out how far the tables of %s are: %w", db.name, err)
	}
	if state.Lacking > 0 && !db.Local() {
		return state, db.mayMakeTables(ctx)
	}
	return state, nil
}

// connectToLook is connect for Look. PostgreSQL's pool does nothing by itself, so it serves as it is.
func connectToLook(url string) (*DB, error) {
	path, local := strings.CutPrefix(url, "sqlite:")
	if !local {
		return connect(url)
	}
	if err := isFile(path); err != nil {
		return nil, err
	}
	if err := errors.Join(mayWrite(path), oneName(path)); err != nil {
		return nil, err
	}
	// Without an index of its log no process has the file open. To read it, SQLite would make a log and an index, which then
	// belong to the user who looked and stand in the way of the program's own user.
	mode := "mode=ro&readonly_shm=1"
	if _, err := os.Stat(path + "-shm"); errors.Is(err, fs.ErrNotExist) {
		mode = "mode=ro&immutable=1"
	}
	pool, err := openSQLite(path, mode, false)
	if err != nil {
		return nil, err
	}
	return newDB(&DB{DB: pool, writer: pool, dialect: goose.DialectSQLite3, name: path}), nil
}

var errAbsent = errors.New("there is no such file")

// mayWrite says whether this user may write the file and, for its log, the folder; errAbsent where the file is yet to be
// made, which the folder allows.
func mayWrite(path string) error {
	folder := filepath.Dir(path)
	if err := writable(folder); err != nil {
		return fmt.Errorf("the folder %s of the database file must exist and be writable for this user: %w", folder, err)
	}
	err := writable(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errAbsent
	}
	if err != nil {
		return fmt.Errorf("the database file %s must be writable for this user: %w", path, err)
	}
	return nil
}

// mayMakeTables says whether the migrations could be applied; PostgreSQL 15 no longer lets everybody make tables.
func (db *DB) mayMakeTables(ctx context.Context) error {
	var user string
	var may bool
	const query = "SELECT current_user, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
	if err := db.QueryRowContext(ctx, query).Scan(&user, &may); err != nil {
		return db.silent(err)
	}
	if !may {
		return fmt.Errorf("the user %s may not make tables in %s: run `switchboard migrate` with an account that may, or let this one with GRANT CREATE ON SCHEMA public TO %s", user, db.name, user)
	}
	return nil
}
