package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestProjectFileHoldsTheDefaults: config.yaml loads, says what is built in, and mentions every key.
func TestProjectFileHoldsTheDefaults(t *testing.T) {
	t.Parallel()
	const path = "../../config.yaml"
	given := settings{}
	if faults, err := given.readFile(path, true); err != nil || faults != nil {
		t.Fatalf("config.yaml: %v %v", faults, err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if at, ok := given[k.path]; ok && !reflect.DeepEqual(at.values, split(k, k.initial)) {
			t.Errorf("%s is %q in config.yaml, the default is %q", k.path, at.values, k.initial)
		}
		name := k.path[strings.LastIndex(k.path, ".")+1:]
		if !strings.Contains(string(content), name+":") {
			t.Errorf("config.yaml does not mention %s", k.path)
		}
	}
}

// TestDocumentedFilesAreRead: what a document shows of config.yaml has no key that is not there.
func TestDocumentedFilesAreRead(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, document := range documents {
		content, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(content, -1) {
			shown++
			file := filepath.Join(t.TempDir(), filepath.Base(document))
			if err := os.WriteFile(file, block[1], 0o600); err != nil {
				t.Fatal(err)
			}
			if faults, err := (settings{}).readFile(file, true); err != nil || faults != nil {
				t.Errorf("%v %v", faults, err)
			}
		}
	}
	if shown < 2 {
		t.Errorf("only %d blocks of YAML were found", shown)
	}
}
