package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	shell     = regexp.MustCompile("(?s)```sh\n(.*?)```")
	code      = regexp.MustCompile("`(switchboard [^`\n]*)`")
	continued = regexp.MustCompile(`\\\n\s*`)
	// a line that calls the program: by its name, as its account, or in a container of its image
	calls = regexp.MustCompile(`^(?:runuser -u switchboard -- |docker run .* )?switchboard( .*)?$`)
	// what a shell keeps for itself, and what a synopsis adds
	beyond = regexp.MustCompile(`\s(?:[0-9]?>|\||#|&&).*$|[\[\]'"]`)
)

// TestDocumentedCommandsAreUnderstood: every call of the program in a document, a comment or a fault of the configuration is one
// that it understands.
func TestDocumentedCommandsAreUnderstood(t *testing.T) {
	t.Parallel()
	var found []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "config.yaml", "internal/config/*.go"} {
		files, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			for _, command := range commands(read(t, file)) {
				found = append(found, command)
				named := slices.ContainsFunc(verbs, func(v verb) bool { return v.name == command }) // without what it needs
				if _, err := new(call).understand(strings.Fields(command)); err != nil && !named {
					t.Errorf("%s says `switchboard %s`: %v", file, command, err)
				}
			}
		}
	}
	for _, v := range verbs[1:] {
		if !slices.ContainsFunc(found, func(command string) bool { return strings.HasPrefix(command, v.name) }) {
			t.Errorf("no document tells of switchboard %s", v.name)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// commands are the arguments of each call of the program in a text.
func commands(text string) []string {
	var lines []string
	for _, span := range code.FindAllStringSubmatch(text, -1) {
		lines = append(lines, span[1])
	}
	for _, block := range shell.FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Split(continued.ReplaceAllString(block[1], " "), "\n")...)
	}
	var found []string
	for _, line := range lines {
		if called := calls.FindStringSubmatch(line); called != nil {
			found = append(found, strings.TrimSpace(beyond.ReplaceAllString(called[1], "")))
		}
	}
	return found
}

// TestManifestNamesRoutes: what docs/entra.md registers is there, and its prose and its manifest register the same.
func TestManifestNamesRoutes(t *testing.T) {
	t.Parallel()
	page := read(t, "../../docs/entra.md")
	prose, block, _ := strings.Cut(page, "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var manifest struct {
		Web struct {
			RedirectURIs []string `json:"redirectUris"`
			LogoutURL    string   `json:"logoutUrl"`
		} `json:"web"`
	}
	if err := json.Unmarshal([]byte(block), &manifest); err != nil {
		t.Fatal(err)
	}
	policy := read(t, "../../handlers/testdata/policy.txt")
	for _, address := range append(manifest.Web.RedirectURIs, manifest.Web.LogoutURL) {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Path == "" || !regexp.MustCompile(`(?m)^GET +`+regexp.QuoteMeta(parsed.Path)+` +anyone `).MatchString(policy) {
			t.Errorf("%q is no page for everybody: %v", address, err)
		}
		if !strings.Contains(prose, "`"+address+"`") {
			t.Errorf("section 1 does not say to register %s", address)
		}
	}
}
