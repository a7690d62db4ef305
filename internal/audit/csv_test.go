package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// sheet are the rows of a CSV as a spreadsheet reads them.
func sheet(file []byte) ([][]string, error) {
	text, marked := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
	if !marked {
		return nil, errors.New("no byte order mark")
	}
	if bytes.Contains(text, []byte("\ufeff")) {
		return nil, errors.New("another byte order mark")
	}
	return csv.NewReader(bytes.NewReader(text)).ReadAll()
}

func TestCSVKeepsHashesIdsAndNumbers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		var noted []audit.Entry
		signs := map[byte]bool{}
		for i := 0; i < 60 || !signs['+'] && i < 2000; i++ { // one hash in 64 begins with a plus sign
			e := edit(audit.Applied)
			e.Connector, e.Actor.OID, e.Graph.RequestID = "c1", "-_subject", "+/base64=="
			e.Fields[0].Requested, e.Fields[0].Stored = connector.Of("0012"), new(connector.Of("1E5"))
			entry, err := log.Note(context.Background(), e)
			if err != nil {
				t.Fatal(err)
			}
			noted = append(noted, entry)
			signs[entry.Hash[0]] = true
		}
		var file bytes.Buffer
		if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{Connector: "c1"}); err != nil {
			t.Fatal(err)
		}
		rows, err := sheet(file.Bytes())
		if err != nil || len(rows) != 1+len(noted) || rows[0][0] != "seq" {
			t.Fatalf("%d rows, %v; want a header and %d", len(rows), err, len(noted))
		}
		for i, e := range noted {
			row := rows[1+i]
			if row[len(row)-1] != e.Hash || row[14] != e.ID || row[5] != e.Actor.OID || row[16] != "+/base64==" {
				t.Errorf("hash and ids are %q, want %s, %s, %s", row, e.Hash, e.ID, e.Actor.OID)
			}
			if row[11] != "0012" || row[12] != "1E5" {
				t.Errorf("numbers are %q and %q", row[11], row[12])
			}
		}
	})
}

// TestCSVRunsNoFormulaInPlaceOfAnID: the address of a page can have any text recorded as the connector's id.
func TestCSVRunsNoFormulaInPlaceOfAnID(t *testing.T) {
	t.Parallel()
	log := open(t, databasetest.SQLite(t))
	ids := []string{`=HYPERLINK("http://x")`, `+cmd|' /C calc'!A0`, "@SUM(1)", "-1+1;=2", "=1", "＝1", "\t=1"}
	for _, id := range ids {
		e := edit(audit.Applied)
		e.Connector, e.Actor.TID = id, id
		noted(t, log, e)
	}
	var file bytes.Buffer
	if err := log.WriteCSV(context.Background(), &file, auditor(), audit.Filter{}); err != nil {
		t.Fatal(err)
	}
	rows, err := sheet(file.Bytes())
	if err != nil || len(rows) != 1+len(ids)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i := range ids {
		for _, column := range []int{6, 8} {
			if !strings.HasPrefix(rows[1+i][column], "'") {
				t.Errorf("column %d is %q", column, rows[1+i][column])
			}
		}
	}
}
