package scripts_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	// a file of ours in code style, such as `handlers/save.go`
	named = regexp.MustCompile("`((?:[a-z]+/)+[a-z0-9_.-]+\\.(?:go|sh|mjs|js|sql|templ|yaml))`")
)

// TestDocumentsNameWhatIsThere: a link, or a file in code style, leads to a file of the project.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	var documents []string
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../docs/adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, found...)
	}
	if len(documents) < 10 {
		t.Fatalf("found only the documents %v", documents)
	}
	for _, document := range documents {
		content, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(content), -1) {
			exists(t, document, filepath.Join(filepath.Dir(document), match[1]))
		}
		for _, match := range named.FindAllStringSubmatch(string(content), -1) {
			exists(t, document, filepath.Join("..", match[1]))
		}
	}
}

func exists(t *testing.T, document, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil && !isBuilt(path) {
		t.Errorf("%s names %s, which is not there: %v", strings.TrimPrefix(document, "../"), path, err.(*fs.PathError).Err)
	}
}

// isBuilt says whether a file is made rather than kept.
func isBuilt(path string) bool { return strings.HasPrefix(path, filepath.Join("..", "bin")) }
