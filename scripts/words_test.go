package scripts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	// straight is an apostrophe as a keyboard has it; pages have the other one.
	straight = regexp.MustCompile(`[A-Za-z]'[a-z]`)
	// twice are turns of phrase that have to be read twice.
	twice = regexp.MustCompile(`(?i)\b(whoever|whom|what (became|has become) of|there is no such|it is no|no longer any|thing to correct)\b`)
	// sentence is a text that people read, rather than a line of the log or a part of an error.
	sentence = regexp.MustCompile(`^[^A-Za-z]*[A-Z]|\. [A-Z]`)
)

// The rooms whose sentences stand on pages. Errors of the command line and of the configuration are read in a terminal.
var pageRooms = []string{
	"graphclient", "handlers", "internal/access", "internal/changes", "internal/connector", "internal/desk", "internal/inventory", "internal/problem",
	"internal/oidc", "internal/session", "internal/signin", "simulator/directory", "views",
}

// TestSentencesArePlain: a sentence on a page is read once, and all of them have one kind of apostrophe.
func TestSentencesArePlain(t *testing.T) {
	t.Parallel()
	for _, room := range pageRooms {
		eachFile(t, room, func(set *token.FileSet, file *ast.File) {
			ast.Inspect(file, func(node ast.Node) bool {
				literal, is := node.(*ast.BasicLit)
				if !is || literal.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(room, "views") && !sentence.MatchString(text) {
					return true
				}
				judge(t, set.Position(literal.Pos()).String(), text)
				return true
			})
		})
	}
	for _, pattern := range []string{"../views/*/*.templ", "../static/js/*.js", "../simulator/provider/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(source), "\n") {
				if text, _, _ := strings.Cut(strings.TrimSpace(line), "// "); text != "" {
					judge(t, name+":"+strconv.Itoa(i+1), text)
				}
			}
		}
	}
}

func judge(t *testing.T, where, text string) {
	t.Helper()
	if found := straight.FindString(text); found != "" && !strings.Contains(text, "src 'self'") {
		t.Errorf("%s: %q has a straight apostrophe, write ’", where, text)
	}
	if found := twice.FindString(text); found != "" {
		t.Errorf("%s: %q has to be read twice: %q", where, text, found)
	}
}

// TestEveryFaultSaysWhatToDo: a problem comes with advice, with the fields at fault, or with a place that adds one of them.
func TestEveryFaultSaysWhatToDo(t *testing.T) {
	t.Parallel()
	adds := []string{
		"You have no role in Switchboard.", "This address does not belong to Switchboard.", // their pages say it
		"Your session has ended.", // leads to the sign-in
	}
	for _, room := range pageRooms {
		eachFile(t, room, func(set *token.FileSet, file *ast.File) {
			advised := map[ast.Expr]bool{}
			ast.Inspect(file, func(node ast.Node) bool {
				call, is := node.(*ast.CallExpr)
				if !is {
					return true
				}
				method, is := call.Fun.(*ast.SelectorExpr)
				if !is {
					return true
				}
				if advised[call] || slices.Contains([]string{"Advising", "At"}, method.Sel.Name) {
					advised[method.X] = true
				}
				if room, is := method.X.(*ast.Ident); !is || room.Name != "problem" || method.Sel.Name != "New" || advised[call] {
					return true
				}
				title, is := call.Args[1].(*ast.BasicLit)
				if !is || slices.ContainsFunc(adds, func(known string) bool { return strings.Contains(title.Value, known) }) {
					return true
				}
				t.Errorf("%s: %s does not say what to do next", set.Position(call.Pos()), title.Value)
				return true
			})
		})
	}
}

// eachFile parses the room's own Go files, those of its folders too.
func eachFile(t *testing.T, room string, look func(*token.FileSet, *ast.File)) {
	t.Helper()
	root := filepath.Join("..", room)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			look(set, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
