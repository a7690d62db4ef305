package main

import (
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestOneProcessServesAFile: the second one ends and says why, as does whatever else would write to the file. Looking goes on,
// and a process that was killed leaves nothing behind that would keep the next one out.
func TestOneProcessServesAFile(t *testing.T) {
	first := start(t)
	url := "SWITCHBOARD_DATABASE_URL=sqlite:" + first.Dir + "/switchboard-demo.db"
	second := []string{url, "SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0"}
	for _, call := range []struct {
		verb, says string
		code       int
	}{
		{"", "another process uses the database", failed},
		{"migrate", "another process uses the database", failed},
		{"check", "database       ok", clean},
	} {
		var said strings.Builder
		if code := run(strings.Fields(call.verb), second, &said, &said); code != call.code || !strings.Contains(said.String(), call.says) {
			t.Errorf("%q ends with %d, want %d and %q in:\n%s", call.verb, code, call.code, call.says, said.String())
		}
	}
	if !first.answers("/readyz") {
		t.Error("the first is no longer ready")
	}
	if err := first.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-first.ended
	var said strings.Builder
	if code := run([]string{"migrate"}, second, &said, &said); code != clean {
		t.Errorf("after a crash migrate ends with %d:\n%s", code, said.String())
	}
}

// TestAFileTakenAwayUnderTheProgram: it says in /readyz that it can serve no longer.
func TestAFileTakenAwayUnderTheProgram(t *testing.T) {
	p := start(t)
	if err := os.Rename(p.Dir+"/switchboard-demo.db", p.Dir+"/away.db"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + p.address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable {
		t.Error(answer.Status)
	}
}

// TestMigrate makes the tables, and finds nothing to do the second time.
func TestMigrate(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := databasetest.Empty(t, kind)
			for _, says := range []string{"migrations; the tables are up to date", "applied 0 migrations"} {
				var said strings.Builder
				// no keys, no issuer: whoever makes the tables need not have them
				if code := run([]string{"migrate"}, []string{"SWITCHBOARD_DEMO=false", "SWITCHBOARD_DATABASE_URL=" + url}, &said, &said); code != clean || !strings.Contains(said.String(), says) {
					t.Errorf("exit code %d, want %q in:\n%s", code, says, said.String())
				}
			}
		})
	}
}

// TestUnsafeSettingsAreTold: by check, and at start.
func TestUnsafeSettingsAreTold(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") // so that serving ends
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	environ := []string{"SWITCHBOARD_DATABASE_URL=sqlite:" + t.TempDir() + "/x.db", "SWITCHBOARD_CHANGES_SETTLE=30s", "SWITCHBOARD_LISTEN=" + taken.Addr().String()}
	for _, verb := range []string{"check", ""} {
		var said strings.Builder
		if run(strings.Fields(verb), environ, &said, &said); !strings.Contains(said.String(), "changes.settle: a PATCH may take 31s") {
			t.Errorf("%q says:\n%s", verb, said.String())
		}
	}
}
