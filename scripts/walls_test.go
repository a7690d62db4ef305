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
	"internal/licenses":  {},
	"internal/live":      {},
	"internal/markdown":  {},
	"internal/problem":   {},
	"internal/seal":      {},
	"static":             {},

	// what Switchboard does; changes alone holds what writes to Graph
	"graphclient":                 {"graphclient/internal/permit", "internal/connector", "internal/problem"},
	"graphclient/internal/permit": {},
	"graphclient/write":           {"graphclient", "graphclient/internal/permit"},
	"internal/audit":              {"internal/access", "internal/connector", "internal/database"},
	"internal/changes": {
		"graphclient", "graphclient/write", "internal/access", "internal/audit", "internal/connector", "internal/database", "internal/live",
		"internal/problem",
	},
	"internal/bulk": {
		"internal/access", "internal/audit", "internal/changes", "internal/connector", "internal/database", "internal/problem", "internal/seal",
	},
	"internal/bulk/sheet": {"internal/connector"},
	"internal/desk":       {"internal/access", "internal/audit", "internal/connector", "internal/database", "internal/live", "internal/problem"},
	"internal/drafts":     {"internal/access", "internal/connector", "internal/database", "internal/seal"},
	"internal/inventory":  {"graphclient", "internal/access", "internal/audit", "internal/connector", "internal/database", "internal/live", "internal/problem", "internal/seal"},
	"internal/oidc":       {"internal/problem", "internal/seal"},
	"internal/runbooks":   {"internal/connector", "internal/markdown"},
	"internal/session":    {"graphclient", "internal/access", "internal/oidc", "internal/problem", "internal/seal"},
	"internal/tracing":    {"graphclient", "internal/database"},
	"internal/signin":     {"graphclient", "internal/oidc", "internal/problem", "internal/seal", "internal/session"},

	// what it shows, the lowest floor first
	"views/components": {"internal/connector", "internal/markdown"},
	"views/links":      {"internal/connector"},
	"views/forms":      {"internal/connector", "internal/problem", "views/components"},
	"views/gates":      {"internal/access", "internal/connector", "internal/problem", "views/components"},
	"views/frame":      {"internal/access", "internal/connector", "views/components", "views/gates"},
	"views/problems":   {"internal/connector", "internal/problem", "views/components", "views/forms", "views/frame", "views/gates"},
	"views/changes":    {"internal/connector", "views/components", "views/forms", "views/gates", "views/links", "views/problems"},
	"views/runbooks":   {"internal/connector", "internal/markdown", "views/components", "views/links"},
	"views/account":    {"internal/access", "internal/connector", "views/components", "views/frame", "views/gates", "views/problems"},
	"views/auditlog": {
		"internal/access", "internal/connector", "internal/problem", "views/changes", "views/components", "views/forms", "views/gates", "views/links",
	},
	"views/connectors": {
		"internal/access", "internal/connector", "internal/markdown", "internal/problem", "views/changes", "views/components", "views/forms", "views/gates",
		"views/links", "views/problems",
	},
	"views/bulk": {"internal/connector", "internal/problem", "views/changes", "views/components", "views/forms", "views/links", "views/problems"},
	"views/edit": {
		"internal/access", "internal/connector", "internal/problem", "views/changes", "views/components", "views/forms", "views/gates",
		"views/links", "views/problems",
	},

	// what answers requests, and what plugs all of it together
	"handlers": {
		"internal/access", "internal/audit", "internal/bulk", "internal/bulk/sheet", "internal/changes", "internal/connector", "internal/desk",
		"internal/drafts", "internal/inventory", "internal/licenses", "internal/live", "internal/oidc", "internal/problem", "internal/runbooks", "internal/session", "internal/signin", "static",
		"views/account", "views/auditlog", "views/bulk", "views/changes", "views/components", "views/connectors", "views/edit", "views/forms", "views/frame", "views/gates",
		"views/links", "views/problems", "views/runbooks",
	},
	"internal/site": {
		"graphclient", "handlers", "internal/access", "internal/audit", "internal/bulk", "internal/changes", "internal/config", "internal/connector",
		"internal/database", "internal/desk", "internal/drafts", "internal/inventory", "internal/live", "internal/oidc", "internal/runbooks",
		"internal/seal", "internal/session", "internal/signin", "internal/tracing", "simulator", "simulator/provider", "static", "views/frame",
	},
	"cmd/web": {
		"handlers", "internal/audit", "internal/changes", "internal/config", "internal/database", "internal/licenses", "internal/oidc",
		"internal/runbooks", "internal/site", "internal/tracing",
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
	"internal/licenses/collect":      {"internal/licenses"},
	"internal/signin/signintest": {
		"graphclient", "internal/database", "internal/database/databasetest", "internal/oidc", "internal/problem", "internal/seal",
		"internal/session", "internal/signin",
	},
	"views/gallery": {},
	"views/viewstest": {
		"internal/access", "internal/connector", "internal/markdown", "internal/problem", "views/auditlog", "views/changes",
		"views/connectors", "views/edit", "views/forms", "views/frame", "views/gates",
	},
	"journeys": {},
	"journeys/bench": {"graphclient", "graphclient/write", "internal/access", "internal/audit", "internal/connector", "internal/database", "journeys/forms", "simulator",
		"simulator/directory", "simulator/faults", "simulator/graph"},
	"journeys/chromium":       {},
	"journeys/clients":        {"simulator", "simulator/faults", "simulator/graph"},
	"journeys/crash":          {},
	"journeys/forms":          {},
	"journeys/gallery":        {"journeys/chromium"},
	"journeys/matrix":         {},
	"journeys/matrix/mutants": {},
	"journeys/pictures":       {"journeys/chromium", "journeys/gallery"},
	"journeys/providers":      {},
	"journeys/screenshots":    {"journeys/chromium", "simulator"},
	"journeys/soak":           {"journeys/forms", "simulator", "simulator/directory", "simulator/faults", "simulator/graph"},
	"scripts":                 {},
	"scripts/dev":             {},
	"scripts/onpostgres":      {},
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

// TestOnlyChangesWritesToGraph: what can be sent to Graph that changes something comes of a package that nobody else may import. The bench
// measures it, and is a program of its own.
func TestOnlyChangesWritesToGraph(t *testing.T) {
	t.Parallel()
	for folder, imports := range folders(t) {
		if slices.Contains(imports, "graphclient/write") != (folder == "internal/changes" || folder == "journeys/bench") {
			t.Errorf("%s imports %q: internal/changes alone may write to Graph", folder, imports)
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
