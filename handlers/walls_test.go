package handlers_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// walls are what a room may import of ours; a room that is not here may import any. They are docs/tour.md's picture of the
// house, held.
var walls = map[string][]string{
	"connector":   {},
	"access":      {},
	"problem":     {},
	"config":      {},
	"database":    {},
	"static":      {},
	"simulator":   {},
	"views":       {"connector", "access", "problem", "views"},
	"graphclient": {"connector", "problem"},
	"audit":       {"connector", "access", "database"},
	"seal":        {},
	"oidc":        {"problem", "seal"},
	"session":     {"access", "problem", "seal", "oidc", "graphclient"},
	"signin":      {"problem", "seal", "oidc", "session", "graphclient"},
	"drafts":      {"connector", "access", "seal"},
	"inventory":   {"connector", "problem", "graphclient", "audit", "database", "access"},
	"changes":     {"connector", "access", "problem", "database", "graphclient", "audit"},
	"handlers":    {"connector", "access", "problem", "views", "static", "oidc", "session", "signin", "drafts", "inventory", "changes", "audit"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestWalls(t *testing.T) {
	t.Parallel()
	for _, found := range packages(t) {
		if strings.HasSuffix(found.ImportPath, "test") { // a helper of tests
			continue
		}
		room := roomOf(found.ImportPath)
		allowed, walled := walls[room]
		for _, imported := range found.Imports {
			other, ours := strings.CutPrefix(imported, "switchboard/")
			if !ours || roomOf(imported) == room || !walled {
				continue
			}
			if !slices.Contains(allowed, roomOf(imported)) {
				t.Errorf("%s imports %s: %s may import only %v of ours", found.ImportPath, other, room, allowed)
			}
		}
	}
}

// TestOnlyChangesWritesToGraph looks for the calls that write: Patch and Sync of graphclient.Calls.
func TestOnlyChangesWritesToGraph(t *testing.T) {
	t.Parallel()
	for _, found := range packages(t) {
		room := roomOf(found.ImportPath)
		if slices.Contains(found.Imports, "switchboard/graphclient") && !slices.Contains([]string{"changes", "inventory", "session", "signin", "site"}, room) {
			t.Errorf("%s imports graphclient", found.ImportPath)
		}
	}
	out, err := exec.Command("grep", "-rnE", "--include=*.go", "--exclude=*_test.go", `\.For\([a-z]+\)\.(Patch|Sync)\(`, "..").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "../internal/changes/") {
			t.Errorf("only changes may write to Graph: %s", line)
		}
	}
}

func roomOf(path string) string {
	room, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, "switchboard/"), "internal/"), "/")
	return room
}

// packages are all of ours with what they import, tests left out.
func packages(t *testing.T) []goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Imports", "switchboard/...")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var found []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one goPackage
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
}
