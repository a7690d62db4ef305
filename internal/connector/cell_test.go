package connector_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"switchboard/internal/connector"
)

// FuzzInert holds that no text begins a formula, in whichever way a spreadsheet parts cells, and that no letter is lost.
func FuzzInert(f *testing.F) {
	for _, cell := range []string{"=1+1", " =1", "a;=1", "a\t\"@x", "\r\n＝1", "'=1", "a\n- b", ""} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := connector.Inert(cell)
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(cell, "'", "") {
			t.Errorf("%q became %q", cell, got)
		}
		if !utf8.ValidString(cell) {
			return
		}
		for _, parts := range []string{";", "\t", "\n", "\r"} {
			for i, part := range strings.Split(got, parts) {
				first := strings.TrimLeft(part, " ")
				if i > 0 { // where a cell of ours is parted, its quotes may be taken for a cell's own
					first = strings.TrimLeft(part, ` "`)
				}
				if first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
					t.Errorf("%q becomes %q, of which a cell is %q", cell, got, part)
				}
			}
		}
	})
}

// TestOpaque: an id that a spreadsheet would compute is none, a hash that begins with a sign is one.
func TestOpaque(t *testing.T) {
	for text, want := range map[string]bool{
		"b6e5d0f4-1234-4b0a-9c55-1a6e20b7f4d1": true, "1Oa+YJndF1rUPv8lpDmUohBndZBZs4RnfV7L2dUPjqY=": true,
		"+Oa+YJndF1rUPv8lpDmUohBndZBZs4RnfV7L2dUPjqY=": true, "-1+1": false, "+A1": false, "=1": false, "": false, "a b": false, "a(1)": false,
	} {
		if got := connector.Opaque(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
