// Package runbooks tells what to do about a connector in each state: Switchboard's own words, and beside them those of the
// organization that runs it, both in Markdown.
package runbooks

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/markdown"
)

//go:embed built/*.md
var built embed.FS

// Runbook is what to do about connectors of one health.
type Runbook struct {
	Health connector.Health
	// Text is Switchboard's own: its first block is a paragraph that says what the word means.
	Text []markdown.Node
	// House is the organization's; empty where it has none.
	House []markdown.Node
}

// Books are the runbooks by health.
type Books map[connector.Health]Runbook

// longest is the size of a file of an organization, in bytes.
const longest = 64 << 10

// Load reads the runbooks, those of the organization from the files of a folder: one a health, named as the health is, with .md
// behind it. No folder is none of them. Warnings name files that are nobody's runbook.
func Load(folder string) (books Books, warnings []string, err error) {
	books = Books{}
	for _, health := range connector.Healths() {
		text, err := built.ReadFile("built/" + string(health) + ".md")
		if err != nil {
			return nil, nil, err
		}
		books[health] = Runbook{Health: health, Text: markdown.Parse(string(text))}
	}
	if folder == "" {
		return books, nil, nil
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		if strings.HasPrefix(file.Name(), ".") { // a version control's, or what Kubernetes mounts a volume with
			continue
		}
		warning, err := books.take(filepath.Join(folder, file.Name()))
		if err != nil {
			return nil, nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return books, warnings, nil
}

// take reads a file of the organization, or says why it counts for nothing.
func (b Books) take(path string) (warning string, err error) {
	name, isMarkdown := strings.CutSuffix(filepath.Base(path), ".md")
	book, known := b[connector.Health(name)]
	if !isMarkdown || !known {
		return path + " is no runbook: name it " + names(), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longest+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > longest:
		return "", fmt.Errorf("%s is longer than %d KB", path, longest>>10)
	case strings.TrimSpace(string(text)) == "":
		return path + " is empty", nil
	}
	book.House = markdown.Parse(string(text))
	b[book.Health] = book
	return "", nil
}

// names are how files may be called: "broken.md, late.md or retired.md".
func names() string {
	all := connector.Healths()
	words := make([]string, len(all))
	for i, health := range all {
		words[i] = string(health) + ".md"
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Steps are the items of the first list below the heading of that text; nil where there is none.
func (r Runbook) Steps(heading string) []markdown.Node {
	below := false
	for _, node := range r.Text {
		switch {
		case node.Kind == markdown.Heading:
			below = markdown.Plain(node.Children) == heading
		case below && node.Kind == markdown.List:
			return node.Children
		}
	}
	return nil
}

// The headings below which a runbook says what its reader does.
const (
	ForHelpdesk = "For the helpdesk"
	ForAdmin    = "For an admin"
	ForAuditor  = "For an auditor"
)
