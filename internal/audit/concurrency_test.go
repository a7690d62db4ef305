package audit_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestAppendersTakeTurns appends from many callers of two replicas at once: numbers stay gap-free and the tree right.
func TestAppendersTakeTurns(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const callers, each = 16, 6
			url := databasetest.URL(t, kind)
			signer, verifier := newKey(t, "test")
			var logs []*audit.Log
			for range 2 {
				log, err := audit.New(audit.Options{Database: databasetest.Open(t, url), SignerKey: signer})
				if err != nil {
					t.Fatal(err)
				}
				logs = append(logs, log)
			}
			var all sync.WaitGroup
			for i := range callers {
				all.Go(func() {
					for range each {
						if _, err := logs[i%len(logs)].Note(context.Background(), edit(audit.Pending)); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			report, err := verify(t, export(t, logs[0], audit.Filter{}), audit.VerifyOptions{Key: verifier})
			if err != nil || report.Lines != callers*each+1 {
				t.Errorf("verify = %+v, %v; want %d lines", report, err, callers*each+1)
			}
		})
	}
}

// TestLinesOfOneTransaction make one tree, whatever of the transaction was taken back in between.
func TestLinesOfOneTransaction(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, verifier := newKey(t, "test")
		log, err := audit.New(audit.Options{Database: db, SignerKey: signer})
		if err != nil {
			t.Fatal(err)
		}
		add := func(tx *sql.Tx, lines int) error {
			for range lines {
				if _, err := log.Append(t.Context(), tx, edit(audit.Pending)); err != nil {
					return err
				}
			}
			return nil
		}
		for _, taken := range []int{1, 2, 5} {
			err := db.Write(t.Context(), func(tx *sql.Tx) error {
				if err := add(tx, 2); err != nil {
					return err
				}
				if _, err := tx.Exec("SAVEPOINT part"); err != nil {
					return err
				}
				if err := add(tx, taken); err != nil {
					return err
				}
				if _, err := tx.Exec("ROLLBACK TO SAVEPOINT part"); err != nil {
					return err
				}
				return add(tx, 3)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		report, err := verify(t, export(t, log, audit.Filter{}), audit.VerifyOptions{Key: verifier})
		if err != nil || report.Lines != 16 || log.Standing().Broken {
			t.Errorf("verify = %+v, %v; standing %+v", report, err, log.Standing())
		}
	})
}

// TestOneSignatureACommit: lines that share a transaction share a checkpoint, which is signed at its end.
func TestOneSignatureACommit(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, _ := newKey(t, "test")
		log, err := audit.New(audit.Options{Database: db, SignerKey: signer})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(tx *sql.Tx) error {
			for line := range 3 {
				if _, err := log.Append(t.Context(), tx, edit(audit.Pending)); err != nil {
					return err
				}
				var signed int
				if err := tx.QueryRow("SELECT count(*) FROM audit_checkpoint").Scan(&signed); err != nil || signed > 0 {
					t.Errorf("after line %d of the transaction %d checkpoints are stored, %v", line+1, signed, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var size int64
		if err := db.QueryRow("SELECT size FROM audit_checkpoint").Scan(&size); err != nil || size != 3 {
			t.Errorf("the checkpoint counts %d lines, %v", size, err)
		}
	})
}
