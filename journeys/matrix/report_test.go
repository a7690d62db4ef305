package matrix

import (
	"fmt"
	"os"
	"strings"
)

// The lines of docs/security.md between which the results stand.
const partBegins, partEnds = "<!-- the fault matrix, by make matrix -->\n", "<!-- the end of the fault matrix -->\n"

// report is the results as a part of the document. Faults that come to the same on every surface share a row.
func report(results map[string][]string) string {
	var text strings.Builder
	all := table()
	fmt.Fprintf(&text, "%s\n%d faults on %d surfaces, %d cells: all held.\n\n", partBegins, len(all), len(surfaces()), len(all)*len(surfaces()))
	text.WriteString("| fault |")
	for _, surface := range surfaces() {
		text.WriteString(" " + surface.name + " |")
	}
	text.WriteString("\n|" + strings.Repeat("---|", len(surfaces())+1) + "\n")
	written := map[string]bool{}
	for _, f := range all {
		if written[f.String()] {
			continue
		}
		var names []string
		for _, other := range all {
			if other.group == f.group && strings.Join(results[other.String()], "|") == strings.Join(results[f.String()], "|") {
				written[other.String()] = true
				names = append(names, other.name)
			}
		}
		fmt.Fprintf(&text, "| %s: %s | %s |\n", f.group, strings.Join(names, "; "), strings.Join(results[f.String()], " | "))
	}
	return text.String() + "\n" + partEnds
}

// documented are the results that the document holds, by fault.
func documented() (map[string]string, error) {
	content, err := os.ReadFile(document)
	if err != nil {
		return nil, err
	}
	_, part, _ := strings.Cut(string(content), partBegins)
	part, _, _ = strings.Cut(part, partEnds)
	results := map[string]string{}
	for line := range strings.Lines(part) {
		names, row, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		group, names, _ := strings.Cut(names, ": ")
		for name := range strings.SplitSeq(names, "; ") {
			results[group+": "+name] = strings.TrimSuffix(row, " |\n")
		}
	}
	return results, nil
}

// replacePart puts the text in the place of the one that the document has.
func replacePart(document, text string) error {
	content, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(content), partBegins)
	_, after, ends := strings.Cut(rest, partEnds)
	if !begins || !ends {
		return fmt.Errorf("%s has no part for the results", document)
	}
	return os.WriteFile(document, []byte(before+text+after), 0o644)
}
