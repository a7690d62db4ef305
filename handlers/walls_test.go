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
	"signin":      {"access", "problem", "database", "graphclient"},
	"drafts":      {"connector", "access"},
	"inventory":   {"connector", "problem", "graphclient", "audit", "database", "access"},
	"changes":     {"connector", "access", "problem", "database", "graphclient", "audit"},
	"handlers":    {"connector", "access", "problem", "views", "static", "signin", "drafts", "inventory", "changes", "audit"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestWalls(t *testing.T) {
	t.Parallel()
	for _, found := range packages(t) {
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

// TestOnlyChangesWritesToGraph: the calls that write lie behind graphclient/write. Without it nothing but graphclient itself can
// make one, since the permit for them is internal to it.
func TestOnlyChangesWritesToGraph(t *testing.T) {
	t.Parallel()
	importers := map[string][]string{
		"switchboard/graphclient":       {"changes", "inventory", "signin", "graphclient", "cmd"},
		"switchboard/graphclient/write": {"changes"},
	}
	for _, found := range packages(t) {
		for imported, rooms := range importers {
			if slices.Contains(found.Imports, imported) && !slices.Contains(rooms, roomOf(found.ImportPath)) {
				t.Errorf("%s imports %s: only %v may", found.ImportPath, imported, rooms)
			}
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
