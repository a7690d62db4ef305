package audit_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestArchiving follows docs/operators.md: the beginning leaves the database, and proves itself together with the rest.
func TestArchiving(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		archive := string(export(t, g.log, audit.Filter{}))
		archiving := strings.ReplaceAll(archivingSQL(t, db), "seq <= N", "seq <= 6")
		err := db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), archiving)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		g.start()
		g.names("a start before it is accepted", g.log, 1)
		line := g.accepts("the first six lines were archived")
		if field := line.Fields[0]; field.Name != "archived" || field.Requested.Text() != "6" {
			t.Errorf("the line accepted tells of %+v", line.Fields)
		}
		g.start()
		log := g.holds()
		rest := string(export(t, log, audit.Filter{}))
		if _, err := audit.Verify(strings.NewReader(rest), audit.VerifyOptions{}); err == nil || !strings.Contains(err.Error(), "seq 7") {
			t.Errorf("the rest alone verifies as %v: want that it begins with seq 7", err)
		}
		whole := strings.Join(strings.SplitAfter(archive, "\n")[:6], "") + rest
		report, err := audit.Verify(strings.NewReader(whole), audit.VerifyOptions{Checkpoint: archive})
		if err != nil || report.Lines != 14 {
			t.Errorf("archive and rest verify as %+v, %v", report, err)
		}
		var pack bytes.Buffer
		if err := log.WriteEvidence(t.Context(), &pack, auditor(), audit.Filter{}); err != nil {
			t.Fatal(err)
		}
		report, err = audit.VerifyEvidence(bytes.NewReader(pack.Bytes()), int64(pack.Len()), audit.VerifyOptions{Checkpoint: rest})
		if err != nil || report.Lines != 9 {
			t.Errorf("a pack of the lines that stayed verifies as %+v, %v", report, err)
		}
		var opened packed
		opened.unpack(t, pack.Bytes())
		if readme := opened.parts["README.txt"]; !strings.Contains(readme, "all lines but the first ones") {
			t.Errorf("the pack of the lines that stayed says:\n%s", readme)
		}
		if _, proofs, err := log.Prove(t.Context(), 8); err != nil || len(proofs) != 1 || !proofs[0].Holds {
			t.Errorf("a line that stayed proves %+v, %v", proofs, err)
		}
		err = db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "DELETE FROM audit_entries")
			return err
		})
		if err == nil {
			t.Error("lines can be deleted after the archiving")
		}
	})
}

// archivingSQL is what the operators' page says to run on that database, without the transaction around it.
func archivingSQL(t *testing.T, db *database.DB) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operators.md"))
	if err != nil {
		t.Fatal(err)
	}
	engine := "PostgreSQL"
	if db.Local() {
		engine = "SQLite"
	}
	_, block, found := strings.Cut(string(page), "-- "+engine+"\nBEGIN;\n")
	statements, _, closed := strings.Cut(block, "COMMIT;\n```")
	if !found || !closed {
		t.Fatalf("docs/operators.md says nothing of archiving on %s", engine)
	}
	return statements
}
