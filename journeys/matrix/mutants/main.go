// Mutants takes one guard after the other out of a copy of the project, and runs cells of the fault matrix that should fail
// then. It prints which did, and exits 1 if the matrix holds without a guard.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "switchboard-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := copyProject(folder); err != nil {
		return err
	}
	survivors := 0
	for _, guard := range guards() {
		noticed, err := guard.takeOut(folder)
		if err != nil {
			return fmt.Errorf("%s: %w", guard.what, err)
		}
		if noticed == "" {
			survivors++
			noticed = "NOTHING"
		}
		fmt.Printf("| %s | %s |\n", guard.what, noticed)
	}
	if survivors > 0 {
		return fmt.Errorf("%d guards can go without a cell that fails", survivors)
	}
	return nil
}

// copyProject copies what git knows, and what is built of it.
func copyProject(folder string) error {
	listed, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil {
		return err
	}
	names := strings.FieldsFunc(string(listed), func(r rune) bool { return r == 0 })
	built, err := filepath.Glob("static/dist/*")
	if err != nil {
		return err
	}
	for _, name := range append(names, built...) {
		content, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		target := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o755); err != nil {
			return err
		}
	}
	return nil
}

var failed = regexp.MustCompile(`(?m)^ {4,8}--- FAIL: TestMatrix/faults/(.+?) \(|^--- FAIL: (Test\w+) `)

// takeOut runs the cells without the guard, puts it back, and returns what failed.
func (g guard) takeOut(folder string) (noticed string, err error) {
	path := filepath.Join(folder, g.file)
	whole, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if bytes.Count(whole, []byte(g.is)) != 1 {
		return "", fmt.Errorf("%s does not hold it once: %s", g.file, g.is)
	}
	if err := os.WriteFile(path, bytes.Replace(whole, []byte(g.is), []byte(g.becomes), 1), 0o644); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.WriteFile(path, whole, 0o644)) }()
	command := exec.Command("go", "test", "-count=1", "-trimpath", "-vet=off", "-run", g.cells, "./journeys/matrix")
	command.Dir = folder
	output, testErr := command.CombinedOutput()
	if testErr == nil {
		return "", nil
	}
	found := failed.FindAllSubmatch(output, -1)
	if len(found) == 0 {
		return "", fmt.Errorf("the tests do not run:\n%s", output)
	}
	for _, one := range found {
		if name := string(one[1]) + string(one[2]); name != "TestMatrix" {
			return strings.ReplaceAll(name, "_", " "), nil
		}
	}
	return "the results in docs/security.md", nil
}
