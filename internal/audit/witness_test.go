package audit_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/audit/witnesstest"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

const witnessedOrigin = "switchboard.example/audit"

// watched is an audit log with its witnesses.
type watched struct {
	*audit.Log
	by *audit.Witnesses
}

// watch is the audit log of that key in the database, with these witnesses.
func watch(t testing.TB, db *database.DB, signer string, witnesses ...audit.Witness) watched {
	t.Helper()
	log, err := audit.New(audit.Options{Database: db, SignerKey: signer})
	if err != nil {
		t.Fatal(err)
	}
	by, err := audit.NewWitnesses(audit.WitnessOptions{AuditLog: log, Witnesses: witnesses, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return watched{log, by}
}

func at(w *witnesstest.Witness) audit.Witness { return audit.Witness{Key: w.Key, URL: w.URL} }

// add adds lines and asks the witnesses.
func (w watched) add(t testing.TB, lines int) {
	t.Helper()
	for range lines {
		noted(t, w.Log, edit(audit.Applied))
	}
	w.by.Ask(context.Background())
}

// state is that of the first witness.
func (w watched) state(t testing.TB) audit.WitnessState {
	t.Helper()
	states, err := w.by.States(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return states[0]
}

func (w watched) pack(t testing.TB, f audit.Filter) string {
	t.Helper()
	var file bytes.Buffer
	if err := w.WriteEvidence(context.Background(), &file, auditor(), f); err != nil {
		t.Fatal(err)
	}
	return written(t, "evidence.zip", file.Bytes())
}

func written(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLitewitnessCosignsAndVerifyProvesUpToWhichLine(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, key := newKey(t, witnessedOrigin)
		one, two := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key), witnesstest.Start(t, "two.example/witness", witnessedOrigin, key)
		record := watch(t, db, signer, at(one), at(two))
		record.add(t, 3)
		record.add(t, 4)
		if got := record.state(t); got.Lines != 7 || !got.Failing.IsZero() || got.At.IsZero() || one.Lines(witnessedOrigin) != 7 {
			t.Fatalf("after 7 lines: %+v, and the witness has cosigned %d", got, one.Lines(witnessedOrigin))
		}
		noted(t, record.Log, edit(audit.Applied))
		whole := export(t, record.Log, audit.Filter{})
		last := whole[bytes.LastIndexByte(bytes.TrimSpace(whole), '\n')+1:]
		if !bytes.Contains(last, []byte(`,"witnessed":"`+witnessedOrigin+`\n7\n`)) || bytes.Index(last, []byte(`"witnessed"`)) > bytes.Index(last, []byte(`"key"`)) {
			t.Errorf("the last line is %s", last)
		}
		for name, file := range map[string]string{
			"an export":       written(t, "audit.ndjson", whole),
			"a whole pack":    record.pack(t, audit.Filter{}),
			"a filtered pack": record.pack(t, audit.Filter{Action: audit.Export}),
		} {
			report, err := audit.VerifyFile(file, audit.VerifyOptions{Key: key, Witnesses: []string{one.Key, two.Key}})
			if err != nil || len(report.Witnessed) != 2 || report.Witnessed[0].Line != 7 || !strings.Contains(report.String(), "up to line 7 by two.example/witness, at 20") {
				t.Errorf("%s: %v\n%s", name, err, report)
			}
			if report, err = audit.VerifyFile(file, audit.VerifyOptions{Key: key}); err != nil || !strings.Contains(report.String(), "witnessed   unproven") {
				t.Errorf("%s, without a witness's key: %v\n%s", name, err, report)
			}
		}
		if output, err := node(t, whole, key); err != nil {
			t.Errorf("verify.mjs: %v\n%s", err, output)
		}
		kept, err := record.Checkpoint(context.Background())
		if err != nil || strings.Count(kept, "\n\n") != 3 || !strings.Contains(kept, "— two.example/witness ") {
			t.Fatalf("the checkpoint is %q, %v", kept, err)
		}
		if _, err := verify(t, export(t, record.Log, audit.Filter{}), audit.VerifyOptions{Key: key, Checkpoint: kept}); err != nil {
			t.Errorf("held against a checkpoint with a witnessed one below it: %v", err)
		}
	})
}

// TestWitnessRefusesWhatKeyAndDatabaseRewrote plays somebody who holds both: another audit log under the same key.
func TestWitnessRefusesWhatKeyAndDatabaseRewrote(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines int   // of the false record; the true one has 6
		first int64 // that may differ
		says  string
	}{
		"a fork":                  {9, 1, "rewritten"},
		"a fork of the same size": {6, 1, "rewritten"},
		"a roll back":             {4, 5, "cut off"},
		"everything deleted":      {0, 1, "cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				signer, key := newKey(t, witnessedOrigin)
				litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
				watch(t, databasetest.SQLite(t), signer, at(litewitness)).add(t, 6)
				refused := int64(0)
				forged, err := audit.New(audit.Options{Database: db, SignerKey: signer})
				if err != nil {
					t.Fatal(err)
				}
				by, err := audit.NewWitnesses(audit.WitnessOptions{AuditLog: forged,
					Witnesses: []audit.Witness{at(litewitness)}, Log: slog.New(slog.DiscardHandler),
					Refused: func(first int64, why error) { refused = first },
				})
				if err != nil {
					t.Fatal(err)
				}
				record := watched{forged, by}
				record.add(t, test.lines)
				got := record.state(t)
				if !got.Broken() || got.First != test.first || refused != test.first || !strings.Contains(got.Failure, test.says) || litewitness.Lines(witnessedOrigin) != 6 {
					t.Errorf("%+v, told of line %d", got, refused)
				}
				litewitness.Stop()
				if record.add(t, 0); !record.state(t).Broken() {
					t.Errorf("once the witness is gone: %+v", record.state(t))
				}
				if test.lines == 0 {
					return
				}
				if _, err := verify(t, export(t, forged, audit.Filter{}), audit.VerifyOptions{Key: key, Witnesses: []string{litewitness.Key}}); err == nil || !strings.Contains(err.Error(), "no witness has cosigned") {
					t.Errorf("verify of the false record: %v", err)
				}
			})
		})
	}
}

// TestWhatAWitnessSignedIsHeldAgainstTheRecordWithoutIt: the witness is gone, and its signature is still in the database.
func TestWhatAWitnessSignedIsHeldAgainstTheRecordWithoutIt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		signer, key := newKey(t, witnessedOrigin)
		litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
		honest := databasetest.SQLite(t)
		record := watch(t, honest, signer, at(litewitness))
		record.add(t, 6)
		if first, err := record.by.Extended(ctx); first != 0 || err != nil {
			t.Errorf("the true record: %d, %v", first, err)
		}
		litewitness.Stop()
		forged := watch(t, db, signer, at(litewitness))
		forged.add(t, 9)
		if got := forged.state(t); got.Refused || got.Failing.IsZero() {
			t.Errorf("nothing says yet that it is false: %+v", got)
		}
		var signed string
		if err := honest.QueryRowContext(ctx, "SELECT note FROM audit_witnesses").Scan(&signed); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(ctx, "INSERT INTO audit_witnesses (origin, witness, note) VALUES ($1, $2, $3)", witnessedOrigin, litewitness.Key, signed); err != nil {
			t.Fatal(err)
		}
		if first, err := forged.by.Extended(ctx); first != 1 || err == nil {
			t.Errorf("the false record: %d, %v", first, err)
		}
		forged.by.Ask(ctx)
		if got := forged.state(t); !got.Broken() || got.First != 1 {
			t.Errorf("the false record: %+v", got)
		}
		for name, file := range map[string]string{
			"an export":       written(t, "audit.ndjson", export(t, forged.Log, audit.Filter{})),
			"a whole pack":    forged.pack(t, audit.Filter{}),
			"a filtered pack": forged.pack(t, audit.Filter{Action: audit.Export}),
		} {
			if _, err := audit.VerifyFile(file, audit.VerifyOptions{Key: key, Witnesses: []string{litewitness.Key}}); err == nil || !strings.Contains(err.Error(), "fork") {
				t.Errorf("%s of the false record: %v", name, err)
			}
		}
	})
}

func TestWitnessThatIsDownStopsNothingAndCatchesUp(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, key := newKey(t, witnessedOrigin)
		litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
		record := watch(t, db, signer, at(litewitness))
		record.add(t, 2)
		litewitness.Stop()
		record.add(t, 3)
		down := record.state(t)
		if down.Lines != 2 || down.Failing.IsZero() || down.Refused {
			t.Errorf("down: %+v", down)
		}
		record.add(t, 1)
		if again := record.state(t); !again.Failing.Equal(down.Failing) {
			t.Errorf("it fails since %v, then since %v", down.Failing, again.Failing)
		}
		litewitness.Resume()
		record.by.Ask(context.Background())
		if up := record.state(t); up.Lines != 6 || !up.Failing.IsZero() {
			t.Errorf("up again: %+v", up)
		}
	})
}
