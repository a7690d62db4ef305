package scripts_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// realTime are the rooms and files that ask for the machine's time. The plan hands its clock to every other room, so that
// tests own what is written, shown and compared.
var realTime = []string{
	"cmd/", "internal/site/", // the plan
	"internal/database/",             // waits for locks, connections and the disk, which no clock of ours can move
	"internal/audit/writable.go",     // bounds how often the disk is tried
	"handlers/edit.go",               // bounds a wait for Graph
	"internal/inventory/inflight.go", // the same
}

// asksTime is a call for the time; an option's default is none.
var asksTime = regexp.MustCompile(`\btime\.(Now\(\)|Since\(|Until\()`)

func TestTimeEntersThroughThePlan(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"cmd", "handlers", "views", "graphclient", "internal"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && strings.HasSuffix(entry.Name(), "test") {
				return filepath.SkipDir // what tests share
			}
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
			for _, allowed := range realTime {
				if strings.HasPrefix(name, allowed) {
					return nil
				}
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(text)) {
				// the deadline of a context or a connection is in real time
				if asksTime.MatchString(line) && !strings.Contains(line, "Deadline") {
					t.Errorf("%s asks for the time past its clock: %s", name, strings.TrimSpace(line))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
