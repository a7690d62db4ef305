package main

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/licenses"
)

// TestLicensesPrintsEveryText, each below the names of what it is for; a build without them says so and fails.
func TestLicensesPrintsEveryText(t *testing.T) {
	t.Parallel()
	notices, err := licenses.Notices()
	got := callWith(nil, "licenses")
	if err != nil {
		if got.code != failed || got.out != "" || !strings.Contains(got.errs, "make notices") {
			t.Errorf("without texts: %+v", got)
		}
		return
	}
	if got.code != clean || got.errs != "" {
		t.Errorf("exit code %d: %s", got.code, got.errs)
	}
	for _, notice := range notices {
		for _, part := range notice.Parts {
			if !strings.Contains(got.out, part.Name+" "+part.Version+"\n") {
				t.Errorf("nothing about %s", part.Name)
			}
		}
		if !strings.Contains(got.out, notice.Licence+"\n\n"+notice.Text) {
			t.Errorf("the text of %s is missing", notice.Parts[0].Name)
		}
	}
}

// TestEveryModuleHasItsLicence asks the linked program, as `go version -m` does, what it is made of.
func TestEveryModuleHasItsLicence(t *testing.T) {
	t.Parallel()
	about, ok := debug.ReadBuildInfo()
	if !ok || len(about.Deps) < 20 {
		t.Fatalf("the program names %d modules", len(about.Deps))
	}
	notices, err := licenses.Notices()
	if err != nil {
		return // TestLicensesPrintsEveryText has looked at that
	}
	var have []licenses.Part
	for _, notice := range notices {
		have = append(have, notice.Parts...)
	}
	for _, module := range about.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		if !slices.Contains(have, licenses.Part{Name: module.Path, Version: module.Version}) {
			t.Errorf("%s %s has no licence text: run make notices", module.Path, module.Version)
		}
	}
}
