package databasetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"switchboard/internal/database"
)

// sqliteTemplate is the content of a migrated file, which this process makes once.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "switchboard-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "template.db")
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
	path := filepath.Join(t.TempDir(), "switchboard.db")
	if empty {
		return "sqlite:" + path, nil
	}
	template, err := sqliteTemplate()
	if err != nil {
		return "", err
	}
	return "sqlite:" + path, os.WriteFile(path, template, 0o600)
}
