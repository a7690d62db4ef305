package scripts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

const (
	mostFields = 15 // of a struct
	mostLines  = 42 // of a function, its first not counted
)

// TestSizes: a struct of many fields knows too much, and a long function is read twice.
func TestSizes(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t) {
		for _, declared := range file.syntax.Decls {
			name, size, most := sizeOf(file.positions, declared)
			if size > most {
				t.Errorf("%s: %s has %d, and %d are the most", path, name, size, most)
			}
		}
	}
}

// sizeOf is the number of a struct's fields or of a function's lines, and how many it may have.
func sizeOf(positions *token.FileSet, declared ast.Decl) (name string, size, most int) {
	switch declared := declared.(type) {
	case *ast.FuncDecl:
		if isTable(declared) {
			return declared.Name.Name, 0, mostLines
		}
		return declared.Name.Name, positions.Position(declared.End()).Line - positions.Position(declared.Pos()).Line, mostLines
	case *ast.GenDecl:
		for _, spec := range declared.Specs {
			if named, ok := spec.(*ast.TypeSpec); ok {
				if all, ok := named.Type.(*ast.StructType); ok {
					return named.Name.Name, all.Fields.NumFields(), mostFields
				}
			}
		}
	}
	return "", 0, 0
}

// isTable says whether the function is nothing but rows, such as those of the routes.
func isTable(function *ast.FuncDecl) bool {
	if function.Body == nil || len(function.Body.List) != 1 {
		return false
	}
	returns, ok := function.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(returns.Results) != 1 {
		return false
	}
	_, ok = returns.Results[0].(*ast.CompositeLit)
	return ok
}

type source struct {
	positions *token.FileSet
	syntax    *ast.File
}

// sources are our Go files by their path from the root: no tests, nothing generated.
func sources(t *testing.T) map[string]source {
	t.Helper()
	all := map[string]source{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "node_modules" || len(name) > 2 && strings.HasPrefix(name, ".")):
			return filepath.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go"):
			return nil
		}
		positions := token.NewFileSet()
		syntax, err := parser.ParseFile(positions, path, nil, 0)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel("..", path)
		all[relative] = source{positions, syntax}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("found only %d files", len(all))
	}
	return all
}
