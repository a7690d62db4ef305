package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestWhatIsGivenBackIsFoundAgain: the program goes on, in less memory.
func TestWhatIsGivenBackIsFoundAgain(t *testing.T) {
	held := func() int {
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(status), "RssFile:")
		kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
		if err != nil {
			t.Fatal(err)
		}
		return kilobytes
	}
	before := held()
	giveBack()
	if after := held(); after >= before {
		t.Errorf("%d KB of files are held after, %d before", after, before)
	}
}

// TestOnlyTheProgramIsForgotten, and nothing of it that is written to.
func TestOnlyTheProgramIsForgotten(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"00400000-014a3000 r-xp 00000000 fe:00 12273372                           /usr/bin/switch board\n": true,
		"014a3000-025a8000 r--p 010a3000 fe:00 12273372                           /usr/bin/switch board\n": true,
		"025a8000-027ad000 rw-p 021a8000 fe:00 12273372                           /usr/bin/switch board\n": false,
		"025a8000-027ad000 r--p 021a8000 fe:00 12273372                           /usr/bin/switchboard\n":  false,
		"027ad000-04801000 rw-p 00000000 00:00 0 \n":                                                       false,
		"7fe22606a000-7fe2260ca000 r--p 00000000 00:00 0                          [vvar]\n":                false,
		"": false,
	} {
		if _, _, ok := unwritten(line, "/usr/bin/switch board"); ok != want {
			t.Errorf("%q: %v, want %v", line, ok, want)
		}
	}
}
