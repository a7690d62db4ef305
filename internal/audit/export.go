package audit

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"switchboard/internal/access"
)

// exportBatch is how many lines are read at once at most, exportBytes about how many bytes; between batches an export holds
// nothing in the database.
const (
	exportBatch = 1000
	firstBatch  = 100
	exportBytes = 256 << 10
)

// Exporter is who exports, and from where.
type Exporter struct {
	Actor  access.Actor
	Origin Origin
	// File is the name under which a pack is kept, as its own commands name it; empty means evidence.zip.
	File string
	// Called is what a connector is called today, or its id; nil where nobody knows names.
	Called func(id string) string
}

func (e Exporter) file() string { return cmp.Or(e.File, "evidence.zip") }

// ErrNotAllowed is the refusal of an actor who may not read the whole audit log.
var ErrNotAllowed = errors.New("this actor may not read the whole record")

// noteExport records an export before its first byte. The export then is of the lines up to and with this one: so the
// audit log itself tells of which sizes checkpoints were handed out. signed is the checkpoint of that size, kept outside the
// database by then; it is empty for an audit log that is not what was signed.
func (l *Log) noteExport(ctx context.Context, by Exporter, file string, f Filter) (size int64, signed string, err error) {
	if !by.Actor.May(access.Audit) {
		return 0, "", ErrNotAllowed
	}
	reason := file
	if query := f.Values().Encode(); query != "" {
		reason += "?" + query
	}
	noted, signed, err := l.note(ctx, Entry{Action: Export, Actor: by.Actor, Reason: reason, Origin: by.Origin})
	if err != nil {
		return 0, "", err
	}
	if signed != "" {
		err = l.leaves(signed)
	}
	return noted.Seq, signed, err
}

// WriteNDJSON exports the lines that match, the oldest first, and after them the checkpoint of the whole audit log. It
// records itself first. Until the first byte is written, an error leaves w untouched.
func (l *Log) WriteNDJSON(ctx context.Context, w io.Writer, by Exporter, f Filter) error {
	witnessed, err := l.newestWitnessed(ctx) // before the export's own line, so that it is never of more lines
	if err != nil {
		return err
	}
	size, signed, err := l.noteExport(ctx, by, "audit.ndjson", f)
	if err != nil {
		return err
	}
	if _, err := l.ending(signed, witnessed); err != nil { // before the first byte
		return err
	}
	return l.writeRecord(ctx, w, f, size, signed, witnessed)
}

// writeRecord writes the matching lines among the first size, and the last line.
func (l *Log) writeRecord(ctx context.Context, w io.Writer, f Filter, size int64, signed string, witnessed cosigned) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	err := l.each(ctx, f, size, func(row row) error {
		_, err := buffered.Write(row.exported())
		return err
	})
	if err != nil {
		return err
	}
	last, err := l.ending(signed, witnessed)
	if err != nil {
		return err
	}
	if err := writeJSON(buffered, last); err != nil {
		return err
	}
	return buffered.Flush()
}

// lastLine ends an export. Witnessed is the newest checkpoint that a witness cosigned; without one it does not stand there.
type lastLine struct {
	Checkpoint string `json:"checkpoint"`
	Witnessed  string `json:"witnessed,omitempty"`
	Key        string `json:"key"`
}

// ending is an export's last line. In an audit log that is not what was signed, which the lines may have shown just now, it has
// the checkpoint from outside, and nothing that witnesses cosigned of more lines than that.
func (l *Log) ending(signed string, witnessed cosigned) (lastLine, error) {
	if !l.broken() {
		return lastLine{signed, witnessed.note, l.verifier}, nil
	}
	signed, err := l.lastGood()
	if err != nil {
		return lastLine{}, err
	}
	kept := l.kept()
	if witnessed.head.size > kept.size() {
		witnessed = cosigned{}
	}
	return lastLine{signed, witnessed.note, kept.Key}, nil
}

// writeJSON writes one line of JSON.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// row is what an export needs of a line.
type row struct {
	seq     int64
	line    string
	hash    string
	settled bool
}

// exported is the line with its hash, and a line break.
func (r row) exported() []byte {
	text := make([]byte, 0, len(r.line)+len(r.hash)+len(hashMark)+len(hashEnd)+1)
	text = append(text, r.line[:len(r.line)-1]...)
	text = append(text, hashMark...)
	text = append(text, r.hash...)
	text = append(text, hashEnd...)
	return append(text, '\n')
}

// A line ends with its hash between these.
const (
	hashMark = `,"hash":"`
	hashEnd  = `"}`
)

// each visits the matching lines among the first size, the oldest first, in constant memory, however long they are.
func (l *Log) each(ctx context.Context, f Filter, size int64, visit func(row) error) error {
	return l.batches(ctx, f, size, func(rows []row) error {
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// batches visits them some at once.
func (l *Log) batches(ctx context.Context, f Filter, size int64, visit func([]row) error) error {
	where, err := l.condition(ctx, f)
	if err != nil || where.none {
		return err
	}
	for after, limit := int64(0), firstBatch; ; {
		rows, bytes, err := l.batch(ctx, where, after, size, limit)
		if err != nil {
			return fmt.Errorf("read the record: %w", err)
		}
		if err := l.shown(ctx, l.db, rows); err != nil {
			return err
		}
		if err := visit(rows); err != nil {
			return err
		}
		if len(rows) < limit && bytes < exportBytes {
			return nil
		}
		after = rows[len(rows)-1].seq
		limit = min(max(exportBytes*len(rows)/bytes, 1), exportBatch)
	}
}

// batch reads the next lines, at most limit of them, and fewer where they are long.
func (l *Log) batch(ctx context.Context, where condition, after, size int64, limit int) (batch []row, bytes int, err error) {
	where = where.clone()
	where.add("seq > $%d", after)
	where.add("seq <= $%d", size)
	if where.apart != nil {
		where.upwards = true
		seqs, err := l.nearest(ctx, where, limit)
		if err != nil || len(seqs) == 0 {
			return nil, 0, err
		}
		where = condition{}
		where.add("seq IN ("+strings.TrimSuffix(strings.Repeat("$%d, ", len(seqs)), ", ")+")", seqs...)
	}
	where.args = append(where.args, limit)
	query := fmt.Sprintf("SELECT seq, line, hash, settled FROM audit_entries%s ORDER BY seq LIMIT $%d", where.where(), len(where.args))
	rows, err := l.db.QueryContext(ctx, query, where.args...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for bytes < exportBytes && rows.Next() {
		var row row
		if err := rows.Scan(&row.seq, &row.line, &row.hash, &row.settled); err != nil {
			return nil, 0, err
		}
		batch = append(batch, row)
		bytes += len(row.line)
	}
	return batch, bytes, rows.Err()
}
