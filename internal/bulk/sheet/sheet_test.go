package sheet_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/bulk/sheet"
	"switchboard/internal/connector"
)

var update = flag.Bool("update", false, "write what is said of the broken files anew")

func none(string) bool  { return false }
func every(string) bool { return true }

func read(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestBrokenFiles: each fault is named by line and column, and nothing is taken of such a file.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/broken/*")
	if err != nil || len(names) < 12 {
		t.Fatalf("there are %d broken files: %v", len(names), err)
	}
	var said strings.Builder
	for _, name := range names {
		got, faults := sheet.Read(read(t, filepath.Join("broken", filepath.Base(name))), none)
		if len(faults) == 0 || len(got.Rows) > 0 {
			t.Errorf("%s: %d faults, %d rows", name, len(faults), len(got.Rows))
		}
		fmt.Fprintf(&said, "%s\n", filepath.Base(name))
		for _, fault := range faults {
			fmt.Fprintf(&said, "  %s: %s\n", fault.Place(), fault.Message)
		}
	}
	if *update {
		if err := os.WriteFile("testdata/broken.txt", []byte(said.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, "broken.txt"); said.String() != string(want) {
		t.Errorf("what is said of the broken files is not what testdata/broken.txt says:\n%s", said.String())
	}
}

// TestFilesOfSpreadsheets: the same rows as Excel, LibreOffice and others write them.
func TestFilesOfSpreadsheets(t *testing.T) {
	t.Parallel()
	held := connector.New(map[string]connector.Value{
		connector.ServerName: connector.Of("=old"), connector.ExchangeAlias: connector.Of("first\r\nsecond"), connector.Version: connector.Of("15.1"),
	})
	files := map[string][]byte{}
	for _, name := range []string{"excel.csv", "libreoffice.csv", "tabs.tsv", "hint.csv"} {
		files[name] = read(t, name)
		files[name+" after blank lines"] = append([]byte("\ufeff\r\n\n"), bytes.TrimPrefix(files[name], []byte("\ufeff"))...)
	}
	for name, file := range files {
		got, faults := sheet.Read(file, none)
		if len(faults) > 0 || len(got.Rows) != 3 {
			t.Errorf("%s: %d rows, %v", name, len(got.Rows), faults)
			continue
		}
		for i, want := range []string{
			"8d7e0a31-0000-4000-8000-000000000001 map[exchangeOrganization:Contoso; \"Europe\" serverName:=ex01]",
			"8d7e0a31-0000-4000-8000-000000000002 map[]",
			"8d7e0a31-0000-4000-8000-000000000003 map[exchangeAlias:Zürich 本社 serverName:-ex03]",
		} {
			if said := fmt.Sprint(got.Rows[i].ID, got.Rows[i].Wanted(held)); strings.Replace(said, "map", " map", 1) != want {
				t.Errorf("%s: row %d is %s, want %s", name, i, said, want)
			}
		}
	}
}

// TestBlankCells: a cell that looks empty asks for nothing, whatever the connector holds.
func TestBlankCells(t *testing.T) {
	t.Parallel()
	got, faults := sheet.Read([]byte("id,version,serverName,\na, ,\u00a0\t, \n"), none)
	if len(faults) > 0 || len(got.Rows) != 1 || got.Rows[0].Asks() {
		t.Fatalf("%+v, %v", got, faults)
	}
	for _, version := range []string{"15", " ", ""} {
		if wanted := got.Rows[0].Wanted(connector.New(map[string]connector.Value{connector.Version: connector.Of(version)})); len(wanted) > 0 {
			t.Errorf("of a connector that holds %q: %v", version, wanted)
		}
	}
}

// TestTheServicesOwnProperties are taken where they are asked for, and named where they are not.
func TestTheServicesOwnProperties(t *testing.T) {
	t.Parallel()
	file := []byte("id,status,lastSyncDateTime,serverName\na,connected,2026-01-01T00:00:00Z,ex\n")
	got, faults := sheet.Read(file, none)
	if len(faults) > 0 || fmt.Sprint(got.Passed) != "[status lastSyncDateTime]" || fmt.Sprint(got.Rows[0].Wanted(connector.Connector{})) != "map[serverName:ex]" {
		t.Errorf("%v, %v", got, faults)
	}
	got, faults = sheet.Read(file, every)
	if len(faults) > 0 || len(got.Passed) > 0 || len(got.Rows[0].Wanted(connector.Connector{})) != 3 {
		t.Errorf("asked for: %v, %v", got, faults)
	}
}

// TestTheMostRows: two thousand are taken, one more is a fault that says where they end.
func TestTheMostRows(t *testing.T) {
	t.Parallel()
	got, faults := sheet.Read(read(t, "large.csv"), none)
	if len(faults) > 0 || len(got.Rows) != sheet.MostRows {
		t.Fatalf("%d rows, %v", len(got.Rows), faults)
	}
	_, faults = sheet.Read(append(read(t, "large.csv"), "one-more;ex\r\n"...), none)
	if len(faults) != 1 || faults[0].Line != sheet.MostRows+2 {
		t.Errorf("one more: %v", faults)
	}
	_, faults = sheet.Read(bytes.Repeat([]byte("x"), sheet.MostBytes+1), none)
	if len(faults) != 1 || !strings.Contains(faults[0].Message, "1,000,000") {
		t.Errorf("too many bytes: %v", faults)
	}
}

// TestAllFaultsAtOnce: whoever mends a file learns of all that is wrong with it, and which of its ids can be looked up besides.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	got, faults := sheet.Read([]byte("id,Server,version\na,x,1\nb,x\nA,x,2\n,x,3\nc,x,4\n"), none)
	said := ""
	for _, fault := range faults {
		said += fault.Place() + "; "
	}
	if said != "Line 1, column 2; Line 3, column 3 (version); Line 4, column 1 (id); Line 5, column 1 (id); " {
		t.Errorf("faults: %s", said)
	}
	named := ""
	for _, row := range got.Named {
		named += row.ID
	}
	if named != "ac" || len(got.Rows) > 0 {
		t.Errorf("named %q, %d rows", named, len(got.Rows))
	}
	if got, faults := sheet.Read([]byte("Server,version\nx,1\n"), none); len(faults) != 2 || len(got.Named) > 0 {
		t.Errorf("without ids: %v, %v", got, faults)
	}
}

// TestLinesOfOldMacs end with the sign for going back alone, as in Excel's CSV (Macintosh).
func TestLinesOfOldMacs(t *testing.T) {
	t.Parallel()
	got, faults := sheet.Read([]byte("id;version\ra;1\rb;2\r"), none)
	if len(faults) > 0 || len(got.Rows) != 2 || got.Rows[1].Line != 3 {
		t.Errorf("%v, %v", got, faults)
	}
	if _, faults = sheet.Read([]byte("id;version\ra;1\ra;2\r"), none); len(faults) != 1 || faults[0].Line != 3 {
		t.Errorf("a doubled id: %v", faults)
	}
}

// FuzzRead holds that no file brings the reader down, and that one without faults has an id in each of its rows.
func FuzzRead(f *testing.F) {
	for _, file := range []string{"id,serverName\na,b\n", "\ufeffid;serverName\r\n\"a\";\"'=b\"\r\n", "sep=\t\nid\tversion\na\t1\n", "id,\"x\ny\"", ""} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, faults := sheet.Read(file, every)
		if len(faults) > 0 && len(got.Rows) > 0 {
			t.Error("faults and rows")
		}
		for _, row := range got.Rows {
			if row.ID == "" || row.Line < 1 || len(faults) > 0 {
				t.Errorf("a row %+v", row)
			}
			row.Wanted(connector.Connector{})
		}
	})
}
