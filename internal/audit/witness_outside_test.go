package audit_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/audit/witnesstest"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// witnessed has a witness of the guarded record, as the program that serves has.
func (g *guarded) witnessed(log *audit.Log, witness *witnesstest.Witness) *audit.Witnesses {
	g.t.Helper()
	by, err := audit.NewWitnesses(audit.WitnessOptions{AuditLog: log, Witnesses: []audit.Witness{at(witness)}, Refused: log.Refused, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		g.t.Fatal(err)
	}
	return by
}

func (g *guarded) witness() *witnesstest.Witness {
	g.t.Helper()
	return witnesstest.Start(g.t, "one.example/witness", "switchboard.example/audit", g.log.VerifierKey())
}

// restart is the program that starts anew, with its witness.
func (g *guarded) restart(witness *witnesstest.Witness) *audit.Witnesses {
	g.t.Helper()
	g.log = g.open()
	by := g.witnessed(g.log, witness)
	if err := g.log.Start(g.t.Context(), contoso); err != nil {
		g.t.Fatal(err)
	}
	return by
}

// TestStartWithoutAFileIsHeldAgainstWhatWasCosigned: the lines were rolled back and the checkpoint's file is lost.
func TestStartWithoutAFileIsHeldAgainstWhatWasCosigned(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		witness := g.witness()
		restore := g.backUp(tables...)
		for range 4 {
			noted(t, g.log, edit(audit.Applied))
		}
		g.witnessed(g.log, witness).Ask(t.Context())
		if err := os.Remove(g.file); err != nil {
			t.Fatal(err)
		}
		g.restart(witness)
		if got := g.log.Standing(); got.Broken {
			t.Fatalf("a true record without a file: %+v", got)
		}
		restore()
		if err := os.Remove(g.file); err != nil {
			t.Fatal(err)
		}
		witness.Stop()
		g.restart(witness)
		g.names("a start without a file", g.log, 11)
		if _, err := os.Stat(g.file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the checkpoint of a record that was rolled back is kept outside: %v", err)
		}
		g.now = time.Now()
		g.accepts("restored the backup of Monday")
		witness.Resume()
		by := g.restart(witness)
		by.Ask(t.Context())
		if got := by.Seen()[0]; !got.Refused || !got.Accepted || got.Broken() {
			t.Errorf("after it was accepted: %+v", got)
		}
		g.holds()
	})
}

// TestBrokenRecordIsShownToNoWitness, and no witness is blamed for it.
func TestBrokenRecordIsShownToNoWitness(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		witness := g.witness()
		by := g.witnessed(g.log, witness)
		by.Ask(t.Context())
		noted(t, g.log, edit(audit.Applied))
		g.keep()
		g.forge("DELETE FROM audit_entries WHERE seq = 4")
		by.Ask(t.Context())
		if got := by.Seen()[0]; got.Refused || !got.Failing.IsZero() || got.Lines != 10 || witness.Lines("switchboard.example/audit") != 10 {
			t.Errorf("%+v, and the witness has cosigned %d", got, witness.Lines("switchboard.example/audit"))
		}
		g.names("who wanted to ask", g.log, 4)
	})
}

// TestRefusalBreaks the audit log: nothing new is begun, and what has happened is recorded.
func TestRefusalBreaks(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		witness := g.witness()
		watch(t, databasetest.SQLite(t), g.signer, at(witness)).add(t, 12) // another audit log under the same key
		g.witnessed(g.log, witness).Ask(t.Context())
		g.names("whoever was refused", g.log, 11)
		if why := g.log.Standing().Why; !strings.Contains(why, "one.example/witness has cosigned 12 lines") {
			t.Errorf("it says %q", why)
		}
		g.refuses()
	})
}

// TestBrokenExportHoldsNoLargerCosignedCheckpoint than the one from outside that it ends with.
func TestBrokenExportHoldsNoLargerCosignedCheckpoint(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		witness := g.witness()
		behind := g.log
		g.witnessed(behind, witness)
		g.file = filepath.Join(t.TempDir(), "other")
		g.restart(witness)
		noted(t, g.log, edit(audit.Applied))
		g.witnessed(g.log, witness).Ask(t.Context())
		g.forge("DELETE FROM audit_entries WHERE seq = 4")
		for name, test := range map[string]struct {
			log       *audit.Log
			size      string
			witnessed bool
		}{"a file that is behind": {behind, "10", false}, "a file that is not": {g.log, "11", true}} {
			if err := test.log.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			text := string(export(t, test.log, audit.Filter{}))
			last := text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]
			if !strings.HasPrefix(last, `{"checkpoint":"switchboard.example/audit\n`+test.size+`\n`) || strings.Contains(last, `"witnessed"`) != test.witnessed {
				t.Errorf("%s: the last line is %s", name, last)
			}
			noted, err := test.log.Checkpoint(context.Background())
			if err != nil || strings.Contains(noted, "one.example/witness") != test.witnessed {
				t.Errorf("%s: the checkpoint is %q, %v", name, noted, err)
			}
		}
	})
}
