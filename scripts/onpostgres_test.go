package scripts_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestPostgresStandsIn starts a program by its stand-in: it gets one PostgreSQL database for each SQLite file, at each
// start the same, and its arguments and exit code pass through.
func TestPostgresStandsIn(t *testing.T) {
	t.Parallel()
	stand := standIn(t, "/bin/sh")
	folder := t.TempDir()
	start := func(file string) string {
		cmd := exec.Command(stand, "-c", `echo "$SWITCHBOARD_DATABASE_URL"; exit 7`)
		cmd.Dir, cmd.Env = folder, []string{"SWITCHBOARD_DATABASE_URL=" + file}
		output, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 7 {
			t.Fatalf("%s: exit code %d, want the program's: %s", file, code, output)
		}
		return strings.TrimSpace(string(output))
	}
	first := start("sqlite:" + filepath.Join(folder, "a.db"))
	t.Cleanup(func() { drop(t, first) })
	databasetest.Open(t, first)
	if again := start("sqlite:a.db"); again != first {
		t.Errorf("the same file stands for %s, and then for %s", first, again)
	}
	other := start("sqlite:b.db")
	t.Cleanup(func() { drop(t, other) })
	if other == first {
		t.Errorf("two files stand for one database, %s", first)
	}
}

// TestPostgresStandsInForSQLiteAlone: whoever names no SQLite file would not notice on which database the program runs.
func TestPostgresStandsInForSQLiteAlone(t *testing.T) {
	t.Parallel()
	output, err := exec.Command(standIn(t, "/bin/true")).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "names no SQLite file") {
		t.Errorf("started without a database: %v, %s", err, output)
	}
}

// standIn is the path of a stand-in for the program.
func standIn(t *testing.T, program string) string {
	t.Helper()
	stand := filepath.Join(t.TempDir(), "stand-in")
	server := databasetest.Empty(t, databasetest.PostgresKind)
	flags := fmt.Sprintf("-X main.program=%s -X main.server=%s -X main.prefix=switchboard_stand_in_%s_",
		program, server, strings.ToLower(rand.Text()[:8]))
	if output, err := exec.Command("go", "build", "-o", stand, "-ldflags", flags, "./onpostgres").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return stand
}

func drop(t *testing.T, address string) {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	db := databasetest.Open(t, databasetest.URL(t, databasetest.PostgresKind))
	if _, err := db.Exec("DROP DATABASE " + strings.TrimPrefix(parsed.Path, "/") + " WITH (FORCE)"); err != nil {
		t.Error(err)
	}
}
