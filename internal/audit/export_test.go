package audit_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// hostile is a text that breaks careless writers of JSON, CSV and lines.
const hostile = "=cmd|' /C calc'!A0 \"quoted\", <odd> & \u2028\u2029\r\n\x00\xff\\u0041 ,\"hash\":\"x\"}"

func auditor() audit.Exporter {
	actor := mona()
	return audit.Exporter{Actor: actor}
}

func export(t testing.TB, log *audit.Log, f audit.Filter) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := log.WriteNDJSON(context.Background(), &file, auditor(), f); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func verify(t testing.TB, file []byte, o audit.VerifyOptions) (audit.Report, error) {
	t.Helper()
	return audit.Verify(bytes.NewReader(file), o)
}

func TestExportIsWrittenAsTheContractSays(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		noted(t, log, edit(audit.Applied))
		nothing := noted(t, log, audit.Entry{ID: "77", Action: audit.SignIn, Actor: access.Actor{OID: "0a1b", TID: "7c2d", Name: "Mona"}})
		lines := strings.Split(string(export(t, log, audit.Filter{})), "\n")
		want := `{"seq":1,"id":"6f0e","time":"2026-11-24T12:00:00.123456Z","action":"edit","actor":{"oid":"0a1b","tid":"7c2d","name":"Mona Ferrari","roles":["Connector.Admin","Other"]},"connector":"c1","fields":[{"name":"version","before":"15.1","requested":null,"stored":null}],"reason":"ticket 4711","outcome":"applied","graph":{"status":200,"request_id":"r1","client_request_id":"6f0e"},"hash":"`
		if !strings.HasPrefix(lines[0], want) {
			t.Errorf("line 1 = %s\nwant   %s...", lines[0], want)
		}
		want = `{"seq":2,"id":"77","time":"2026-11-24T12:00:00.123456Z","action":"sign_in","actor":{"oid":"0a1b","tid":"7c2d","name":"Mona","roles":[]},"connector":null,"fields":[],"reason":"","outcome":null,"graph":null,"hash":"` + nothing.Hash + `"}`
		if lines[1] != want {
			t.Errorf("line 2 = %s\nwant   %s", lines[1], want)
		}
		if len(lines) != 5 || !strings.Contains(lines[2], `"action":"export"`) || !strings.HasPrefix(lines[3], `{"checkpoint":"switchboard.example/audit\n3\n`) {
			t.Errorf("the rest of the export: %q", lines[2:])
		}
	})
}

// TestLostAnswersAreNull: nothing is told of an answer that never came, beyond that a request was sent.
func TestLostAnswersAreNull(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		lost := edit(audit.InDoubt)
		lost.Graph = &audit.Graph{ClientRequestID: "6f0e"}
		noted(t, log, lost)
		const want = `"graph":{"status":null,"request_id":null,"client_request_id":"6f0e"},"hash":`
		if file := string(export(t, log, audit.Filter{})); !strings.Contains(file, want) {
			t.Errorf("want %s in\n%s", want, file)
		}
		if got, _, err := log.Entry(context.Background(), 1); err != nil || !reflect.DeepEqual(got.Graph, lost.Graph) {
			t.Errorf("read back: %+v, %v", got.Graph, err)
		}
		var file bytes.Buffer
		if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{Connector: "c1"}); err != nil {
			t.Fatal(err)
		}
		rows, err := sheet(file.Bytes())
		if err != nil || len(rows) != 2 || rows[1][15] != "" || rows[1][16] != "" {
			t.Errorf("as CSV: %q, %v", rows, err)
		}
	})
}

// TestSyncsAreExportedWithTheirKindAndEnd, and only they: a line that has nothing to say of a sync is as it ever was.
func TestSyncsAreExportedWithTheirKindAndEnd(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		synced, never := connector.Of("2026-11-24T12:00:05.1230000+01:00"), connector.Null()
		line := func(action audit.Action, kind string, end *connector.Value) audit.Entry {
			return audit.Entry{ID: "6f0e", Action: action, Actor: mona(), Connector: "c1", Outcome: audit.Applied, SyncType: kind, SyncedAt: end}
		}
		for i, test := range []struct {
			entry audit.Entry
			want  string
		}{
			{line(audit.Sync, "", nil), `"graph":null,"hash":`},
			{line(audit.Sync, "fullSync", nil), `"graph":null,"sync_type":"fullSync","hash":`},
			{line(audit.Resolved, "deltaSync", &synced), `"graph":null,"sync_type":"deltaSync","synced_at":"2026-11-24T12:00:05.1230000+01:00","hash":`},
			{line(audit.Resolved, "deltaSync", &never), `"graph":null,"sync_type":"deltaSync","synced_at":null,"hash":`},
		} {
			noted(t, log, test.entry)
			lines := strings.Split(string(export(t, log, audit.Filter{Connector: "c1"})), "\n")
			if !strings.Contains(lines[i], test.want) {
				t.Errorf("want %s in\n%s", test.want, lines[i])
			}
			entries, err := log.Of(context.Background(), "6f0e")
			if err != nil || entries[i].SyncType != test.entry.SyncType || !reflect.DeepEqual(entries[i].SyncedAt, test.entry.SyncedAt) {
				t.Errorf("read back: %+v, %v", entries[i], err)
			}
		}
		var file bytes.Buffer
		if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{Connector: "c1"}); err != nil {
			t.Fatal(err)
		}
		rows, err := sheet(file.Bytes())
		if err != nil || len(rows) != 5 {
			t.Fatalf("as CSV: %q, %v", rows, err)
		}
		for i, want := range [][]string{{"sync_type", "synced_at"}, {"", ""}, {"fullSync", ""}, {"deltaSync", synced.Text()}, {"deltaSync", ""}} {
			if got := rows[i][17:]; got[0] != want[0] || got[1] != want[1] || len(got) != 6 {
				t.Errorf("row %d ends with %q, want %q", i, got, want)
			}
		}
		good := export(t, log, audit.Filter{})
		if _, err := verify(t, good, audit.VerifyOptions{Key: log.VerifierKey()}); err != nil {
			t.Error(err)
		}
		if output, err := node(t, good, log.VerifierKey()); err != nil {
			t.Errorf("verify.mjs: %v\n%s", err, output)
		}
		if _, err := verify(t, bytes.Replace(good, []byte("fullSync"), []byte("wildSync"), 1), audit.VerifyOptions{Key: log.VerifierKey()}); err == nil {
			t.Error("another kind of sync verifies")
		}
	})
}

// TestFurtherMembersStandBeforeTheHash, in one order, only in lines that have something to say, and the file verifies.
func TestFurtherMembersStandBeforeTheHash(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		const run, ticket = "8d1f2a34-1c0d-4f6e-9b1a-0c2d3e4f5a6b", "https://tickets.example.com/INC-1?a=<b>&c=1"
		for i, test := range []struct {
			further audit.Further
			want    string
			cells   []string
		}{
			{audit.Further{}, `"graph":null,"hash":`, []string{"", "", ""}},
			{audit.Further{Run: run}, `"graph":null,"run":"` + run + `","hash":`, []string{run, "", ""}},
			{audit.Further{Observed: 7}, `"graph":null,"observed":7,"hash":`, []string{"", "7", ""}},
			{audit.Further{Ticket: ticket}, `"graph":null,"ticket":"` + ticket + `","hash":`, []string{"", "", ticket}},
			{audit.Further{Run: run, Observed: 7, Ticket: ticket}, `"graph":null,"run":"` + run + `","observed":7,"ticket":"` + ticket + `","hash":`, []string{run, "7", ticket}},
			{audit.Further{Ticket: "=1+1"}, `"ticket":"=1+1","hash":`, []string{"", "", "'=1+1"}},
		} {
			left := noted(t, log, audit.Entry{Action: audit.Claim, Actor: mona(), Connector: "c1", Further: test.further})
			lines := strings.Split(string(export(t, log, audit.Filter{Connector: "c1"})), "\n")
			if !strings.Contains(lines[i], test.want) {
				t.Errorf("want %s in\n%s", test.want, lines[i])
			}
			if got, _, err := log.Entry(context.Background(), left.Seq); err != nil || got.Further != test.further {
				t.Errorf("read back: %+v, %v", got.Further, err)
			}
			var file bytes.Buffer
			if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{Connector: "c1"}); err != nil {
				t.Fatal(err)
			}
			rows, err := sheet(file.Bytes())
			if err != nil || !slices.Equal(rows[0][19:], []string{"run", "observed", "ticket", "hash"}) || !slices.Equal(rows[i+1][19:22], test.cells) {
				t.Errorf("as CSV: %q, %v", rows, err)
			}
		}
		good := export(t, log, audit.Filter{})
		if _, err := verify(t, good, audit.VerifyOptions{Key: log.VerifierKey()}); err != nil {
			t.Error(err)
		}
		if output, err := node(t, good, log.VerifierKey()); err != nil {
			t.Errorf("verify.mjs: %v\n%s", err, output)
		}
		if _, err := verify(t, bytes.Replace(good, []byte(`"observed":7`), []byte(`"observed":8`), 1), audit.VerifyOptions{Key: log.VerifierKey()}); err == nil {
			t.Error("another number verifies")
		}
	})
}

// TestARefusalsMessageStandsLastInGraph, where there is one and nowhere else: lines from before stay as they are.
func TestARefusalsMessageStandsLastInGraph(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		refused := edit(audit.Rejected)
		refused.Graph = &audit.Graph{Status: 403, RequestID: "r1", ClientRequestID: "6f0e", Message: "No <b>. \u2028"}
		noted(t, log, refused)
		const want = `"graph":{"status":403,"request_id":"r1","client_request_id":"6f0e","message":"No <b>. \u2028"},"hash":`
		file := export(t, log, audit.Filter{})
		if !strings.Contains(string(file), want) {
			t.Errorf("want %s in\n%s", want, file)
		}
		if got, _, err := log.Entry(context.Background(), 1); err != nil || !reflect.DeepEqual(got.Graph, refused.Graph) {
			t.Errorf("read back: %+v, %v", got.Graph, err)
		}
		if _, err := audit.Verify(bytes.NewReader(file), audit.VerifyOptions{}); err != nil {
			t.Error(err)
		}
	})
}

// TestAnotherLanguageAgrees runs a small verifier that shares no code with this one.
func TestAnotherLanguageAgrees(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		for range 20 {
			e := edit(audit.Applied)
			e.Reason, e.Actor.Name, e.Connector, e.Graph.RequestID = hostile, hostile, hostile, hostile
			e.Fields[0].Requested = connector.Of(hostile)
			noted(t, log, e)
			good := export(t, log, audit.Filter{})
			if _, err := verify(t, good, audit.VerifyOptions{Key: log.VerifierKey()}); err != nil {
				t.Fatal(err)
			}
		}
		good := export(t, log, audit.Filter{})
		if output, err := node(t, good, log.VerifierKey()); err != nil {
			t.Errorf("verify.mjs: %v\n%s", err, output)
		}
		bad := bytes.Replace(good, []byte("quoted"), []byte("Quoted"), 1)
		if output, err := node(t, bad, log.VerifierKey()); err == nil {
			t.Errorf("verify.mjs accepts a changed line: %s", output)
		}
	})
}

func node(t *testing.T, file []byte, key string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.ndjson")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.Command("node", "verify.mjs", path, key).CombinedOutput()
	return string(output), err
}

func TestFilteredExportKeepsNumbers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		noted(t, log, audit.Entry{Action: audit.SignIn, Actor: mona()})
		noted(t, log, edit(audit.Pending))
		file := export(t, log, audit.Filter{Connector: "c1"})
		if !bytes.HasPrefix(file, []byte(`{"seq":2,`)) || bytes.Count(file, []byte("\n")) != 2 {
			t.Errorf("the lines of one connector: %s", file)
		}
		if _, err := verify(t, file, audit.VerifyOptions{Key: log.VerifierKey()}); err == nil || !strings.Contains(err.Error(), "not a whole record") {
			t.Errorf("verify = %v", err)
		}
		if last, _, err := log.Entry(context.Background(), 3); err != nil || last.Reason != "audit.ndjson?connector=c1" {
			t.Errorf("the export's own line = %+v, %v", last, err)
		}
	})
}

func TestExportNeedsPermission(t *testing.T) {
	t.Parallel()
	log := open(t, databasetest.SQLite(t))
	by := auditor()
	by.Actor.Roles = []access.Role{access.Helpdesk}
	var file bytes.Buffer
	ctx := context.Background()
	for name, err := range map[string]error{
		"ndjson": log.WriteNDJSON(ctx, &file, by, audit.Filter{}),
		"csv":    log.WriteCSV(ctx, &file, by, audit.Filter{}),
		"zip":    log.WriteEvidence(ctx, &file, by, audit.Filter{}),
	} {
		if err != audit.ErrNotAllowed || file.Len() > 0 {
			t.Errorf("%s = %v and %d bytes, want a refusal and none", name, err, file.Len())
		}
	}
}

func TestCSVRunsNoFormula(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		e := edit(audit.Applied)
		second := e.Fields[0]
		second.Name, second.Requested = "serverName", connector.Of(" +1")
		e.Fields = append(e.Fields, second)
		for _, reason := range []string{"=1+1", "@SUM(1)", "-1", "\t=1", "＝1", "'", "fine = 1", "", "a;=1", "a\n +1;\t-1", `a;""=1`} {
			e.Reason = reason
			noted(t, log, e)
		}
		var file bytes.Buffer
		if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{Connector: "c1"}); err != nil {
			t.Fatal(err)
		}
		rows, err := sheet(file.Bytes())
		if err != nil || len(rows) != 1+2*11 {
			t.Fatalf("%d rows, %v; want a header and two for each change", len(rows), err)
		}
		for i, want := range []string{"'=1+1", "'@SUM(1)", "'-1", "'\t'=1", "'＝1", "'", "fine = 1", "", "a;'=1", "a\n '+1;\t'-1", `a;""'=1`} {
			if got := rows[1+2*i][13]; got != want {
				t.Errorf("reason = %q, want %q", got, want)
			}
		}
		if got := rows[2][11]; got != "' +1" {
			t.Errorf("requested = %q", got)
		}
	})
}
