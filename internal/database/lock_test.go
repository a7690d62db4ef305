package database_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestOneHoldsTheFile: whichever name the second one has for it, and though the lock file is taken away meanwhile.
func TestOneHoldsTheFile(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	path := strings.TrimPrefix(url, "sqlite:")
	link := filepath.Join(t.TempDir(), "another.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	first := hold(t, url)
	for _, name := range []string{url, "sqlite:" + link, "sqlite:" + filepath.Dir(path) + "/./switchboard.db"} {
		if _, err := database.Hold(name); !errors.Is(err, database.ErrServed) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	if err := first.Held(); err != nil {
		t.Errorf("after its file was taken away: %v", err)
	}
	if _, err := database.Hold(url); !errors.Is(err, database.ErrServed) {
		t.Errorf("the second: %v", err)
	}
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	second := hold(t, url)
	if err := first.Held(); !errors.Is(err, database.ErrServed) {
		t.Errorf("the first, once the second was quicker: %v", err)
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	hold(t, url)
}

func hold(t *testing.T, url string) *database.Lock {
	t.Helper()
	lock, err := database.Hold(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() }) // some are closed by then
	return lock
}

// TestAFileThatIsNoLongerThere: whichever of SQLite's three files is replaced or deleted, nothing is written and nothing is
// ready; it is both again once the file is back.
func TestAFileThatIsNoLongerThere(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "-wal", "-shm"} {
		for _, replaced := range []bool{false, true} {
			url := databasetest.URL(t, databasetest.SQLiteKind)
			db, path := databasetest.Open(t, url), strings.TrimPrefix(url, "sqlite:")+file
			write := func() error {
				return db.Write(t.Context(), func(tx *sql.Tx) error {
					_, err := tx.Exec("UPDATE audit_head SET size = size + 1")
					return err
				})
			}
			if err := errors.Join(write(), db.Ready(t.Context())); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err = errors.Join(err, os.Rename(path, path+".away")); err != nil {
				t.Fatal(err)
			}
			if replaced {
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, single := db.ExecContext(t.Context(), "UPDATE audit_head SET size = size + 1")
			for what, err := range map[string]error{"a write": write(), "a statement": single, "ready": db.Ready(t.Context())} {
				if !errors.Is(err, database.ErrReplaced) {
					t.Errorf("%q replaced %v: %s: %v", file, replaced, what, err)
				}
			}
			if err := errors.Join(os.Rename(path+".away", path), write(), db.Ready(t.Context())); err != nil {
				t.Errorf("%q replaced %v: put back: %v", file, replaced, err)
			}
		}
	}
}

// TestAFileReplacedDuringATransaction: what was under way is not committed to a file that nobody will find.
func TestAFileReplacedDuringATransaction(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	db, path := databasetest.Open(t, url), strings.TrimPrefix(url, "sqlite:")
	err := db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE audit_head SET size = size + 1")
		return errors.Join(err, os.Rename(path, path+".away"))
	})
	if !errors.Is(err, database.ErrReplaced) {
		t.Error(err)
	}
}

// TestADamagedFileIsNamedAtStart: a page in its middle that holds something else.
func TestADamagedFileIsNamedAtStart(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	path := strings.TrimPrefix(url, "sqlite:")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(2); page < 6; page++ {
		if _, err := file.WriteAt([]byte(strings.Repeat("rubbish ", 512)), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := database.Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("serving: %v", err)
	}
	if _, err := database.Look(t.Context(), url); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("looking: %v", err)
	}
}

// TestAFileDamagedUnderTheProgram: /readyz tells of it, whatever the connections in use remember.
func TestAFileDamagedUnderTheProgram(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	db := databasetest.Open(t, url)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 999) SELECT i, hex(randomblob(200)) AS text FROM n"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(strings.TrimPrefix(url, "sqlite:"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for page := int64(2); page < 40; page++ {
		if _, err := file.WriteAt([]byte(strings.Repeat("rubbish ", 512)), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Ready(t.Context()); err == nil {
		t.Error("it is ready")
	}
}

// TestAFileOfTwoNamesIsRefused: SQLite finds its log beside the name, so each name would have its own.
func TestAFileOfTwoNamesIsRefused(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLiteKind)
	path := strings.TrimPrefix(url, "sqlite:")
	second := filepath.Join(t.TempDir(), "second.db")
	if err := os.Link(path, second); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, second} {
		_, held := database.Hold("sqlite:" + name)
		_, looked := database.Look(t.Context(), "sqlite:"+name)
		for verb, err := range map[string]error{"Hold": held, "Look": looked} {
			if err == nil || !strings.Contains(err.Error(), "hard link") {
				t.Errorf("%s of %s: %v", verb, name, err)
			}
		}
	}
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	hold(t, url)
}
