package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

var benchLines = flag.Int("lines", 1_000_000, "how many lines the record of the benchmarks has")

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// scaleEntry is the n-th line of a year of work: 40 people, 300 connectors, mostly sign-ins, a few rarities at the start.
func scaleEntry(n int) Entry {
	e := Entry{Seq: int64(n) + 1, ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n/2), Time: start.Add(time.Duration(n) * 30 * time.Second),
		Action: SignIn, Actor: access.Actor{OID: fmt.Sprintf("oid-%02d", n*7%40), TID: "tid", Name: fmt.Sprintf("Person %02d", n*7%40), Claims: []string{"Connector.Admin"}}}
	if n%10 >= 6 || n < 20 {
		e.Action, e.Outcome, e.Reason, e.Connector = Edit, Pending, "ticket 4711", fmt.Sprintf("connector-%03d", n/2%300)
		e.Fields = []connector.FieldChange{{Name: "version", Before: connector.Of("15.1.2507.6"), Requested: connector.Of("15.1.2507.9")}}
		e.Graph = &Graph{Status: 200, RequestID: e.ID, ClientRequestID: e.ID}
		if n%2 == 1 {
			e.Outcome = Applied
		}
	}
	if n < 20 {
		e.Action, e.Outcome, e.Connector = Revert, InDoubt, "rare"
	}
	return e
}

// fill writes the lines by prepared statements of some rows each: appending them one by one would take minutes.
func fill(b *testing.B, db *database.DB, lines int) {
	b.Helper()
	const rows = 20
	var tree []tlog.Hash
	read := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, place := range places {
			found = append(found, tree[place])
		}
		return found, nil
	})
	err := db.Write(context.Background(), func(tx *sql.Tx) error {
		entries, hashes := newInserter(tx, "audit_entries", 18, rows), newInserter(tx, "audit_hashes", 2, rows)
		for n := range lines {
			e := scaleEntry(n)
			text, err := e.text()
			if err != nil {
				return err
			}
			added, err := tlog.StoredHashes(int64(n), text, read)
			if err != nil {
				return err
			}
			for i, hash := range added {
				hashes.add(int64(len(tree)+i), hash.String())
			}
			tree = append(tree, added...)
			entries.add(e.Seq, e.ID, e.Time.UnixMicro(), e.Time.UnixMicro(), string(e.Action), e.Actor.OID, e.Actor.Name,
				orNull(e.Connector), orNull(string(e.Outcome)), string(text), added[0].String(), 0, "", "admin", "roles", "session", "192.0.2.1", "1.0")
		}
		return errors.Join(entries.flush(), hashes.flush())
	})
	if err != nil {
		b.Fatal(err)
	}
	setHead(b, db, lines)
}

// setHead says how many lines there are, which a trigger allows one by one only.
func setHead(b *testing.B, db *database.DB, lines int) {
	b.Helper()
	statements := []string{"DROP TRIGGER audit_head_no_update"}
	if !db.Local() { // autovacuum analyzes while an audit log grows
		statements = []string{"DROP TRIGGER audit_head_no_update ON audit_head", "ANALYZE audit_entries"}
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			b.Fatal(err)
		}
	}
	const head = "UPDATE audit_head SET size = $1, latest = $2"
	if _, err := db.ExecContext(context.Background(), head, lines, scaleEntry(lines-1).Time.UnixMicro()); err != nil {
		b.Fatal(err)
	}
}

// inserter inserts several rows at once. SQLite looks for each $n among all of a statement, so many would be slow.
type inserter struct {
	tx            *sql.Tx
	table         string
	columns, rows int
	full          *sql.Stmt
	args          []any
	err           error
}

func newInserter(tx *sql.Tx, table string, columns, rows int) *inserter {
	in := &inserter{tx: tx, table: table, columns: columns, rows: rows}
	in.full, in.err = tx.Prepare(in.statement(rows))
	return in
}

func (in *inserter) statement(rows int) string {
	tuples := make([]string, rows)
	for i := range tuples {
		tuples[i] = "(" + database.Placeholders(i*in.columns+1, in.columns) + ")"
	}
	return "INSERT INTO " + in.table + " VALUES " + strings.Join(tuples, ", ")
}

func (in *inserter) add(args ...any) {
	in.args = append(in.args, args...)
	if in.err == nil && len(in.args) == in.rows*in.columns {
		_, in.err = in.full.Exec(in.args...)
		in.args = in.args[:0]
	}
}

func (in *inserter) flush() error {
	if in.err == nil && len(in.args) > 0 {
		_, in.err = in.tx.Exec(in.statement(len(in.args)/in.columns), in.args...)
	}
	return in.err
}

// BenchmarkRecord shows what the audit log costs when it is long: go test ./internal/audit -run ^$ -bench Record -lines 1000000
func BenchmarkRecord(b *testing.B) {
	for _, kind := range databasetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			db := databasetest.Open(b, databasetest.URL(b, kind))
			signer, _, err := note.GenerateKey(rand.Reader, "test")
			if err != nil {
				b.Fatal(err)
			}
			log, err := New(Options{Database: db, SignerKey: signer})
			if err != nil {
				b.Fatal(err)
			}
			fill(b, db, *benchLines)
			benchmarkFilling(b, log)
			benchmarkQueries(b, log)
			benchmarkNames(b, db, log)
			benchmarkPage(b, log)
			benchmarkWrites(b, log)
		})
	}
}

// benchmarkFilling is the first start with a record whose lines have no words yet.
func benchmarkFilling(b *testing.B, log *Log) {
	begun := time.Now()
	if err := log.FillWords(context.Background(), math.MaxInt64); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(*benchLines)/time.Since(begun).Seconds(), "lines-filled/s")
}

func benchmarkQueries(b *testing.B, log *Log) {
	half := start.Add(time.Duration(*benchLines) * 15 * time.Second)
	for _, query := range []struct {
		name   string
		filter Filter
		before int64
	}{
		{"first page", Filter{}, 0},
		{"page in the middle", Filter{}, int64(*benchLines / 2)},
		{"a connector", Filter{Connector: "connector-007"}, 0},
		{"a connector that is rare", Filter{Connector: "rare"}, 0},
		{"three connectors of one name", Filter{Connector: "name", Connectors: []string{"connector-007", "connector-008", "rare"}}, 0},
		{"300 connectors of one name", Filter{Connector: "name", Connectors: scaleIDs("connector-%03d", 300)}, 0},
		{"10,000 connectors of one name, of which nothing is recorded", Filter{Connector: "name", Connectors: scaleIDs("none-%d", 10_000)}, 0},
		{"a person", Filter{Person: "oid-07"}, 0},
		{"ten people", Filter{Person: "person 1"}, 0},
		{"all people", Filter{Person: "person"}, 0},
		{"an action that is rare", Filter{Action: Revert}, 0},
		{"an outcome", Filter{Outcome: Applied}, 0},
		{"an outcome that never was", Filter{Outcome: Rejected}, 0},
		{"action and outcome that exclude each other", Filter{Action: SignIn, Outcome: Applied}, 0},
		{"action and rare outcome", Filter{Action: Edit, Outcome: InDoubt}, 0},
		{"person and rare action", Filter{Person: "oid-07", Action: Revert}, 0},
		{"person and action", Filter{Person: "oid-07", Action: Edit}, 0},
		{"a word that all lines have", Filter{Text: "person"}, 0},
		{"a word that many have", Filter{Text: "ticket 4711"}, 0},
		{"a word that few have and one that many have", Filter{Text: "person 07 ticket"}, 0},
		{"a word that none has", Filter{Text: "nobody"}, 0},
		{"words that all have, and the kind", Filter{Text: "per", Kind: Changes}, 0},
		{"an id", Filter{Text: "00000000-0000-4000-8000-000000000004"}, 0},
		{"the beginning of an id", Filter{Text: "00000000-0000-40"}, 0},
		{"the kind", Filter{Kind: People}, 0},
		{"up to long ago", Filter{To: start.Add(time.Hour)}, 0},
		{"a day in the middle", Filter{From: half, To: half.Add(24 * time.Hour)}, 0},
		{"a day in the middle and a rare action", Filter{From: half, To: half.Add(24 * time.Hour), Action: Revert}, 0},
		{"the first half and a person", Filter{To: half, Person: "oid-07"}, 0},
	} {
		b.Run(query.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := log.Query(context.Background(), query.filter, query.before, 50); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
		})
	}
	b.Run("history", func(b *testing.B) {
		for b.Loop() {
			if _, err := log.History(context.Background(), "connector-007", 30); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("recent", func(b *testing.B) {
		for b.Loop() {
			if _, err := log.Recent(context.Background(), 0, 10); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func scaleIDs(form string, count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprintf(form, i)
	}
	return ids
}

// benchmarkNames looks for names among those of 10,000 connectors of one organization.
func benchmarkNames(b *testing.B, db *database.DB, log *Log) {
	var all []connector.Connector
	for i, id := range scaleIDs("id-%d", 10_000) {
		all = append(all, connector.New(map[string]connector.Value{connector.ID: connector.Of(id),
			connector.ExchangeAlias: connector.Of(fmt.Sprint("alias ", i)), connector.ExchangeOrganization: connector.Of("Contoso North America")}))
	}
	if err := db.Write(context.Background(), func(tx *sql.Tx) error { return log.KeepNames(context.Background(), tx, all...) }); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"alias 4711", "alias 4711 · Contoso North America", "nobody is called so", "Contoso North America"} {
		b.Run("bearers of "+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := log.Bearers(context.Background(), name); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/name")
		})
	}
}

// benchmarkPage is all that the audit log's page asks of the audit log.
func benchmarkPage(b *testing.B, log *Log) {
	for name, filter := range map[string]Filter{"page": {}, "page of one person's edits": {Person: "Person 09", Action: Edit}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				page, err := log.Query(context.Background(), filter, 0, 100)
				if err != nil || len(page.Entries) != 100 {
					b.Fatalf("%d lines, %v", len(page.Entries), err)
				}
				seqs, ids := make([]int64, 100), make([]string, 100)
				for i, entry := range page.Entries {
					seqs[i], ids[i] = entry.Seq, entry.ID
				}
				if _, err := log.Sharing(context.Background(), ids...); err != nil {
					b.Fatal(err)
				}
				if _, err := log.People(context.Background()); err != nil {
					b.Fatal(err)
				}
				if _, proofs, err := log.Prove(context.Background(), seqs...); err != nil || !proofs[99].Holds {
					b.Fatalf("the last line is not proven: %v", err)
				}
			}
		})
	}
}

// BenchmarkVerify checks an export of many lines from memory, on one core.
func BenchmarkVerify(b *testing.B) {
	signer, verifier, err := note.GenerateKey(rand.Reader, "test")
	if err != nil {
		b.Fatal(err)
	}
	lines := min(*benchLines, 200_000)
	key, err := note.NewSigner(signer)
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	var tree compact
	for n := range lines {
		text, err := scaleEntry(n).text()
		if err != nil {
			b.Fatal(err)
		}
		hash := tlog.RecordHash(text)
		tree.push(hash)
		file.Write(row{line: string(text), hash: hash.String()}.exported())
	}
	signed, err := note.Sign(&note.Note{Text: checkpoint{"test", int64(lines), tree.root()}.text()}, key)
	if err != nil {
		b.Fatal(err)
	}
	if err := writeJSON(&file, lastLine{Checkpoint: string(signed), Key: verifier}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Verify(bytes.NewReader(file.Bytes()), VerifyOptions{Key: verifier}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func benchmarkWrites(b *testing.B, log *Log) {
	b.Run("note", func(b *testing.B) {
		for b.Loop() {
			if _, err := log.Note(context.Background(), scaleEntry(7)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("checkpoint", func(b *testing.B) {
		for b.Loop() {
			if _, err := log.Checkpoint(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
	by := Exporter{Actor: access.Actor{Roles: []access.Role{access.Auditor}}}
	b.Run("export and verify", func(b *testing.B) {
		var lines int64
		var peak uint64
		for b.Loop() {
			reader, writer := io.Pipe()
			go func() { writer.CloseWithError(log.WriteNDJSON(context.Background(), writer, by, Filter{})) }()
			report, err := Verify(&heapGauge{reader, &peak, 0}, VerifyOptions{})
			if err != nil {
				b.Fatal(err)
			}
			lines += report.Lines
		}
		b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
		b.ReportMetric(float64(peak)/1e6, "peak-heap-MB")
	})
}

// heapGauge notes the largest heap while it is read from.
type heapGauge struct {
	io.Reader
	peak  *uint64
	reads int
}

func (g *heapGauge) Read(p []byte) (int, error) {
	if g.reads++; g.reads%200 == 1 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		*g.peak = max(*g.peak, stats.HeapAlloc)
	}
	return g.Reader.Read(p)
}
