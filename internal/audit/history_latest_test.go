package audit_test

import (
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestHistoryTellsLongLines, which are read another way than short ones, in their order among them.
func TestHistoryTellsLongLines(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		var want []string
		for _, reason := range []string{"one", strings.Repeat("long\n", 2000), "three", "four"} {
			line := edit(audit.Applied)
			line.Reason = reason
			want = append([]string{noted(t, log, line).Reason}, want...)
		}
		for limit := range len(want) + 2 {
			told, err := log.History(t.Context(), "c1", limit)
			if err != nil || len(told) != min(limit, len(want)) {
				t.Fatalf("%d of the latest %d, %v", len(told), limit, err)
			}
			for i, line := range told {
				if line.Reason != want[i] {
					t.Errorf("line %d of the latest %d: %.20q, want %.20q", i, limit, line.Reason, want[i])
				}
			}
		}
	})
}

// TestHistoryNoticesForgeries in the lines that it tells, whatever was put there.
func TestHistoryNoticesForgeries(t *testing.T) {
	t.Parallel()
	for name, forgery := range map[string]string{
		"a line":               "UPDATE audit_entries SET line = replace(line, 'Mona', 'Nora') WHERE seq = 2",
		"a line with a break":  "UPDATE audit_entries SET line = line || '\n' WHERE seq = 2",
		"a hash in its line":   "UPDATE audit_entries SET line = line || hash, hash = '' WHERE seq = 2",
		"a line in its hash":   "UPDATE audit_entries SET line = substr(line, 1, length(line) - 1), hash = '}' || hash WHERE seq = 2",
		"a line in its number": "UPDATE audit_entries SET line = '0' || line WHERE seq = 2",
		"another's line":       "UPDATE audit_entries SET line = '0' || (SELECT line FROM audit_entries WHERE seq = 10), hash = (SELECT hash FROM audit_entries WHERE seq = 10) WHERE seq = 2",
		"a hash with a blank":  "UPDATE audit_hashes SET hash = hash || ' 9' WHERE place = 1",
		"a hash in two":        "UPDATE audit_hashes SET hash = replace(hash, substr(hash, 1, 1), substr(hash, 1, 1) || ' ') WHERE place = 1",
		"a hash and its place": "UPDATE audit_hashes SET hash = 'x 1 ' || hash WHERE place = 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				g := guard(t, db)
				g.forge(forgery)
				_, _ = g.log.History(t.Context(), "c1", 10) // a line that is no JSON cannot be told
				g.names("the history", g.log, 2)
			})
		})
	}
}
