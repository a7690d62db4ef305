package audit

import (
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestATextIsLookedForByIndexes: however many lines there are, SQLite goes through those alone that a word finds.
func TestATextIsLookedForByIndexes(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+strings.NewReplacer("$%d", "'a'").Replace(foundLines))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	steps := 0
	for ; rows.Next(); steps++ {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(step, "SCAN") {
			t.Errorf("all is gone through: %s", step)
		}
	}
	if err := rows.Err(); err != nil || steps == 0 {
		t.Errorf("%d steps, %v", steps, err)
	}
}
