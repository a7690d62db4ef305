package gallery

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the folders of views from the lowest up. A folder imports those of lower floors alone, so that there is no circle and no
// subject leans on its neighbour.
var floors = [][]string{
	{"components", "links"},
	{"forms", "gates"},
	{"frame"},
	{"problems"},
	{"changes"},
	{"account", "auditlog", "bulk", "connectors", "edit", "runbooks"},
	{"viewstest"}, // what tests share
}

// TestFloors holds the folders to their floors; a folder without one fails.
func TestFloors(t *testing.T) {
	t.Parallel()
	floor := map[string]int{}
	for i, folders := range floors {
		for _, folder := range folders {
			floor[folder] = i
		}
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, known := floor[entry.Name()]; !known && entry.Name() != "gallery" {
			t.Errorf("views/%s has no floor", entry.Name())
		}
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "switchboard/views/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		folder := strings.TrimPrefix(paths[0], "switchboard/views/")
		for _, path := range paths[1:] {
			lower, ours := strings.CutPrefix(path, "switchboard/views/")
			if ours && floor[lower] >= floor[folder] {
				t.Errorf("views/%s imports views/%s, which is not below it", folder, lower)
			}
		}
	}
	if !slices.Contains(strings.Fields(string(out)), "switchboard/views/components") {
		t.Errorf("go list does not show the folders: %s", out)
	}
}
