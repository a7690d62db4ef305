package audit

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestLinesAreReadWhole: however long they are, and in whatever pieces the file comes.
func TestLinesAreReadWhole(t *testing.T) {
	t.Parallel()
	var want []string
	for _, length := range []int{0, 1, readAtOnce - 1, readAtOnce, 3 * readAtOnce, 0, 300} {
		want = append(want, strings.Repeat("x", length))
	}
	file := strings.Join(want, "\n")
	for name, reader := range map[string]io.Reader{
		"whole": strings.NewReader(file), "with its last break": strings.NewReader(file + "\n"), "byte by byte": iotest.OneByteReader(strings.NewReader(file)),
		"by halves": iotest.HalfReader(strings.NewReader(file)), "its end with its last bytes": iotest.DataErrReader(strings.NewReader(file)),
	} {
		lines := lineReader{reader: reader}
		for at, line := range want {
			if got, err := lines.next(); err != nil || string(got) != line {
				t.Errorf("%s: line %d is %d bytes, %v, want %d", name, at+1, len(got), err, len(line))
			}
		}
		for range 2 {
			if got, err := lines.next(); !errors.Is(err, io.EOF) {
				t.Errorf("%s: after the last line comes %q, %v", name, got, err)
			}
		}
	}
	failing := lineReader{reader: io.MultiReader(strings.NewReader("one\ntwo"), iotest.ErrReader(io.ErrClosedPipe))}
	if got, err := failing.next(); err != nil || string(got) != "one" {
		t.Errorf("the line before a failure is %q, %v", got, err)
	}
	if got, err := failing.next(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a failure is %q, %v", got, err)
	}
	for _, file := range []string{strings.Repeat("x", longestLine+1), strings.Repeat("x", longestLine+1) + "\nnext\n"} {
		if got, err := (&lineReader{reader: strings.NewReader(file)}).next(); err == nil {
			t.Errorf("a line of %d bytes is read", len(got))
		}
	}
}
