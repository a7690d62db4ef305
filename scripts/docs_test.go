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
	link    = regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	// a file of ours in code style, such as `handlers/save.go`
	named = regexp.MustCompile("`((?:[a-z]+/)+[a-z0-9_.-]+\\.(?:go|sh|mjs|js|sql|templ|yaml))`")
)

// TestDocumentsNameWhatIsThere: a link, or a file in code style, leads to a file of the project, and to a heading that it has.
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
			target := document
			if match[1] != "" {
				target = filepath.Join(filepath.Dir(document), match[1])
				exists(t, document, target)
			}
			if match[2] != "" && !hasHeading(target, match[2]) {
				t.Errorf("%s names a part %s of %s, which is not there", document, match[2], target)
			}
		}
		for _, match := range named.FindAllStringSubmatch(string(content), -1) {
			exists(t, document, filepath.Join("..", match[1]))
		}
	}
}

// hasHeading says whether a document has the heading of which GitHub makes that anchor.
func hasHeading(document, anchor string) bool {
	content, _ := os.ReadFile(document) // one that is not there has been told
	for _, match := range heading.FindAllStringSubmatch(string(content), -1) {
		slug := regexp.MustCompile(`[^\pL\pN _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		if strings.ReplaceAll(slug, " ", "-") == anchor {
			return true
		}
	}
	return false
}

func exists(t *testing.T, document, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil && !isBuilt(path) {
		t.Errorf("%s names %s, which is not there: %v", strings.TrimPrefix(document, "../"), path, err.(*fs.PathError).Err)
	}
}

// isBuilt says whether a file is made rather than kept.
func isBuilt(path string) bool { return strings.HasPrefix(path, filepath.Join("..", "bin")) }
