package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"switchboard/internal/licenses"
)

// shipped are the npm packages of which something is sent to browsers: the script, the fonts, the icons.
var shipped = []string{"@fontsource-variable/inter", "@fontsource/jetbrains-mono", "@tabler/icons", "htmx.org"}

// tools are those that only build it.
var tools = []string{"esbuild", "purgecss", "subset-font"}

// packages are the shipped npm packages as they are installed.
func packages(root string) (all []licensed, err error) {
	for _, name := range shipped {
		folder := filepath.Join(root, "node_modules", filepath.FromSlash(name))
		content, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if err != nil {
			return nil, fmt.Errorf("run npm ci first: %w", err)
		}
		part := licenses.Part{Name: name}
		if err := json.Unmarshal(content, &part); err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		one, err := joined(part, folder, textsIn(folder))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
