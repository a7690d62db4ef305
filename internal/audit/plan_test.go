package audit

import (
	"slices"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestATextIsLookedForByIndexes: however many lines there are, SQLite goes through those alone that a word finds.
func TestATextIsLookedForByIndexes(t *testing.T) {
	t.Parallel()
	steps := plan(t, strings.NewReplacer("$%d", "'a'").Replace(foundLines))
	for _, step := range steps {
		if strings.HasPrefix(step, "SCAN") {
			t.Errorf("all is gone through: %s", step)
		}
	}
	if len(steps) == 0 {
		t.Error("no steps")
	}
}

// TestARepeatedRefusalWalksNoOthers: that it was recorded is found by keys, however many refusals the log tells of.
func TestARepeatedRefusalWalksNoOthers(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		deniedLine: "SEARCH audit_denials USING INDEX sqlite_autoindex_audit_denials_1 (tid=? AND oid=? AND route=? AND minute=?)",
		"SELECT line FROM audit_entries " + oneLine: "SEARCH audit_entries USING INDEX sqlite_autoindex_audit_entries_1 (seq=?)",
	} {
		if steps := plan(t, query, "a", "b", "c", 4); !slices.Equal(steps, []string{want}) {
			t.Errorf("%s\nis done by %q, not by %q", query, steps, want)
		}
	}
}

// plan are the steps in which SQLite does what is asked.
func plan(t *testing.T, query string, args ...any) (steps []string) {
	t.Helper()
	db := databasetest.SQLite(t)
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args[:min(len(args), strings.Count(query, "$"))]...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
