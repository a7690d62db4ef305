package handlers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layerOf is the layer or the subject that a file belongs to, by its name.
func layerOf(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".go")
	layer, _, _ := strings.Cut(name, "_")
	return layer
}

// below are the layers that a layer may use beside itself; the plan (handlers.go) and the table (routes.go) may use all.
func below(layer string) []string {
	switch layer {
	case "kernel":
		return nil
	case "present":
		return []string{"kernel"}
	}
	return []string{"kernel", "present"}
}

// shared are the names of the plan and the table that every layer may use.
var shared = []string{"Settings", "Options", "AuditLog", "Inventory", "handler", "route"}

// TestCallsRunDownwards: a file names nothing that a layer above it declares, and no subject names another's.
func TestCallsRunDownwards(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files, declaredIn := map[string]*ast.File{}, map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = file
		for name := range file.Scope.Objects {
			declaredIn[name] = path
		}
	}
	for path, file := range files {
		layer := layerOf(path)
		if layer == "handlers" || layer == "routes" {
			continue
		}
		for _, used := range file.Unresolved {
			owner, ours := declaredIn[used.Name]
			other := layerOf(owner)
			if ours && other != layer && !slices.Contains(below(layer), other) && !slices.Contains(shared, used.Name) {
				t.Errorf("%s uses %s of %s, which is above it or beside it", path, used.Name, owner)
			}
		}
	}
}
