package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestProjectFileHoldsTheDefaults: config.yaml loads, says what is built in, and mentions every key.
func TestProjectFileHoldsTheDefaults(t *testing.T) {
	t.Parallel()
	const path = "../config.yaml"
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
