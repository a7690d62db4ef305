package database_test

import (
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestRestoredDatabaseServes dumps and restores with the commands of docs/operators.md, as a superuser, what a role of
// Switchboard's own made: that role can use and migrate what was restored.
func TestRestoredDatabaseServes(t *testing.T) {
	t.Parallel()
	role, password := "switchboard_test_"+strings.ToLower(rand.Text()[:10]), rand.Text()
	admin := plain(t, databasetest.Empty(t, databasetest.PostgresKind))
	run := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE ROLE " + role + " LOGIN PASSWORD '" + password + "'")
	t.Cleanup(func() { run("DROP ROLE " + role) }) // after the databases that it owns
	owned := func() (superuser, owner string) {    // as createdb --owner makes it
		superuser = databasetest.Empty(t, databasetest.PostgresKind)
		address, err := url.Parse(superuser)
		if err != nil {
			t.Fatal(err)
		}
		run("ALTER DATABASE " + strings.TrimPrefix(address.Path, "/") + " OWNER TO " + role)
		address.User = url.UserPassword(role, password)
		return superuser, address.String()
	}
	superuser, owner := owned()
	databasetest.Open(t, owner)
	restoredBySuperuser, restored := owned()
	dump := filepath.Join(t.TempDir(), "switchboard.pgdump")
	documented(t, "pg_dump", "switchboard > switchboard.pgdump", "'"+superuser+"' > "+dump)
	documented(t, "pg_restore", "--role=switchboard", "--role="+role, "switchboard_restored", "'"+restoredBySuperuser+"'", "< switchboard.pgdump", "< "+dump)

	if err := databasetest.Open(t, restored).Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := plain(t, restored).Exec("ALTER TABLE sessions ADD COLUMN later TEXT"); err != nil {
		t.Errorf("the next migration fails: %v", err)
	}
}

// documented runs the one line of docs/operators.md that has the program in it, with other names in the place of its own.
func documented(t *testing.T, program string, replaced ...string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operators.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^(?:runuser -u postgres -- )?(`+program+` .*)$`).FindAllStringSubmatch(string(page), -1)
	if len(lines) != 1 {
		t.Fatalf("docs/operators.md has %d lines with %s, want 1", len(lines), program)
	}
	line := strings.NewReplacer(replaced...).Replace(lines[0][1])
	if output, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, output)
	}
}
