package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/licenses"
)

// isText is how a file is called that holds a licence or a notice that has to be passed on.
var isText = regexp.MustCompile(`(?i)^((un)?licen[sc]e|copying|copyright|notice|patents)([-._].*)?$`)

// textsIn are the files of a folder that hold such a text.
func textsIn(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // joined tells of a part without any
	}
	var found []string
	for _, entry := range entries {
		if !entry.IsDir() && isText.MatchString(entry.Name()) && filepath.Ext(entry.Name()) != ".go" {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	return found
}

// joined is a part with the text of those files, the outermost first; where there are several each is headed by its name.
func joined(part licenses.Part, folder string, files []string) (licensed, error) {
	slices.SortFunc(files, func(a, b string) int {
		if deeper := strings.Count(a, string(filepath.Separator)) - strings.Count(b, string(filepath.Separator)); deeper != 0 {
			return deeper
		}
		return strings.Compare(a, b)
	})
	files = slices.Compact(files)
	if len(files) == 0 {
		return licensed{}, fmt.Errorf("%s %s: %w in %s", part.Name, part.Version, errNoText, folder)
	}
	var text strings.Builder
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return licensed{}, err
		}
		if name, err := filepath.Rel(folder, file); err == nil && len(files) > 1 {
			fmt.Fprintf(&text, "%s==== %s\n\n", strings.Repeat("\n", min(i, 1)), filepath.ToSlash(name))
		}
		text.WriteString(strings.Trim(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n") + "\n")
	}
	return licensed{part, strings.ToValidUTF8(text.String(), "\uFFFD")}, nil
}

var errNoText = errors.New("no licence text")
