package audit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestAnExportHoldsLittleAtOnce, however long the lines are, and leaves none out.
func TestAnExportHoldsLittleAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, _, err := note.GenerateKey(rand.Reader, "batch.example/audit")
		if err != nil {
			t.Fatal(err)
		}
		log, err := New(Options{Database: db, SignerKey: signer})
		if err != nil {
			t.Fatal(err)
		}
		const lines, longest = 400, 30_000
		err = db.Write(t.Context(), func(tx *sql.Tx) error {
			for i := range lines {
				reason := "short"
				if i >= lines/2 { // after short lines, by which the next batch is measured
					reason = strings.Repeat("x", longest)
				}
				if _, err := log.Append(t.Context(), tx, Entry{Action: SignIn, Reason: reason}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var next int64
		err = log.batches(context.Background(), Filter{}, lines, func(rows []row) error {
			bytes := 0
			for _, row := range rows {
				if next++; row.seq != next {
					t.Errorf("line %d comes where line %d should", row.seq, next)
				}
				bytes += len(row.line)
			}
			if bytes > exportBytes+2*longest {
				t.Errorf("a batch holds %d bytes", bytes)
			}
			return nil
		})
		if err != nil || next != lines {
			t.Errorf("%d lines, %v", next, err)
		}
	})
}
