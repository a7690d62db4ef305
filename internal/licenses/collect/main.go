// Command collect writes the licence texts of the modules and packages that end up in the program, for internal/licenses to
// embed. It runs at the root of the checkout, after `npm ci`, and fails where one of them has no text.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"

	"switchboard/internal/licenses"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "collect the licence texts:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	modules, err := modules(root)
	if err != nil {
		return err
	}
	packages, err := packages(root)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(merge(append(modules, packages...))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "internal", "licenses", filepath.FromSlash(licenses.File)), out.Bytes(), 0o644)
}

// licensed is a part with its text.
type licensed struct {
	licenses.Part
	text string
}

// merge puts parts with the same text together.
func merge(all []licensed) []licenses.Notice {
	slices.SortFunc(all, func(a, b licensed) int { return strings.Compare(a.Name, b.Name) })
	var notices []licenses.Notice
	for _, one := range all {
		at := slices.IndexFunc(notices, func(n licenses.Notice) bool { return n.Text == one.text })
		if at < 0 {
			at = len(notices)
			notices = append(notices, licenses.Notice{Licence: named(one.text), Text: one.text})
		}
		notices[at].Parts = append(notices[at].Parts, one.Part)
	}
	return notices
}

// named is what the licences in a text are called.
func named(text string) string {
	var ids []string
	for _, match := range licensecheck.Scan([]byte(text)).Match {
		if !match.IsURL && !slices.Contains(ids, match.ID) {
			ids = append(ids, match.ID)
		}
	}
	if len(ids) == 0 {
		return "see the text"
	}
	return strings.Join(ids, ", ")
}
