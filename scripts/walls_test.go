package scripts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// walls are what each folder may import of ours. A folder without a row fails, and the test prints the row for it.
var walls = map[string][]string{
	// what can be understood alone
	"internal/access":    {},
	"internal/config":    {},
	"internal/connector": {},
	"internal/database":  {},
	"internal/problem":   {},
	"static":             {},

	// what Switchboard does
	"graphclient":        {"internal/connector", "internal/problem"},
	"internal/audit":     {"internal/access", "internal/connector", "internal/database"},
	"internal/changes":   {"graphclient", "internal/access", "internal/audit", "internal/connector", "internal/database", "internal/problem"},
	"internal/drafts":    {"internal/access", "internal/connector"},
	"internal/inventory": {"graphclient", "internal/access", "internal/audit", "internal/connector", "internal/database", "internal/problem"},
	"internal/signin":    {"graphclient", "internal/access", "internal/database", "internal/problem"},

	// what it shows
	"views":            {"internal/access", "internal/connector", "internal/problem", "views/components"},
	"views/components": {"internal/connector"},

	// what answers requests, and what plugs all of it together
	"handlers": {
		"internal/access", "internal/audit", "internal/changes", "internal/connector", "internal/drafts", "internal/inventory", "internal/problem",
		"internal/signin", "static", "views",
	},
	"cmd/web": {
		"graphclient", "handlers", "internal/access", "internal/audit", "internal/changes", "internal/config", "internal/connector",
		"internal/database", "internal/drafts", "internal/inventory", "internal/signin", "simulator", "simulator/provider", "static", "views",
	},

	// the tenant, which knows nothing of Switchboard
	"simulator":           {"simulator/directory", "simulator/faults", "simulator/graph", "simulator/journal", "simulator/provider"},
	"simulator/directory": {},
	"simulator/faults":    {},
	"simulator/graph":     {"simulator/journal"},
	"simulator/journal":   {},
	"simulator/provider":  {"simulator/directory", "simulator/journal"},

	// what tests and the people who work on it use
	"internal/audit/witnesstest":     {},
	"internal/database/databasetest": {"internal/database"},
	"journeys":                       {},
	"journeys/chromium":              {},
	"journeys/clients":               {"simulator", "simulator/faults", "simulator/graph"},
	"journeys/crash":                 {},
	"journeys/forms":                 {},
	"journeys/gallery":               {"journeys/chromium"},
	"journeys/matrix":                {},
	"journeys/matrix/mutants":        {},
	"journeys/pictures":              {"journeys/chromium", "journeys/gallery"},
	"journeys/providers":             {},
	"journeys/screenshots":           {"journeys/chromium", "simulator"},
	"journeys/soak":                  {"journeys/forms", "simulator", "simulator/directory", "simulator/faults", "simulator/graph"},
	"scripts":                        {},
	"scripts/dev":                    {},
	"scripts/onpostgres":             {},
}

// TestWalls holds each folder's imports, those of its tests left out, to its row.
func TestWalls(t *testing.T) {
	t.Parallel()
	found := folders(t)
	for folder, imports := range found {
		allowed, known := walls[folder]
		if !known {
			t.Errorf("%s has no row in walls; what it imports now is\n\t%s", folder, row(folder, imports))
		}
		for _, imported := range imports {
			if known && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s, and may import only %q of ours", folder, imported, allowed)
			}
		}
	}
	for folder, allowed := range walls {
		for _, named := range append([]string{folder}, allowed...) {
			if _, there := found[named]; !there {
				t.Errorf("the row of %s names %s, which is no package of ours", folder, named)
			}
		}
	}
}

// row is the line of the table that allows just these imports.
func row(folder string, imports []string) string {
	return fmt.Sprintf("%q: {%s},", folder, strings.ReplaceAll(strings.Trim(fmt.Sprintf("%q", imports), "[]"), `" "`, `", "`))
}

// TestOnlyChangesWritesToGraph looks for the calls that write: Patch and Sync of graphclient.Calls.
func TestOnlyChangesWritesToGraph(t *testing.T) {
	t.Parallel()
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

const module = "switchboard/"

// listed are our packages with what they import of ours, by their folders.
var listed = sync.OnceValues(func() (map[string][]string, error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		folder, _ := strings.CutPrefix(one.ImportPath, module)
		if strings.Contains(folder, "node_modules/") {
			continue
		}
		found[folder] = nil
		for _, imported := range one.Imports {
			if other, ours := strings.CutPrefix(imported, module); ours {
				found[folder] = append(found[folder], other)
			}
		}
	}
})

func folders(t *testing.T) map[string][]string {
	t.Helper()
	found, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return maps.Clone(found)
}
