package handlers_test

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// exports are the addresses of the exports and what each must come as.
var exports = []struct{ path, kind, file string }{
	{"/audit.ndjson", "application/x-ndjson", "audit-"},
	{"/audit.csv", "text/csv; charset=utf-8", "audit-"},
	{"/audit/evidence.zip", "application/zip", "evidence-"},
	{"/audit/checkpoint", "text/plain; charset=UTF-8", "checkpoint-"},
}

func TestExportsAreFiles(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		ruth := s.person("ruth")
		for _, export := range exports {
			got := ruth.get(export.path)
			head := ruth.follow(http.MethodHead, s.url.String()+export.path, nil)
			equal(t, export.path, got.status, http.StatusOK)
			equal(t, "HEAD "+export.path, head.status, http.StatusOK)
			equal(t, "the body of HEAD "+export.path, head.body, "")
			for name, want := range map[string]string{"Content-Type": export.kind, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
				equal(t, name+" of "+export.path, got.header.Get(name), want)
				equal(t, name+" of HEAD "+export.path, head.header.Get(name), want)
			}
			if disposition := got.header.Get("Content-Disposition"); !strings.HasPrefix(disposition, `attachment; filename="`+export.file) {
				t.Errorf("Content-Disposition of %s is %q", export.path, disposition)
			}
		}
		if recorded := s.exported(db); !slices.Equal(recorded, []string{"audit.ndjson", "audit.csv", "evidence.zip"}) {
			t.Errorf("the record holds the exports %q: want one line for each GET that holds lines, and none for HEAD", recorded)
		}
	})
}

// exported are the reasons of the lines about exports, the oldest first.
func (s *site) exported(db *database.DB) (reasons []string) {
	s.t.Helper()
	for _, line := range s.lines(db, audit.Filter{Action: audit.Export}) {
		reasons = append(reasons, line.Reason)
	}
	return reasons
}

// lines are those that match, the oldest first, read past the site.
func (s *site) lines(db *database.DB, f audit.Filter) []audit.Entry {
	s.t.Helper()
	page, err := s.record(db).Query(context.Background(), f, 0, 1000)
	check(s.t, err)
	slices.Reverse(page.Entries)
	return page.Entries
}

// TestExportsProveThemselves checks the files offline, against the public key that they name.
func TestExportsProveThemselves(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, ruth := s.person("maya"), s.person("ruth")
	id := simulator.ID("s2s-na")
	equal(t, "the save", maya.post("/connectors/"+id, maya.edit(id, "version", "=1+1")).status, http.StatusSeeOther)
	kept := ruth.get("/audit/checkpoint").body

	whole := ruth.get("/audit.ndjson")
	report, err := audit.Verify(strings.NewReader(whole.body), audit.VerifyOptions{Checkpoint: kept})
	check(t, err)
	equal(t, "lines of the whole record", report.Lines, report.Size)
	lines := strings.Split(strings.TrimSpace(whole.body), "\n")
	if last := lines[len(lines)-2]; !strings.Contains(last, `"action":"export"`) || !strings.Contains(last, `"reason":"audit.ndjson"`) {
		t.Errorf("the last line before the checkpoint is %s: want the export's own", last)
	}

	part := ruth.get("/audit.ndjson?connector=" + id)
	if _, err := audit.Verify(strings.NewReader(part.body), audit.VerifyOptions{}); err == nil || !strings.Contains(err.Error(), "whole record") {
		t.Errorf("a part verifies as %v: want that it is not a whole record", err)
	}
	if foreign := strings.Count(part.body, `"seq":`) - strings.Count(part.body, `"connector":"`+id+`"`); foreign != 0 {
		t.Errorf("%d lines do not match the filter: %s", foreign, part.body)
	}

	size := strings.Split(kept, "\n")[1]
	pack := ruth.get("/audit/evidence.zip?action=edit&since=" + size)
	file := filepath.Join(t.TempDir(), "evidence.zip")
	check(t, os.WriteFile(file, []byte(pack.body), 0o600))
	report, err = audit.VerifyFile(file, audit.VerifyOptions{Checkpoint: kept})
	check(t, err)
	equal(t, "lines of the pack", report.Lines, int64(2))

	sheet := ruth.get("/audit.csv?person=maya&outcome=applied").body
	equal(t, "rows of the sheet", strings.Count(sheet, "\n"), 2)
	if !strings.Contains(sheet, ",'=1+1,") {
		t.Errorf("the sheet would run a value as a formula: %s", sheet)
	}
}

func TestExportsRefuseWhatTheyCannotRead(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	for _, test := range []struct{ query, want string }{
		{"from=sometime", "from: &#34;sometime&#34; cannot be read: enter a date or a time, such as"},
		{"to=2026-13-01T00:00:00Z", "to: &#34;2026-13-01T00:00:00Z&#34; cannot be read: enter a date or a time, such as"},
		{"from=2026-11-24&to=2026-11-20", "Enter a time that is after the one in ‘From’."},
		{"action=delete", "does not have the action"},
		{"outcome=perhaps", "does not have the outcome"},
		{"persn=ruth", "persn: The audit log does not have this filter."},
		{"person=a&person=b", "person: The address has this filter more than once."},
		{"since=0", "The audit log does not have this filter."},
	} {
		got := ruth.get("/audit.csv?" + test.query)
		equal(t, test.query, got.status, http.StatusBadRequest)
		contains(t, got, "<h1", test.want)
	}
	equal(t, "since of no size", ruth.get("/audit/evidence.zip?since=-1").status, http.StatusBadRequest)
	equal(t, "exports in the record", len(s.exported(db)), 0)
}

// TestExportsThatCannotBeRecorded: nothing is handed out that the record would not tell of.
func TestExportsThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	run(t, db, "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	for _, export := range exports[:3] {
		got := ruth.get(export.path)
		equal(t, export.path, got.status, http.StatusServiceUnavailable)
		contains(t, got, "Nothing was exported.")
		for _, name := range []string{"Content-Disposition", "Retry-After"} {
			equal(t, name+" is there", got.header.Get(name) != "", name == "Retry-After")
		}
	}
}

// TestExportsAreCutOffLoudly: a part of a sheet must not look like the whole.
func TestExportsAreCutOffLoudly(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	log := s.record(db)
	check(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		for range 2000 {
			if _, err := log.Append(t.Context(), tx, audit.Entry{Action: audit.SignIn, Actor: access.Actor{OID: "o", TID: "t", Name: "somebody"}}); err != nil {
				return err
			}
		}
		return nil
	}))
	run(t, db, "DROP TRIGGER audit_entries_no_update", "UPDATE audit_entries SET line = 'not what was written' WHERE seq = 1500")
	response, err := ruth.client.Get(s.url.String() + "/audit.csv")
	check(t, err)
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err == nil {
		t.Error("the sheet ends as if it were whole")
	}
	if !strings.Contains(s.log.String(), "an export was cut off") {
		t.Error("the log does not say that an export was cut off")
	}
}

// run does to the database what nobody may.
func run(t *testing.T, db *database.DB, statements ...string) {
	t.Helper()
	check(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		for _, statement := range statements {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	}))
}

// record is the change record of a site's database, as another instance has it.
func (s *site) record(db *database.DB) *audit.Log {
	s.t.Helper()
	log, err := audit.New(audit.Options{Database: db, SignerKey: s.set.signer})
	check(s.t, err)
	return log
}
