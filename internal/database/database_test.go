package database_test

import (
	"context"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestProcessesStartAtOnce opens one new database many times at once: its tables are made once, and everybody sees them.
func TestProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.Empty(t, kind)
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					db, err := database.Open(context.Background(), address)
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					var size int64
					if err := db.QueryRowContext(context.Background(), "SELECT size FROM audit_head").Scan(&size); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			var applied, once int
			const count = "SELECT count(*), count(DISTINCT version_id) FROM goose_db_version"
			if err := databasetest.Open(t, address).QueryRow(count).Scan(&applied, &once); err != nil || applied != once || applied < 3 {
				t.Errorf("%d migrations were applied, %d of them different: %v", applied, once, err)
			}
		})
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	working, err := url.Parse(databasetest.URL(t, databasetest.PostgresKind))
	if err != nil {
		t.Fatal(err)
	}
	stranger, absent := *working, *working
	stranger.User = url.UserPassword("switchboard", "s3cret")
	absent.User, absent.Host, absent.RawQuery = url.UserPassword("me", "s3cret"), "127.0.0.1:1", "sslmode=disable"
	for name, test := range map[string]struct{ url, says string }{
		"no scheme":      {"switchboard.db", "neither sqlite: nor postgres://"},
		"another scheme": {"mysql://me:s3cret@host/db", "neither sqlite: nor postgres://"},
		"no path":        {"sqlite:", "names no file"},
		"in memory":      {"sqlite::memory:", "names no file"},
		"no folder":      {"sqlite:" + filepath.Join(t.TempDir(), "none", "a.db"), "its folder must exist"},
		"a folder":       {"sqlite:" + t.TempDir(), "is a folder: name a file in it"},
		"no database":    {"sqlite:" + textFile(t), "text.db does not answer"},
		"wrong password": {stranger.String(), "does not answer"},
		"no server":      {absent.String(), "at 127.0.0.1:1 does not answer"},
		"bad URL":        {"postgres://me:s3cret@host:port/db", "postgres://USER:PASSWORD@HOST"},
		"bad escape":     {"postgres://me:s3cret%zz@host/db", "postgres://USER:PASSWORD@HOST"},
	} {
		_, err := database.Open(context.Background(), test.url)
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v\nwant it to say %q, and no password", name, err, test.says)
		}
	}
}

// textFile is a file that is no database.
func textFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("This is no database. ", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSQLiteFileIsPrivateAndDurable(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "a b?c#d%41.db")
	db := databasetest.Open(t, "sqlite:"+path)
	if _, err := db.ExecContext(context.Background(), "CREATE TABLE fresh (id BIGINT)"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 3 {
		t.Fatalf("files = %v, %v; want the database, -wal and -shm", files, err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || info.Mode().Perm() != fs.FileMode(0o600) || !strings.HasPrefix(file.Name(), filepath.Base(path)) {
			t.Errorf("%s has mode %v, %v", file.Name(), info.Mode(), err)
		}
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "3000"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %s, %v; want %s", pragma, got, err, want)
		}
	}
	if _, err := db.Exec("DELETE FROM fresh"); err == nil {
		t.Error("the pool for reading writes")
	}
}

func TestPostgresCommitsDurably(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t, databasetest.URL(t, databasetest.PostgresKind))
	var got string
	if err := db.QueryRow("SHOW synchronous_commit").Scan(&got); err != nil || got != "on" {
		t.Errorf("synchronous_commit = %s, %v", got, err)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := db.Ready(context.Background()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Ready(context.Background()); err == nil || !strings.Contains(err.Error(), "does not answer") {
			t.Errorf("a closed database: %v", err)
		}
	})
}

// TestMigrationsGoDown takes every migration back and applies all again.
func TestMigrationsGoDown(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, step := range []func(context.Context) error{db.MigrateDown, db.MigrateUp} {
			if err := step(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.ExecContext(context.Background(), "DELETE FROM audit_head"); err == nil {
			t.Error("the record is not protected after going down and up")
		}
	})
}
