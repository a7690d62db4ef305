package audit

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/connector"
)

var csvHeader = [...]string{"seq", "time", "action", "outcome", "name", "oid", "tid", "roles", "connector", "property",
	"before", "requested", "stored", "reason", "id", "graph_status", "graph_request_id", "sync_type", "synced_at", "run", "observed", "ticket", "hash"}

// WriteCSV exports the lines that match for a spreadsheet, the oldest first: a row for each field of a change, one for a
// line without fields. It begins with a byte order mark, without which Excel takes UTF-8 for something else. It proves
// nothing: null and an empty text look the same, and a cell that a spreadsheet would run as a formula begins with an
// apostrophe; ids and hashes stay as they are, so that they can be looked up. It records itself first, and until the first
// byte is written, an error leaves w untouched.
func (l *Log) WriteCSV(ctx context.Context, w io.Writer, by Exporter, f Filter) error {
	size, _, err := l.noteExport(ctx, by, "audit.csv", f)
	if err != nil {
		return err
	}
	begun := bufio.NewWriterSize(w, exportWrites) // which the writer of cells takes over
	writer := csv.NewWriter(begun)
	if _, err := begun.WriteString("\ufeff"); err != nil {
		return err
	}
	if err := writer.Write(csvHeader[:]); err != nil {
		return err
	}
	cells := make([]string, 0, len(csvHeader))
	err = l.each(ctx, f, size, func(row row) error {
		entry, err := row.entry()
		if err != nil {
			return err
		}
		if len(entry.Fields) == 0 {
			entry.Fields = []connector.FieldChange{{}}
		}
		for _, field := range entry.Fields {
			if err := writer.Write(csvCells(cells, entry, field)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	writer.Flush()
	return writer.Error()
}

// csvCells are a row's cells, which take the place of those given.
func csvCells(cells []string, e Entry, field connector.FieldChange) []string {
	var status, request, synced, observed, stored string
	if e.Graph != nil && e.Graph.Status != 0 { // an answer that was lost told neither
		status, request = strconv.Itoa(e.Graph.Status), e.Graph.RequestID
	}
	if e.SyncedAt != nil {
		synced = e.SyncedAt.Text()
	}
	if e.Observed != 0 {
		observed = strconv.FormatInt(e.Observed, 10)
	}
	if field.Stored != nil {
		stored = field.Stored.Text()
	}
	cells = append(cells[:0], strconv.FormatInt(e.Seq, 10), e.Time.Format(timeLayout), string(e.Action), string(e.Outcome),
		e.Actor.Name, e.Actor.OID, e.Actor.TID, strings.Join(e.Actor.Claims, " "), e.Connector, field.Name,
		field.Before.Text(), field.Requested.Text(), stored, e.Reason, e.ID, status, request, e.SyncType, synced,
		e.Run, observed, e.Ticket, e.Hash)
	for i, cell := range cells {
		if cell != "" && (!identifying[i] || !connector.Opaque(cell)) {
			cells[i] = connector.Inert(cell)
		}
	}
	return cells
}

// identifiers are the columns whose texts are looked up elsewhere, identifying says which columns of csvHeader they are.
var (
	identifiers = []string{"oid", "tid", "connector", "id", "graph_request_id", "run", "hash"}
	identifying = func() (is [len(csvHeader)]bool) {
		for i, name := range csvHeader {
			is[i] = slices.Contains(identifiers, name)
		}
		return is
	}()
)
