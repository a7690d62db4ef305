package database_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// look looks at the database and compares all that there is with what was there before.
func look(t *testing.T, address string) database.State {
	t.Helper()
	before := everything(t, address)
	state, err := database.Look(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	if after := everything(t, address); !reflect.DeepEqual(before, after) {
		t.Errorf("a look changed something: %d things before, %d after", len(before), len(after))
	}
	return state
}

// everything is each file beside a SQLite database with its content, else each column and each migration of PostgreSQL.
func everything(t *testing.T, address string) map[string]string {
	t.Helper()
	if path, local := strings.CutPrefix(address, "sqlite:"); local {
		found := files(t, filepath.Dir(path))
		if _, running := found[filepath.Base(path)+"-shm"]; running {
			found[filepath.Base(path)+"-shm"] = "notes of who reads, which are shared within a process"
		}
		return found
	}
	db := plain(t, address)
	found := map[string]string{}
	query := "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
	maps.Copy(found, pairs(t, db, query))
	if len(found) > 0 {
		maps.Copy(found, pairs(t, db, "SELECT 'version ' || version_id, tstamp::text FROM goose_db_version"))
	}
	return found
}

func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(content)
	}
	return found
}

func TestLookTellsHowFarTheTablesAre(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.Empty(t, kind)
			never := look(t, address)
			if never.Absent != (kind == databasetest.SQLiteKind) || kind == databasetest.PostgresKind && never.Lacking < 3 {
				t.Errorf("before the first start: %+v", never)
			}
			for _, step := range []struct {
				statement string
				want      database.State
			}{
				{"SELECT 1", database.State{}},
				{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)", database.State{Unknown: 1}},
				{"DELETE FROM goose_db_version WHERE version_id = 11", database.State{Lacking: 1, Unknown: 1}},
			} {
				db, err := database.Open(context.Background(), address)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.ExecContext(context.Background(), step.statement); err != nil {
					t.Fatal(err)
				}
				if got := look(t, address); got != step.want {
					t.Errorf("beside a running program, after %s: %+v, want %+v", step.statement, got, step.want)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				if got := look(t, address); got != step.want {
					t.Errorf("after %s: %+v, want %+v", step.statement, got, step.want)
				}
			}
		})
	}
}

// TestLookAfterACrash: what was committed lies in the log that the program left behind, and stays there.
func TestLookAfterACrash(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.SQLiteKind)
	db := databasetest.Open(t, address)
	const newer = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"
	if _, err := db.ExecContext(context.Background(), newer); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, content := range files(t, filepath.Dir(strings.TrimPrefix(address, "sqlite:"))) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := files(t, folder)
	if got := look(t, "sqlite:"+filepath.Join(folder, "switchboard.db")); got != (database.State{Unknown: 1}) {
		t.Errorf("after a crash: %+v", got)
	}
	if !reflect.DeepEqual(before, files(t, folder)) {
		t.Error("a look after a crash changed a file")
	}
}

func TestLookSaysWhatStandsInTheWay(t *testing.T) {
	t.Parallel()
	text := textFile(t)
	tests := map[string]struct{ url, says string }{
		"no scheme":      {"switchboard.db", "neither sqlite: nor postgres://"},
		"no path":        {"sqlite:", "sqlite:PATH"},
		"no folder":      {"sqlite:/no/such/folder/x.db", "the folder /no/such/folder of the database file must exist and be writable"},
		"a file between": {"sqlite:" + text + "/x.db", "x.db must be writable"},
		"no database":    {"sqlite:" + text, "text.db"},
		"no server":      {"postgres://me:s3cret@127.0.0.1:1/db", "at 127.0.0.1:1 does not answer"},
		"no tables":      {stranger(t), "may not make tables"},
	}
	if os.Getuid() != 0 { // root may write everywhere
		locked := filepath.Join(t.TempDir(), "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		tests["a locked folder"] = struct{ url, says string }{"sqlite:" + locked + "/x.db", "must exist and be writable"}
	}
	for name, test := range tests {
		_, err := database.Look(context.Background(), test.url)
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v\nwant it to say %q, and no password", name, err, test.says)
		}
	}
}

// stranger is the address of an empty database for a user who may do nothing there but connect.
func stranger(t *testing.T) string {
	t.Helper()
	address, err := url.Parse(databasetest.Empty(t, databasetest.PostgresKind))
	if err != nil {
		t.Fatal(err)
	}
	owner, user := plain(t, address.String()), "stranger_"+strings.ToLower(rand.Text()[:10])
	for _, statement := range []string{
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC", fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD 's3cret'", user),
	} {
		if _, err := owner.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if _, err := owner.Exec("DROP ROLE " + user); err != nil {
			t.Error(err)
		}
	})
	address.User = url.UserPassword(user, "s3cret")
	return address.String()
}

// plain is a PostgreSQL database without what Open does to it.
func plain(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// pairs are the rows of a query with two columns.
func pairs(t *testing.T, db *sql.DB, query string) map[string]string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			t.Fatal(err)
		}
		found[name] = value
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
