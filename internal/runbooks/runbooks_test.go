package runbooks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/connector"
	"switchboard/internal/markdown"
	"switchboard/internal/runbooks"
)

// TestEachHealthHasOne that says first what the word means, then what each role does, and where it is in Intune.
func TestEachHealthHasOne(t *testing.T) {
	t.Parallel()
	books, warnings, err := runbooks.Load("")
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	for _, health := range connector.Healths() {
		book := books[health]
		if len(book.Text) == 0 || book.Text[0].Kind != markdown.Paragraph || book.Health != health {
			t.Fatalf("%s does not begin with what it means: %v", health, book)
		}
		for _, heading := range []string{runbooks.ForHelpdesk, runbooks.ForAdmin, runbooks.ForAuditor} {
			if len(book.Steps(heading)) == 0 {
				t.Errorf("%s has no steps %q", health, heading)
			}
		}
		said := markdown.Plain(book.Text)
		for _, part := range []string{"Tenant administration", "Exchange access", "In the Intune admin center", "PowerShell"} {
			if !strings.Contains(said, part) {
				t.Errorf("%s does not tell of %q", health, part)
			}
		}
		if strings.Contains(said, "'s ") {
			t.Errorf("%s has a straight apostrophe", health)
		}
		if steps := book.Steps("For nobody"); steps != nil {
			t.Errorf("%s has steps for nobody: %v", health, steps)
		}
	}
	for _, part := range []string{"What the retirement means", "How it is taken out of service", "19 February 2024"} {
		if !strings.Contains(markdown.Plain(books[connector.Retired].Text), part) {
			t.Errorf("the one for retired connectors does not tell of %q", part)
		}
	}
}

// TestAnOrganizationHasItsOwn: one file a health; another name is a warning, and what cannot be a runbook an error.
func TestAnOrganizationHasItsOwn(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("broken.md", "Call the <b>night</b> shift.")
	put("Broken.md", "no")
	put("late.txt", "no")
	put("healthy.md", " \n")
	put(".git", "no")
	books, warnings, err := runbooks.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := markdown.Plain(books[connector.Broken].House); got != "Call the <b>night</b> shift." {
		t.Errorf("the organization's says %q", got)
	}
	if len(books[connector.Late].House) > 0 || len(books[connector.Broken].Text) == 0 {
		t.Error("another runbook was taken, or Switchboard's own is gone")
	}
	want := []string{
		filepath.Join(folder, "Broken.md") + " is no runbook: name it broken.md, late.md, pending.md, unknown.md, healthy.md or retired.md",
		filepath.Join(folder, "healthy.md") + " is empty",
		filepath.Join(folder, "late.txt") + " is no runbook: name it broken.md, late.md, pending.md, unknown.md, healthy.md or retired.md",
	}
	if !slices.Equal(warnings, want) {
		t.Errorf("warnings are %q, want %q", warnings, want)
	}
	put("retired.md", strings.Repeat("long ", 20_000))
	if _, _, err := runbooks.Load(folder); err == nil || !strings.Contains(err.Error(), "retired.md is longer than 64 KB") {
		t.Errorf("a book without end: %v", err)
	}
	if _, _, err := runbooks.Load(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that is not there is taken")
	}
}
