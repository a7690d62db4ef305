package audit_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// accepts is what the verb does while no program serves.
func (g *guarded) accepts(reason string) audit.Entry {
	g.t.Helper()
	g.now = g.now.Add(time.Minute)
	line, added, err := g.open().Accept(g.t.Context(), audit.Acceptance{Reason: reason, Account: "root", Owner: contoso})
	if err != nil || !added {
		g.t.Fatalf("accepted: %v, %v", added, err)
	}
	if line.Action != audit.Accepted || line.Reason != reason || line.Actor.Name != "root" || line.Actor.OID != "" {
		g.t.Errorf("the line is %+v", line)
	}
	return line
}

// holds says that the audit log that was started is whole, that it takes intents again, and that its exports verify.
func (g *guarded) holds() *audit.Log {
	g.t.Helper()
	if got := g.log.Standing(); got.Broken {
		g.t.Errorf("broken at %d: %s", got.First, got.Why)
	}
	noted(g.t, g.log, edit(audit.Pending))
	if err := g.log.Check(g.t.Context()); err != nil || g.log.Standing().Broken {
		g.t.Errorf("a check: %v, %+v", err, g.log.Standing())
	}
	return g.log
}

// TestRestoreIsAccepted: a backup is named, and once it is accepted the audit log goes on under a line that says so.
func TestRestoreIsAccepted(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		restore := g.backUp(tables...)
		for range 4 {
			noted(t, g.log, edit(audit.Applied))
		}
		lost := g.keep()
		other := filepath.Join(t.TempDir(), "other")
		copyFile(t, g.file, other)
		restore()
		g.start()
		g.names("a start on a backup", g.log, 11)
		if got, err := g.log.Checkpoint(t.Context()); err != nil || got != lost {
			t.Errorf("the checkpoint of a broken record is %q (%v), want the file's", got, err)
		}
		noted(t, g.log, audit.Entry{Action: audit.SignIn, Actor: mona()})
		line := g.accepts("restored the backup of Monday")
		if field := line.Fields[0]; field.Name != "checkpoint" || !strings.HasPrefix(field.Before.Text(), "14 ") || !strings.HasPrefix(field.Requested.Text(), "11 ") {
			t.Errorf("the line tells of %+v", line.Fields)
		}
		g.start()
		g.holds()
		if _, err := verify(t, export(t, g.log, audit.Filter{}), audit.VerifyOptions{Checkpoint: lost}); err == nil {
			t.Error("the record verifies against a checkpoint of lines that it lost")
		}
		g.file = other // a second replica's
		g.start()
		g.names("the second replica", g.log, 1)
		again, added, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "restored", Account: "root", Owner: contoso})
		if err != nil || added || again.Seq != line.Seq {
			t.Errorf("the second file: line %d, added %v, %v", again.Seq, added, err)
		}
	})
}

// TestSecondReplicaAcceptsANewOriginWithoutASecondLine.
func TestSecondReplicaAcceptsANewOriginWithoutASecondLine(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		other := filepath.Join(t.TempDir(), "other")
		copyFile(t, g.file, other)
		g.signer, _ = newKey(t, "other.example/audit")
		line := g.accepts("another origin")
		if len(line.Fields) != 1 || line.Fields[0].Name != "origin" {
			t.Errorf("the line tells of %+v", line.Fields)
		}
		g.file = other
		again, added, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "another origin", Account: "root", Owner: contoso})
		if err != nil || added || again.Seq != line.Seq {
			t.Errorf("the second file: line %d, added %v, %v; want line %d and none added", again.Seq, added, err, line.Seq)
		}
		g.start()
		g.holds()
	})
}

// TestSecondReplicaWhoseClockIsAheadAcceptsWithoutASecondLine.
func TestSecondReplicaWhoseClockIsAheadAcceptsWithoutASecondLine(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		restore, now := g.backUp(tables...), g.now
		first, ahead := g.file, filepath.Join(t.TempDir(), "ahead")
		noted(t, g.log, edit(audit.Applied))
		g.keep()
		g.file, g.now = ahead, now.Add(time.Hour)
		g.start()
		g.keep()
		g.file, g.now = first, now
		restore()
		line := g.accepts("restored")
		g.file, g.now = ahead, now.Add(time.Hour)
		again, added, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "restored", Account: "root", Owner: contoso})
		if err != nil || added || again.Seq != line.Seq {
			t.Errorf("the second file: line %d, added %v, %v; want line %d and none added", again.Seq, added, err, line.Seq)
		}
	})
}

// TestNamesAreFilledInAnew: names that were taken away past the program are there again once that is accepted.
func TestNamesAreFilledInAnew(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.renamed("DELETE FROM audit_names")
		g.start()
		g.names("a start without names", g.log, 11)
		g.accepts("a slip of the hand")
		g.start()
		g.fill()
		g.holds()
		if got, err := g.log.Bearers(t.Context(), "second"); err != nil || !slices.Equal(got, []string{"a1"}) {
			t.Errorf("the name leads to %q, %v", got, err)
		}
	})
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSecondCheckpointFileAcceptsWithoutASecondLine.
func TestSecondCheckpointFileAcceptsWithoutASecondLine(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		restore := g.backUp(tables...)
		noted(t, g.log, edit(audit.Applied))
		g.keep()
		other := filepath.Join(t.TempDir(), "other")
		copyFile(t, g.file, other)
		restore()
		line := g.accepts("restored")
		g.file = other
		again, added, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "restored", Account: "root", Owner: contoso})
		if err != nil || added || again.Seq != line.Seq {
			t.Errorf("a second file: line %d, added %v, %v; want line %d and none added", again.Seq, added, err, line.Seq)
		}
		g.start()
		g.holds()
		g.accepts("once more, with nothing to tell")
		g.start()
		g.holds()
	})
}

// TestWhatIsNotAccepted: lines that are not what their own tree says.
func TestWhatIsNotAccepted(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]string{
		"a reason rewritten": "UPDATE audit_entries SET line = replace(line, '4711', '4712') WHERE seq = 4",
		"a line deleted":     "DELETE FROM audit_entries WHERE seq = 4",
		"a column":           "UPDATE audit_entries SET oid = 'ffff' WHERE seq = 4",
	} {
		g := guard(t, databasetest.SQLite(t))
		g.forge(forge)
		_, _, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "so what", Account: "root", Owner: contoso})
		if err == nil || !strings.Contains(err.Error(), "ine 4 ") || !strings.Contains(err.Error(), "restore a backup") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRotationIsComparedAndGoesOn: another key of the same audit log is no other record.
func TestRotationIsComparedAndGoesOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		old := export(t, g.log, audit.Filter{})
		oldKey := g.log.VerifierKey()
		g.signer, _ = newKey(t, "switchboard.example/audit")
		g.start()
		log := g.holds()
		keys := oldKey + "," + log.VerifierKey()
		if report, err := verify(t, export(t, log, audit.Filter{}), audit.VerifyOptions{Key: keys, Checkpoint: string(old)}); err != nil || report.Older != 11 {
			t.Errorf("both keys: %+v, %v", report, err)
		}
		g.forge("UPDATE audit_entries SET line = replace(line, '4711', '4712') WHERE seq = 4")
		g.rebuild()
		g.signer, _ = newKey(t, "switchboard.example/audit")
		g.start()
		g.names("a rotation over a forged record", g.log, 1)
	})
}

// TestDatabaseHasOneOwner: neither another audit log nor another tenant takes it, until that is accepted.
func TestDatabaseHasOneOwner(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		another := contoso
		another.Issuer = "https://login.example/other"
		for name, start := range map[string]func() error{
			"another issuer": func() error { return g.open().Start(t.Context(), another) },
			"another client": func() error {
				return g.open().Start(t.Context(), audit.Owner{Issuer: contoso.Issuer, Client: "other", TID: contoso.TID})
			},
			"the demo": func() error {
				return g.open().Start(t.Context(), audit.Owner{Issuer: contoso.Issuer, Client: "client", TID: "demo", Demo: true})
			},
			"another record": func() error {
				other := *g
				other.signer, _ = newKey(t, "other.example/audit")
				return other.open().Start(t.Context(), contoso)
			},
		} {
			if err := start(); !errors.Is(err, audit.ErrOwner) || name != "the demo" && !strings.Contains(err.Error(), "audit accept") {
				t.Errorf("%s: %v", name, err)
			}
		}
		g.signer, _ = newKey(t, "other.example/audit")
		line, added, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "merged", Account: "root", Owner: another})
		if err != nil || !added || len(line.Fields) != 2 || line.Fields[0].Name != "origin" || line.Fields[1].Name != "issuer" {
			t.Fatalf("accepted: %v, %v, %+v", added, err, line.Fields)
		}
		g.log = g.open()
		if err := g.log.Start(t.Context(), another); err != nil {
			t.Fatal(err)
		}
		g.holds()
	})
}

// TestDatabaseFromBeforeHasTheOwnerOfItsSignIns: the tables know no owner yet, and no checkpoint.
func TestDatabaseFromBeforeHasTheOwnerOfItsSignIns(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.forge("DELETE FROM audit_owner", "DELETE FROM audit_checkpoint")
		if err := os.Remove(g.file); err != nil {
			t.Fatal(err)
		}
		for name, owner := range map[string]audit.Owner{
			"another tenant": {Issuer: "https://login.example/9999", Client: "c", TID: "9999"},
			"the demo":       {Issuer: "demo", Client: "c", TID: "demo", Demo: true},
		} {
			if err := g.open().Start(t.Context(), owner); !errors.Is(err, audit.ErrOwner) || !strings.Contains(err.Error(), "7c2d") {
				t.Errorf("%s: %v", name, err)
			}
		}
		g.start()
		if kept := g.log.Standing().Kept; !kept.Equal(noon.Truncate(time.Second)) {
			t.Errorf("a checkpoint is kept since %v", kept)
		}
		g.holds()
	})
}

// TestFirstStartTakesTheTreeAsItIs, with and without lines, and keeps what it signs.
func TestFirstStartTakesTheTreeAsItIs(t *testing.T) {
	t.Parallel()
	g := &guarded{t: t, db: databasetest.SQLite(t), file: filepath.Join(t.TempDir(), "checkpoint"), now: noon}
	g.signer, _ = newKey(t, "switchboard.example/audit")
	g.start()
	if !strings.Contains(g.outside(), `audit\n0\n`) {
		t.Errorf("the file holds %s", g.outside())
	}
	g.holds()
	if err := os.Remove(g.file); err != nil {
		t.Fatal(err)
	}
	if err := g.log.Check(t.Context()); err != nil || !strings.Contains(g.outside(), `audit\n1\n`) {
		t.Errorf("a file that was lost: %v, %s", err, g.outside())
	}
}

// TestSmallerCheckpointNeverReplacesALarger, whichever replica writes; and verify takes the file for a checkpoint.
func TestSmallerCheckpointNeverReplacesALarger(t *testing.T) {
	t.Parallel()
	g := guard(t, databasetest.SQLite(t))
	second := g.open()
	if err := second.Start(t.Context(), contoso); err != nil {
		t.Fatal(err)
	}
	small := g.outside()
	noted(t, second, audit.Entry{Action: audit.SignIn, Actor: access.Actor{TID: "7c2d"}})
	large, err := second.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.keep()
	if head, err := note.Open([]byte(large), verifiers(t, g)); err != nil || !strings.Contains(g.outside(), strings.Split(head.Text, "\n")[2]) {
		t.Errorf("the file holds %s (%v)", g.outside(), err)
	}
	report, err := audit.Verify(bytes.NewReader(export(t, g.log, audit.Filter{})), audit.VerifyOptions{Checkpoint: g.outside()})
	if err != nil || report.Older != 12 {
		t.Errorf("verified against the file: %+v, %v", report, err)
	}
	if err := os.WriteFile(g.file, []byte(small), 0o600); err != nil { // an older copy of the file
		t.Fatal(err)
	}
	if err := g.log.Check(t.Context()); err != nil || g.log.Standing().Broken || g.outside() == small {
		t.Errorf("an older copy of the file: %v, %+v, %s", err, g.log.Standing(), g.outside())
	}
}

func verifiers(t *testing.T, g *guarded) note.Verifiers {
	t.Helper()
	verifier, err := note.NewVerifier(g.log.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return note.VerifierList(verifier)
}
