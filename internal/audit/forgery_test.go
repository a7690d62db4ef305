package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// guarded is an audit log with a checkpoint outside, and somebody who writes to its database without the key.
type guarded struct {
	t      *testing.T
	db     *database.DB
	signer string
	file   string
	log    *audit.Log
	now    time.Time
}

var contoso = audit.Owner{Issuer: "https://login.example/7c2d", Client: "client", TID: "7c2d"}

// guard starts an audit log of ten lines on that database.
func guard(t *testing.T, db *database.DB) *guarded {
	t.Helper()
	g := &guarded{t: t, db: db, file: filepath.Join(t.TempDir(), "checkpoint"), now: noon}
	g.signer, _ = newKey(t, "switchboard.example/audit")
	g.start()
	g.note(10)
	return g
}

// guards are copies of one such record: the last two of the ten lines are each copy's own.
func guards(t *testing.T, kind string) (guard func(*testing.T) *guarded) {
	t.Helper()
	first := &guarded{t: t, file: filepath.Join(t.TempDir(), "checkpoint"), now: noon}
	first.signer, _ = newKey(t, "switchboard.example/audit")
	copied := databasetest.Filled(t, kind, func(db *database.DB) {
		first.db = db
		first.start()
		first.note(8)
	})
	return func(t *testing.T) *guarded {
		t.Helper()
		g := *first
		g.t, g.db, g.file = t, databasetest.Open(t, copied(t)), filepath.Join(t.TempDir(), "checkpoint")
		if err := os.WriteFile(g.file, []byte(first.outside()), 0o600); err != nil {
			t.Fatal(err)
		}
		g.start()
		g.note(2)
		return &g
	}
}

// note records so many lines, and has the file hold them.
func (g *guarded) note(lines int) {
	g.t.Helper()
	for range lines / 2 {
		noted(g.t, g.log, audit.Entry{Action: audit.SignIn, Actor: mona()})
		noted(g.t, g.log, edit(audit.Applied))
	}
	g.keep()
}

func (g *guarded) open() *audit.Log {
	g.t.Helper()
	log, err := audit.New(audit.Options{Database: g.db, SignerKey: g.signer, CheckpointFile: g.file, Now: func() time.Time { return g.now }})
	if err != nil {
		g.t.Fatal(err)
	}
	return log
}

// start is the program that starts anew.
func (g *guarded) start() {
	g.t.Helper()
	g.log = g.open()
	if err := g.log.Start(g.t.Context(), contoso); err != nil {
		g.t.Fatal(err)
	}
}

// keep has the file hold the audit log as it stands.
func (g *guarded) keep() string {
	g.t.Helper()
	signed, err := g.log.Checkpoint(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return signed
}

// forge does what the owner of the database can, with the triggers dropped.
func (g *guarded) forge(statements ...string) {
	g.t.Helper()
	err := g.db.Write(g.t.Context(), func(tx *sql.Tx) error {
		drop := []string{"DROP FUNCTION IF EXISTS refuse_change() CASCADE"}
		if g.db.Local() {
			drop = nil
			for _, table := range []string{"audit_head", "audit_entries", "audit_hashes"} {
				for _, what := range []string{"no_update", "no_delete", "no_replace"} {
					drop = append(drop, fmt.Sprintf("DROP TRIGGER IF EXISTS %s_%s", table, what))
				}
			}
		}
		for _, statement := range append(drop, statements...) {
			if _, err := tx.ExecContext(context.Background(), statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// renamed is a forgery after three lines that rename a connector, and a start since.
func (g *guarded) renamed(forgery string) {
	g.t.Helper()
	for _, alias := range []string{"first", "second", ""} {
		noted(g.t, g.log, renaming("a1", audit.Edit, audit.Rejected, connector.ExchangeAlias, alias, "new", "?"))
	}
	g.keep()
	g.fill()
	g.forge(forgery)
}

// fill is what a start does once the audit log has been checked.
func (g *guarded) fill() {
	g.t.Helper()
	if err := errors.Join(g.log.FillNames(g.t.Context()), g.log.FillWords(g.t.Context(), 100)); err != nil {
		g.t.Fatal(err)
	}
}

// rebuild makes the tree that the lines have now, with the columns beside them.
func (g *guarded) rebuild() {
	g.t.Helper()
	rows, err := g.db.QueryContext(g.t.Context(), "SELECT seq, line FROM audit_entries ORDER BY seq")
	if err != nil {
		g.t.Fatal(err)
	}
	var tree []tlog.Hash
	statements := []string{"DELETE FROM audit_hashes"}
	size := int64(0)
	for rows.Next() {
		var seq int64
		var line string
		if err := rows.Scan(&seq, &line); err != nil {
			g.t.Fatal(err)
		}
		read := tlog.HashReaderFunc(func(places []int64) (found []tlog.Hash, err error) {
			for _, place := range places {
				found = append(found, tree[place])
			}
			return found, nil
		})
		hashes, err := tlog.StoredHashes(size, []byte(line), read)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, hash := range hashes {
			statements = append(statements, fmt.Sprintf("INSERT INTO audit_hashes (place, hash) VALUES (%d, '%s')", len(tree), hash))
			tree = append(tree, hash)
		}
		statements = append(statements, fmt.Sprintf("UPDATE audit_entries SET hash = '%s' WHERE seq = %d", hashes[0], seq))
		size++
	}
	rows.Close()
	g.forge(append(statements, fmt.Sprintf("UPDATE audit_head SET size = %d", size))...)
}

const copied = `id, recorded_at, latest, action, oid, person, connector, outcome, line, hash, settled, username, mapped_roles, role_source,
	session_hash, client_address, build FROM audit_entries WHERE seq = `

// putIn is a line under Mona's name that she never caused.
func (g *guarded) putIn(seq int64) {
	g.t.Helper()
	g.forge(fmt.Sprintf("INSERT INTO audit_entries SELECT %d, %s 9", seq, copied),
		fmt.Sprintf(`UPDATE audit_entries SET line = replace(line, '{"seq":9,', '{"seq":%d,') WHERE seq = %d`, seq, seq))
}

func (g *guarded) backUp(tables ...string) (restore func()) {
	for _, table := range tables {
		g.forge(fmt.Sprintf("CREATE TABLE old_%s AS SELECT * FROM %s", table, table))
	}
	return func() {
		for _, table := range tables {
			g.forge("DELETE FROM "+table, fmt.Sprintf("INSERT INTO %s SELECT * FROM old_%s", table, table))
		}
	}
}

var tables = []string{"audit_entries", "audit_hashes", "audit_head", "audit_checkpoint"}

// forgeries are what somebody can do to ten lines who writes to the database, or to the file, and has not the key; and the
// lowest line that is known to differ then.
var forgeries = []struct {
	name  string
	do    func(*guarded)
	first int64
}{
	{"a reason rewritten", func(g *guarded) {
		g.forge("UPDATE audit_entries SET line = replace(line, '4711', '4712') WHERE seq = 4")
	}, 4},
	{"a line that is none", func(g *guarded) { g.forge("UPDATE audit_entries SET line = 'x' WHERE seq = 4") }, 4},
	{"an empty line", func(g *guarded) { g.forge("UPDATE audit_entries SET line = '', hash = '' WHERE seq = 4") }, 4},
	{"a line of other members", func(g *guarded) { g.forge(`UPDATE audit_entries SET line = '{"seq":4,"id":5}' WHERE seq = 4`) }, 4},
	{"a reason rewritten, with its hash", func(g *guarded) {
		g.forge("UPDATE audit_entries SET line = replace(line, '4711', '4712'), hash = 'x' WHERE seq = 4")
	}, 4},
	{"a reason rewritten, and the tree rebuilt", func(g *guarded) {
		g.forge("UPDATE audit_entries SET line = replace(line, '4711', '4712') WHERE seq = 4")
		g.rebuild()
	}, 1},
	{"the last line rewritten, and the tree rebuilt", func(g *guarded) {
		g.forge("UPDATE audit_entries SET line = replace(line, '4711', '4712') WHERE seq = 10")
		g.rebuild()
	}, 1},
	{"five lines cut off, and the tree rebuilt", func(g *guarded) {
		g.forge("DELETE FROM audit_entries WHERE seq > 5")
		g.rebuild()
	}, 6},
	{"five lines cut off, with the tree left", func(g *guarded) { g.forge("DELETE FROM audit_entries WHERE seq > 5") }, 6},
	{"a size below nothing", func(g *guarded) { g.forge("UPDATE audit_head SET size = -1") }, 1},
	{"a size that no audit log has", func(g *guarded) { g.forge("UPDATE audit_head SET size = 9223372036854775807") }, 11},
	{"the stored checkpoint's size below nothing", func(g *guarded) { g.forge("UPDATE audit_checkpoint SET size = -1") }, 1},
	{"the stored checkpoint's size beyond all", func(g *guarded) { g.forge("UPDATE audit_checkpoint SET size = 9223372036854775807") }, 11},
	{"only the size set back", func(g *guarded) { g.forge("UPDATE audit_head SET size = 7") }, 8},
	{"all lines deleted", func(g *guarded) {
		g.forge("DELETE FROM audit_entries", "DELETE FROM audit_checkpoint")
		g.rebuild()
	}, 1},
	{"all lines deleted, with the tree left", func(g *guarded) { g.forge("DELETE FROM audit_entries") }, 1},
	{"a line put in at the end, and the tree rebuilt", func(g *guarded) {
		g.putIn(11)
		g.rebuild()
	}, 11},
	{"a line put in at the end, past the size", func(g *guarded) { g.putIn(11) }, 11},
	{"a line put in the middle, and the tree rebuilt", func(g *guarded) {
		for seq := 10; seq > 5; seq-- {
			g.forge(fmt.Sprintf(`UPDATE audit_entries SET seq = %d, line = replace(line, '{"seq":%d,', '{"seq":%d,') WHERE seq = %d`, seq+1, seq, seq+1, seq))
		}
		g.forge("INSERT INTO audit_entries SELECT 6, "+copied+"1", `UPDATE audit_entries SET line = replace(line, '{"seq":1,', '{"seq":6,') WHERE seq = 6`)
		g.rebuild()
	}, 1},
	{"one line deleted", func(g *guarded) { g.forge("DELETE FROM audit_entries WHERE seq = 3") }, 3},
	{"the first line deleted", func(g *guarded) { g.forge("DELETE FROM audit_entries WHERE seq = 1") }, 1},
	{"the last line deleted", func(g *guarded) { g.forge("DELETE FROM audit_entries WHERE seq = 10") }, 10},
	{"two lines swapped", func(g *guarded) {
		g.forge("UPDATE audit_entries SET seq = 99 WHERE seq = 2", "UPDATE audit_entries SET seq = 2 WHERE seq = 4", "UPDATE audit_entries SET seq = 4 WHERE seq = 99")
	}, 2},
	{"a line moved past the end", func(g *guarded) { g.forge("UPDATE audit_entries SET seq = 9223372036854775807 WHERE seq = 3") }, 3},
	{"a line moved before the beginning", func(g *guarded) { g.forge("UPDATE audit_entries SET seq = -9223372036854775807 WHERE seq = 3") }, 1},
	{"a number passed over", func(g *guarded) {
		g.forge("UPDATE audit_entries SET seq = 11 WHERE seq = 10", "UPDATE audit_head SET size = 11")
	}, 10},
	{"one line the copy of another", func(g *guarded) {
		g.forge(`UPDATE audit_entries SET line = (SELECT line FROM audit_entries WHERE seq = 2), hash = (SELECT hash FROM audit_entries WHERE seq = 2) WHERE seq = 4`)
	}, 4},
	{"an actor's column", func(g *guarded) { g.forge("UPDATE audit_entries SET oid = 'ffff' WHERE seq = 5") }, 5},
	{"a name's column", func(g *guarded) { g.forge("UPDATE audit_entries SET person = 'Tom' WHERE seq = 5") }, 5},
	{"an outcome's column", func(g *guarded) { g.forge("UPDATE audit_entries SET outcome = 'rejected' WHERE seq = 6") }, 6},
	{"a connector's column", func(g *guarded) { g.forge("UPDATE audit_entries SET connector = NULL WHERE seq = 6") }, 6},
	{"an action's column", func(g *guarded) { g.forge("UPDATE audit_entries SET action = 'sync' WHERE seq = 6") }, 6},
	{"a time's column", func(g *guarded) { g.forge("UPDATE audit_entries SET recorded_at = recorded_at + 1 WHERE seq = 6") }, 6},
	{"a column that leads to times", func(g *guarded) { g.forge("UPDATE audit_entries SET latest = latest + 1 WHERE seq = 6") }, 6},
	{"what is known of stored values", func(g *guarded) { g.forge("UPDATE audit_entries SET settled = 1 WHERE seq = 5") }, 5},
	{"a leaf", func(g *guarded) {
		g.forge(fmt.Sprintf("UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE place = 0) WHERE place = %d", tlog.StoredHashIndex(0, 4)))
	}, 5},
	{"a line with its leaf", func(g *guarded) {
		g.forge("UPDATE audit_entries SET line = (SELECT line FROM audit_entries WHERE seq = 1), hash = (SELECT hash FROM audit_entries WHERE seq = 1) WHERE seq = 5",
			fmt.Sprintf("UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE place = 0) WHERE place = %d", tlog.StoredHashIndex(0, 4)))
	}, 5},
	{"an inner node", func(g *guarded) {
		g.forge(fmt.Sprintf("UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE place = 0) WHERE place = %d", tlog.StoredHashIndex(1, 1)))
	}, 4},
	{"a hash deleted", func(g *guarded) {
		g.forge(fmt.Sprintf("DELETE FROM audit_hashes WHERE place = %d", tlog.StoredHashIndex(0, 4)))
	}, 5},
	{"the root's hash deleted", func(g *guarded) {
		g.forge(fmt.Sprintf("DELETE FROM audit_hashes WHERE place = %d", tlog.StoredHashIndex(3, 0)))
	}, 8},
	{"the stored checkpoint rewritten", func(g *guarded) { g.forge("UPDATE audit_checkpoint SET note = note || 'x'") }, 1},
	{"the stored checkpoint deleted", func(g *guarded) { g.forge("DELETE FROM audit_checkpoint") }, 1},
	{"an older stored checkpoint", func(g *guarded) {
		restore := g.backUp("audit_checkpoint")
		noted(g.t, g.log, edit(audit.Applied))
		g.keep()
		restore()
	}, 11},
	{"a whole older backup", func(g *guarded) {
		restore := g.backUp(tables...)
		noted(g.t, g.log, edit(audit.Applied))
		g.keep()
		restore()
	}, 11},
	{"an older backup with other lines since", func(g *guarded) {
		restore := g.backUp(tables...)
		for range 3 {
			noted(g.t, g.log, edit(audit.Applied))
		}
		g.keep()
		restore()
		for seq := int64(11); seq < 16; seq++ {
			g.putIn(seq)
		}
		g.rebuild()
	}, 1},
	{"a record of another key", func(g *guarded) {
		other := *g
		other.signer, _ = newKey(g.t, "switchboard.example/audit")
		g.forge("DELETE FROM audit_entries", "DELETE FROM audit_checkpoint", "DELETE FROM audit_hashes", "UPDATE audit_head SET size = 0")
		other.file = filepath.Join(g.t.TempDir(), "other")
		other.log = other.open()
		for range 10 {
			noted(g.t, other.log, edit(audit.Applied))
		}
	}, 1},
	{"the file rewritten", func(g *guarded) {
		content, err := os.ReadFile(g.file)
		if err == nil {
			err = os.WriteFile(g.file, bytes.Replace(content, []byte(`\n10\n`), []byte(`\n11\n`), 1), 0o600)
		}
		if err != nil {
			g.t.Fatal(err)
		}
	}, 1},
	{"a word taken away", func(g *guarded) {
		g.forge("DELETE FROM audit_words WHERE seq = 4 AND word IN (SELECT word FROM audit_words WHERE seq = 4 ORDER BY word LIMIT 1)")
	}, 4},
	{"all words of a line", func(g *guarded) { g.forge("DELETE FROM audit_words WHERE seq = 6") }, 6},
	{"a word put in", func(g *guarded) {
		g.forge("INSERT INTO audit_words (seq, word) SELECT 3, word FROM audit_words WHERE seq = 4 ORDER BY word LIMIT 1")
	}, 3},
	{"all names", func(g *guarded) { g.renamed("DELETE FROM audit_names") }, 11},
	{"a name that a connector had", func(g *guarded) { g.renamed("DELETE FROM audit_names WHERE value = 'second'") }, 12},
	{"that it had no alias", func(g *guarded) { g.renamed("DELETE FROM audit_names WHERE value = ''") }, 13},
	{"another name", func(g *guarded) { g.renamed("UPDATE audit_names SET value = 'third' WHERE value = 'second'") }, 12},
	{"the words of names", func(g *guarded) { g.renamed("DELETE FROM audit_name_words") }, 11},
	{"changes made elsewhere that no longer wait", func(g *guarded) { g.forge("UPDATE desk_since SET seq = 9223372036854775807") }, 1},
	{"from when on changes made elsewhere wait", func(g *guarded) { g.forge("DELETE FROM desk_since") }, 1},
	{"the latest time", func(g *guarded) { g.forge("UPDATE audit_head SET latest = 0") }, 10},
}

// TestForgeriesAreNamed at start and by a running program, are neither signed nor shown as verified, and nothing is begun on
// them.
func TestForgeriesAreNamed(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			guard := guards(t, kind)
			for _, forgery := range forgeries {
				t.Run(forgery.name, func(t *testing.T) {
					t.Parallel()
					guard(t).meets(forgery.do, forgery.first)
				})
			}
		})
	}
}

// TestTextsInThePlaceOfNumbersAreNamed: SQLite keeps them.
func TestTextsInThePlaceOfNumbersAreNamed(t *testing.T) {
	t.Parallel()
	guard := guards(t, "sqlite")
	for _, column := range []string{"recorded_at", "latest", "settled"} {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			guard(t).meets(func(g *guarded) { g.forge("UPDATE audit_entries SET " + column + " = 'x' WHERE seq = 4") }, 4)
		})
	}
}

// TestUnreadableLineIsShown as one, among the others. A sheet that would lack it is cut off.
func TestUnreadableLineIsShown(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.forge("UPDATE audit_entries SET line = 'x' WHERE seq = 4")
		page, err := g.log.Query(t.Context(), audit.Filter{}, 0, 10)
		if err != nil || len(page.Entries) == 0 {
			t.Fatalf("%d entries, %v", len(page.Entries), err)
		}
		line, there, err := g.log.Entry(t.Context(), 4)
		if err != nil || !there || line.Seq != 4 || line.Action != audit.Edit || !strings.Contains(line.Reason, "cannot be read") {
			t.Errorf("the line is %+v, %v", line, err)
		}
		g.names("whoever looked", g.log, 4)
		var file bytes.Buffer
		if err := g.log.WriteCSV(t.Context(), &file, auditor(), audit.Filter{}); err == nil {
			t.Errorf("the sheet is whole:\n%s", file.String())
		}
	})
}

// TestNamesOfLinesSinceAStartAreChecked although the database says up to which line they were filled in.
func TestNamesOfLinesSinceAStartAreChecked(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.fill()
		noted(t, g.log, renaming("a1", audit.Edit, audit.Rejected, connector.ExchangeAlias, "first", "new", "?"))
		g.keep()
		if err := g.log.Check(t.Context()); err != nil || g.log.Standing().Broken {
			t.Fatalf("before: %v, %+v", err, g.log.Standing())
		}
		g.forge("DELETE FROM audit_names", "UPDATE audit_names_filled SET seq = 0")
		if err := g.log.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.names("the running program", g.log, 11)
	})
}

// TestDeskSinceIsAccepted with the rest, and then is what later starts hold the database against.
func TestDeskSinceIsAccepted(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := guard(t, db)
		g.forge("UPDATE desk_since SET seq = 4")
		g.start()
		g.names("a start", g.log, 1)
		if _, _, err := g.open().Accept(t.Context(), audit.Acceptance{Reason: "restored", Account: "root", Owner: contoso}); err != nil {
			t.Fatal(err)
		}
		g.start()
		if got := g.log.Standing(); got.Broken {
			t.Errorf("after it was accepted: %+v", got)
		}
		g.forge("UPDATE desk_since SET seq = 9")
		g.start()
		g.names("a later start", g.log, 5)
	})
}

// meets a forgery, from the lowest line on that is known to differ then.
func (g *guarded) meets(forge func(*guarded), first int64) {
	g.t.Helper()
	running := g.log
	forge(g)
	before := g.outside()
	if err := running.Check(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
	g.names("the running program", running, first)
	g.start()
	g.names("a start", g.log, first)
	g.refuses()
	if after := g.outside(); after != before {
		g.t.Errorf("the file holds another checkpoint than before:\n%s\n%s", before, after)
	}
	g.start()
	if !g.log.Standing().Broken {
		g.t.Error("what was recorded since has mended the record")
	}
}

func (g *guarded) outside() string {
	g.t.Helper()
	content, err := os.ReadFile(g.file)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(content)
}

func (g *guarded) names(who string, log *audit.Log, first int64) {
	g.t.Helper()
	if got := log.Standing(); !got.Broken || got.First != first || got.Why == "" {
		g.t.Errorf("%s: broken %v, first %d (%s); want %d", who, got.Broken, got.First, got.Why, first)
	}
}

// refuses what begins something, and records what has happened without signing it.
func (g *guarded) refuses() {
	g.t.Helper()
	if _, err := g.log.Note(g.t.Context(), edit(audit.Pending)); err == nil || !strings.Contains(err.Error(), "nothing new is begun") {
		g.t.Errorf("an intent on a broken record: %v", err)
	}
	var before, after string
	const stored = "SELECT coalesce(max(note), '') FROM audit_checkpoint"
	if err := g.db.QueryRowContext(g.t.Context(), stored).Scan(&before); err != nil {
		g.t.Fatal(err)
	}
	line, err := g.log.Note(g.t.Context(), edit(audit.Applied))
	if err != nil {
		g.t.Errorf("an outcome on a broken record: %v", err)
	}
	if found, there, err := g.log.Entry(g.t.Context(), line.Seq); err != nil || !there || found.Hash != line.Hash {
		g.t.Errorf("the outcome is not there: %v, %v", there, err)
	}
	if err := g.db.QueryRowContext(g.t.Context(), stored).Scan(&after); err != nil || after != before {
		g.t.Errorf("it was signed: %q (%v)", after, err)
	}
	var file bytes.Buffer
	err = g.log.WriteNDJSON(g.t.Context(), &file, auditor(), audit.Filter{})
	if err != nil {
		return // where no checkpoint is known any more
	}
	if _, err := audit.Verify(&file, audit.VerifyOptions{}); err == nil {
		g.t.Error("the export of a broken record verifies")
	}
}
