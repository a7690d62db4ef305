package main

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What is no source of the program, and what kinds of files are.
var (
	skipped = []string{".git", ".cache", "bin", "docs", "journeys", "node_modules", "scripts", "static/dist", "tools"}
	kinds   = []string{".css", ".go", ".html", ".js", ".json", ".mjs", ".sql", ".svg", ".templ", ".yaml"}
)

// newest is when the sources were last written. What the build itself writes does not count.
func newest() time.Time {
	var last time.Time
	_ = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil: // it has just gone
			return nil
		case entry.IsDir() && slices.Contains(skipped, filepath.ToSlash(path)):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(kinds, filepath.Ext(path)) || strings.HasSuffix(path, "_templ.go"):
			return nil
		}
		if info, err := entry.Info(); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return nil
	})
	return last
}
