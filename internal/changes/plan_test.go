package changes

import (
	"fmt"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
)

// TestPagesWalkNoHistory: what each page asks of a connector is found by an index of just those changes, however many the connector
// has had.
func TestPagesWalkNoHistory(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	texts := strings.NewReplacer("$1", "'a'", "$2", "'b'")
	for condition, indexes := range map[string][]string{
		oldestOpen: {"changes_open_of"},
		`WHERE lower(connector) = lower($1) AND ` + open + ` ORDER BY seq LIMIT 20`:         {"changes_open_of"},
		`WHERE lower(connector) = lower($1) AND ` + awaited + ` ORDER BY seq DESC LIMIT 20`: {"changes_awaited_of"},
		latestSync:                   {"changes_syncs_of"},
		`WHERE outcome = 'in_doubt'`: {"changes_unsettled"},
		begunInRun:                   {"audit_entries_by_connector_id", "audit_entries_by_id"},
	} {
		query := "SELECT connector FROM changes " + condition
		if condition == begunInRun {
			query = condition
		}
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+texts.Replace(query))
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		told := fmt.Sprint(plan)
		for _, index := range indexes {
			if !strings.Contains(told, "INDEX "+index+" ") || strings.Contains(told, "SCAN changes USING INDEX changes_by") {
				t.Errorf("%s\nis done by %s, not by %s", condition, told, index)
			}
		}
	}
}
