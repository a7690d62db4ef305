package audit_test

import (
	"context"
	"sync"
	"testing"

	"switchboard/internal/audit"
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
