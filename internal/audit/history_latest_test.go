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
		"a hash with a blank":  "UPDATE audit_hashes SET hash = hash || ' 9' WHERE place = 1",
		"a hash in two":        "UPDATE audit_hashes SET hash = replace(hash, substr(hash, 1, 1), substr(hash, 1, 1) || ' ') WHERE place = 1",
		"a hash and its place": "UPDATE audit_hashes SET hash = 'x 1 ' || hash WHERE place = 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				g := guard(t, db)
				g.forge(forgery)
				if _, err := g.log.History(t.Context(), "c1", 3); err != nil {
					t.Error(err)
				}
				if _, err := g.log.History(t.Context(), "c1", 10); err != nil {
					t.Error(err)
				}
				g.names("the history", g.log, 2)
			})
		})
	}
}
