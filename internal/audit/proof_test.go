package audit_test

import (
	"context"
	"database/sql"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

func TestProveLeadsToTheCheckpoint(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		if head, proofs, err := log.Prove(context.Background(), 1); err != nil || head.Size != 0 || len(proofs) != 0 {
			t.Errorf("an empty record proves %+v, %v, %v", head, proofs, err)
		}
		for range 11 {
			noted(t, log, edit(audit.Applied))
		}
		exported := strings.Split(string(export(t, log, audit.Filter{})), "\n")
		head, proofs, err := log.Prove(context.Background(), 7, 1, 99)
		if err != nil || len(proofs) != 2 || proofs[0].Seq != 7 || proofs[1].Seq != 1 {
			t.Fatalf("proofs = %+v, %v; want those of lines 7 and 1", proofs, err)
		}
		note, err := log.Checkpoint(context.Background())
		if err != nil || !strings.Contains(note, "\n12\n"+head.Root+"\n") || head.Size != 12 {
			t.Errorf("the head is %+v, the checkpoint %q (%v)", head, note, err)
		}
		if _, latest, err := log.Prove(context.Background()); err != nil || len(latest) != 1 || latest[0].Seq != 12 || !latest[0].Holds {
			t.Errorf("without a number it proves %+v, %v; want line 12", latest, err)
		}
		for _, proof := range proofs {
			if proof.Line != exported[proof.Seq-1] {
				t.Errorf("line %d is %s\nexported as %s", proof.Seq, proof.Line, exported[proof.Seq-1])
			}
			if !proof.Holds || !leads(t, proof, head) {
				t.Errorf("the proof of line %d does not lead to the root: %+v", proof.Seq, proof)
			}
		}
	})
}

// leads checks a proof as a stranger would.
func leads(t *testing.T, proof audit.Proof, head audit.Head) bool {
	t.Helper()
	hash := func(text string) tlog.Hash {
		parsed, err := tlog.ParseHash(text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	var path tlog.RecordProof
	for _, step := range proof.Path {
		path = append(path, hash(step))
	}
	return tlog.CheckRecord(path, head.Size, hash(head.Root), proof.Seq-1, hash(proof.Leaf)) == nil
}

// TestProveNamesWhatWasChanged changes lines past the program, one of them together with its hash.
func TestProveNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	log := open(t, db)
	for range 5 {
		noted(t, log, edit(audit.Applied))
	}
	err := db.Write(t.Context(), func(tx *sql.Tx) error {
		for _, statement := range []string{
			"DROP TRIGGER audit_entries_no_update",
			"UPDATE audit_entries SET line = replace(line, 'edit', 'sync') WHERE seq = 2",
			"UPDATE audit_entries SET line = (SELECT line FROM audit_entries WHERE seq = 1), hash = (SELECT hash FROM audit_entries WHERE seq = 1) WHERE seq = 4",
		} {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, proofs, err := log.Prove(t.Context(), 1, 2, 3, 4, 5)
	if err != nil {
		t.Fatal(err)
	}
	var got []bool
	for _, proof := range proofs {
		got = append(got, proof.Holds)
	}
	if want := []bool{true, false, true, false, true}; !reflect.DeepEqual(got, want) {
		t.Errorf("the proofs hold: %v, want %v", got, want)
	}
}

func TestSharing(t *testing.T) {
	t.Parallel()
	log := open(t, databasetest.SQLite(t))
	intent := edit(audit.Pending)
	intent.ID = "11111111-1111-4111-8111-111111111111"
	noted(t, log, intent)
	noted(t, log, edit(audit.Applied))
	intent.Outcome = audit.Applied
	noted(t, log, intent)
	if got, err := log.Sharing(t.Context(), intent.ID, "none"); err != nil || !reflect.DeepEqual(seqs(got), []int64{1, 3}) {
		t.Errorf("lines %v, %v; want 1 and 3", seqs(got), err)
	}
	if got, err := log.Sharing(t.Context()); err != nil || got != nil {
		t.Errorf("of no id = %v, %v", got, err)
	}
}
