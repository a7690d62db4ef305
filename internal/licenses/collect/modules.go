package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"switchboard/internal/licenses"
)

// program is what is distributed.
const program = "./cmd/web"

// standard is Go's own library, which is a part like the modules.
const standard = "Go standard library"

// listed is what `go list` says of a package.
type listed struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version, Dir string }
	}
}

// module is where a module lies, and the texts that apply to what is used of it.
type module struct {
	folder string
	texts  []string
}

// modules are the Go modules that the program's packages come from, each with the texts that stand beside those packages and
// above them, up to the module's root.
func modules(root string) ([]licensed, error) {
	used, err := list(root)
	if err != nil {
		return nil, err
	}
	found := map[licenses.Part]*module{}
	for _, one := range used {
		if one.Module == nil || one.Module.Main {
			continue
		}
		part, folder := one.part()
		if found[part] == nil {
			found[part] = &module{folder: folder}
		}
		for at := one.Dir; len(at) >= len(folder); at = filepath.Dir(at) {
			found[part].texts = append(found[part].texts, textsIn(at)...)
		}
	}
	library, err := goItself(root)
	if err != nil {
		return nil, err
	}
	all := []licensed{library}
	for part, from := range found {
		one, err := joined(part, from.folder, from.texts)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// list is every package of the program, those of others included.
func list(root string) (used []listed, err error) {
	out, err := goCommand(root, "list", "-deps", "-json=Dir,Module", program)
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return used, nil
		} else if err != nil {
			return nil, err
		}
		used = append(used, one)
	}
}

// goCommand runs go as the build does.
func goCommand(root string, args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Dir, command.Stderr = root, os.Stderr
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

// part is the module that is compiled, and where it lies.
func (l listed) part() (part licenses.Part, folder string) {
	if with := l.Module.Replace; with != nil {
		return licenses.Part{Name: with.Path, Version: with.Version}, with.Dir
	}
	return licenses.Part{Name: l.Module.Path, Version: l.Module.Version}, l.Module.Dir
}

// goItself is Go's own library with its text.
func goItself(root string) (licensed, error) {
	out, err := goCommand(root, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return licensed{}, err
	}
	folder, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return joined(licenses.Part{Name: standard, Version: strings.TrimPrefix(version, "go")}, folder, textsIn(folder))
}
