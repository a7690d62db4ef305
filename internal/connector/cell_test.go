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
