package main

import (
	"os"
	"strings"
	"testing"
)

// TestEveryGuardStandsWhereItIsTakenOut: a mutation run of a line that has moved would stop in the middle.
func TestEveryGuardStandsWhereItIsTakenOut(t *testing.T) {
	t.Parallel()
	for _, guard := range guards() {
		whole, err := os.ReadFile("../../../" + guard.file)
		if err != nil {
			t.Error(err)
			continue
		}
		if times := strings.Count(string(whole), guard.is); times != 1 {
			t.Errorf("%s: %s holds its line %d times", guard.what, guard.file, times)
		}
	}
}
