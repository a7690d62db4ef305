package audit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestRecordedAreTheActionsThatCodeRecords: the filter offers what the audit log can hold, and promises nothing else.
func TestRecordedAreTheActionsThatCodeRecords(t *testing.T) {
	t.Parallel()
	names := map[string]Action{"Edit": Edit, "Sync": Sync, "Revert": Revert, "BulkEdit": BulkEdit, "Proposal": Proposal, "Approval": Approval,
		"Rejection": Rejection, "SignIn": SignIn, "SignOut": SignOut, "Denied": Denied, "Export": Export, "Observed": Observed, "Resolved": Resolved,
		"Claim": Claim, "ClaimEnd": ClaimEnd, "Note": Note, "Acknowledged": Acknowledged}
	used := map[Action]bool{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || path != "." && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || path == "internal/audit/entry.go" {
			return nil
		}
		source, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ours := file.Name.Name == "audit"
		ast.Inspect(file, func(node ast.Node) bool {
			switch at := node.(type) {
			case *ast.SelectorExpr:
				if room, is := at.X.(*ast.Ident); is && room.Name == "audit" {
					noteUse(used, names, at.Sel.Name)
				}
				return false
			case *ast.KeyValueExpr:
				if value, is := at.Value.(*ast.Ident); is && ours {
					noteUse(used, names, value.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []Action
	for _, action := range Actions() {
		if used[action] {
			want = append(want, action)
		}
	}
	if got := Recorded(); !reflect.DeepEqual(got, want) {
		t.Errorf("Recorded() is %q, and the code records %q", got, want)
	}
}

func noteUse(used map[Action]bool, names map[string]Action, name string) {
	if action, is := names[name]; is {
		used[action] = true
	}
}
