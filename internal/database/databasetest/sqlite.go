package databasetest

import (
	"context"
	"database/sql/driver"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"modernc.org/sqlite"

	"switchboard/internal/database"
)

// unsynced are the files whose commits need not survive a power cut, since nothing reads them after the test. Others, which
// a test names itself, are as durable as the product's.
var unsynced sync.Map

func init() {
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		address, err := url.Parse(dsn)
		if err != nil {
			return err
		}
		if _, ours := unsynced.Load(address.Path); !ours {
			return nil
		}
		_, err = conn.ExecContext(context.Background(), "PRAGMA synchronous = OFF", []driver.NamedValue{})
		return err
	})
}

// sqliteTemplate is the content of a migrated file, which this process makes once.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "switchboard-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "template.db")
	unsynced.Store(path, true)
	db, err := database.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // moves what was written from the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// freshSQLite is the address of a copy of the template, or of a file that does not exist yet.
func freshSQLite(t testing.TB, empty bool) (string, error) {
	if empty {
		return "sqlite:" + unsyncedPath(t), nil
	}
	template, err := sqliteTemplate()
	if err != nil {
		return "", err
	}
	return writeSQLite(t, template)
}

func writeSQLite(t testing.TB, content []byte) (string, error) {
	path := unsyncedPath(t)
	return "sqlite:" + path, os.WriteFile(path, content, 0o600)
}

func unsyncedPath(t testing.TB) string {
	path := filepath.Join(t.TempDir(), "switchboard.db")
	unsynced.Store(path, true)
	t.Cleanup(func() { unsynced.Delete(path) })
	return path
}
