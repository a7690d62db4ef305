package main

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/licenses"
)

const root = "../../.."

// TestModules: those of the program, Go's own library among them, and no module that only the tests need.
func TestModules(t *testing.T) {
	t.Parallel()
	found, err := modules(root)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, one := range found {
		if one.Version == "" {
			t.Errorf("%s has no version", one.Name)
		}
		texts[one.Name] = one.text
	}
	for name, says := range map[string]string{
		standard: "The Go Authors", "github.com/labstack/echo/v4": "LabStack", "github.com/coreos/go-oidc/v3": "==== NOTICE", "modernc.org/sqlite": "Copyright",
	} {
		if !strings.Contains(texts[name], says) {
			t.Errorf("the text of %s does not say %q", name, says)
		}
	}
	for _, other := range []string{"github.com/mxschmitt/playwright-go", "github.com/google/licensecheck", "switchboard"} {
		if _, has := texts[other]; has {
			t.Errorf("%s is no part of the program of others", other)
		}
	}
}

// TestWhatIsBuiltIsOfToday: texts that were collected are those of the modules of today. A checkout without them is right, too.
func TestWhatIsBuiltIsOfToday(t *testing.T) {
	t.Parallel()
	embedded, err := licenses.Notices()
	if errors.Is(err, licenses.ErrNotBuilt) {
		return
	}
	found, err := modules(root)
	if err != nil {
		t.Fatal(err)
	}
	var have []licenses.Part
	for _, notice := range embedded {
		have = append(have, notice.Parts...)
	}
	for _, one := range found {
		if !slices.Contains(have, one.Part) {
			t.Errorf("%v is missing from the texts that are embedded: run make notices", one.Part)
		}
	}
}

// TestEveryPackageIsShippedOrATool: a package that comes to package.json has to be put in one of both lists.
func TestEveryPackageIsShippedOrATool(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(root, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var named struct{ Dependencies map[string]string }
	if err := json.Unmarshal(content, &named); err != nil {
		t.Fatal(err)
	}
	got, want := slices.Sorted(maps.Keys(named.Dependencies)), slices.Sorted(slices.Values(slices.Concat(shipped, tools)))
	if !slices.Equal(got, want) {
		t.Errorf("package.json depends on %q, and the lists hold %q", got, want)
	}
}

// TestJoined: the outermost text first, each under its name where there are several, and a part without any is a fault.
func TestJoined(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"LICENSE": "\nThe licence\r\n", "NOTICE.txt": "The notice", "license.go": "package x", "README.md": "no", "sub/LICENCE-MIT": "Another\n\n",
	} {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	part := licenses.Part{Name: "example.com/x", Version: "v1"}
	files := slices.Concat(textsIn(filepath.Join(folder, "sub")), textsIn(folder), textsIn(folder))
	got, err := joined(part, folder, files)
	if want := "==== LICENSE\n\nThe licence\n\n==== NOTICE.txt\n\nThe notice\n\n==== sub/LICENCE-MIT\n\nAnother\n"; err != nil || got.text != want {
		t.Errorf("got %q, %v, want %q", got.text, err, want)
	}
	if got, err := joined(part, folder, textsIn(folder)[:1]); err != nil || got.text != "The licence\n" {
		t.Errorf("one alone: %q, %v", got.text, err)
	}
	if _, err := joined(part, folder, textsIn(filepath.Join(folder, "nowhere"))); !errors.Is(err, errNoText) || !strings.Contains(err.Error(), "example.com/x v1") {
		t.Errorf("none: %v", err)
	}
}

// TestMerge: parts with the very same text share it, and the licence is named as SPDX does.
func TestMerge(t *testing.T) {
	t.Parallel()
	mit, err := os.ReadFile(moduleText(t, "github.com/labstack/echo/v4"))
	if err != nil {
		t.Fatal(err)
	}
	got := merge([]licensed{{licenses.Part{Name: "c"}, string(mit)}, {licenses.Part{Name: "b"}, "Do as you like."}, {licenses.Part{Name: "a"}, string(mit)}})
	if len(got) != 2 || len(got[0].Parts) != 2 || got[0].Parts[0].Name != "a" || got[0].Licence != "MIT" || got[1].Licence != "see the text" {
		t.Errorf("merged: %+v", got)
	}
}

func moduleText(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "LICENSE")
}
