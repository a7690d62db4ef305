package database_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestLibcIsSQLites: modernc.org/sqlite runs on exactly the modernc.org/libc that it was made with; its authors vouch for no other.
func TestLibcIsSQLites(t *testing.T) {
	t.Parallel()
	wanted := modFileOf(t, "modernc.org/sqlite")
	for _, require := range wanted.Require {
		if require.Mod.Path != "modernc.org/libc" {
			continue
		}
		if used := about(t, "modernc.org/libc"); used.compiled() != require.Mod.Version {
			t.Errorf("the program has libc %s, and sqlite was made with %s: change the replace line of go.mod", used.compiled(), require.Mod.Version)
		}
		return
	}
	t.Error("sqlite names no libc")
}

// module is what `go list -m` says of one.
type module struct {
	Version, GoMod string
	Replace        *struct{ Version string }
}

func (m module) compiled() string {
	if m.Replace != nil {
		return m.Replace.Version
	}
	return m.Version
}

func about(t *testing.T, path string) (found module) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-json", path).Output()
	if err != nil {
		t.Fatalf("go list -m %s: %v", path, err)
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func modFileOf(t *testing.T, path string) *modfile.File {
	t.Helper()
	name := about(t, path).GoMod
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := modfile.ParseLax(name, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
