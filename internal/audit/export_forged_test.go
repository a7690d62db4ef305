package audit_test

import (
	"bytes"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database/databasetest"
)

// TestAnExportHoldsWhatTheDatabaseHolds, line by line in their order, whatever its owner has put there.
func TestAnExportHoldsWhatTheDatabaseHolds(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		guard := guards(t, kind)
		for name, forge := range map[string][]string{
			"nothing":                   nil,
			"a line break":              {"UPDATE audit_entries SET line = replace(line, '\"actor\":', '\n\"actor\":') WHERE seq = 4"},
			"a line break at the end":   {"UPDATE audit_entries SET line = line || '\n' WHERE seq = 10"},
			"another hash":              {"UPDATE audit_entries SET hash = 'short' WHERE seq = 3"},
			"a line that is gone":       {"DELETE FROM audit_entries WHERE seq = 6"},
			"a last line that is gone":  {"DELETE FROM audit_entries WHERE seq = 10"},
			"a first line that is gone": {"DELETE FROM audit_entries WHERE seq = 1"},
			"a line stored after others": {
				"CREATE TABLE moved AS SELECT * FROM audit_entries WHERE seq = 5", "DELETE FROM audit_entries WHERE seq = 5",
				"INSERT INTO audit_entries SELECT * FROM moved",
			},
			"an emptied line": {"UPDATE audit_entries SET line = '' WHERE seq = 4"},
			"another's text":  {"UPDATE audit_entries SET line = (SELECT line FROM audit_entries WHERE seq = 8) WHERE seq = 7"},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				g := guard(t)
				g.forge(forge...)
				for _, filter := range []audit.Filter{{}, {Person: mona().OID}} {
					var file bytes.Buffer
					if err := g.log.WriteNDJSON(t.Context(), &file, auditor(), filter); err != nil {
						t.Fatal(err)
					}
					if got, want := file.String(), g.lines(filter); !strings.HasPrefix(got, want+`{"checkpoint":`) {
						t.Errorf("with %+v:\n%s\nwant\n%s", filter, got, want)
					}
				}
			})
		}
	}
}

// lines are those of the database as an export writes them.
func (g *guarded) lines(f audit.Filter) string {
	g.t.Helper()
	rows, err := g.db.QueryContext(g.t.Context(), "SELECT line, hash FROM audit_entries WHERE $1 IN ('', oid) ORDER BY seq", f.Person)
	if err != nil {
		g.t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var line, hash string
		if err := rows.Scan(&line, &hash); err != nil {
			g.t.Fatal(err)
		}
		all.WriteString(line[:max(0, len(line)-1)] + `,"hash":"` + hash + "\"}\n")
	}
	if err := rows.Err(); err != nil {
		g.t.Fatal(err)
	}
	return all.String()
}
