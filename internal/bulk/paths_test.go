package bulk

import (
	"fmt"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestACheckOfSomeLinesWalksNoOldRuns: the check that runs every few seconds finds the changes of runs by their lines, and the rows by
// their changes, however many rows have been kept. On PostgreSQL the plan depends on what the tables hold.
func TestACheckOfSomeLinesWalksNoOldRuns(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+otherOutcome, 100, 200)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	told := fmt.Sprint(plan)
	for _, step := range []string{"SEARCH c USING INDEX changes_of_runs_by_line (seq>? AND seq<?)", "SEARCH w USING INDEX bulk_rows_by_change (change=?)"} {
		if !strings.Contains(told, step) {
			t.Errorf("the plan is %s, without %s", told, step)
		}
	}
}
