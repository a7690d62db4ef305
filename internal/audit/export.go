package audit

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"

	"switchboard/internal/access"
)

// exportWrites is how many bytes of an export are written at once: each write has a deadline and a piece of the answer of its own.
const exportWrites = 64 << 10

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
	noted, signed, err := l.noteSigned(ctx, Entry{Action: Export, Actor: by.Actor, Reason: reason, Origin: by.Origin})
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
	buffered := bufio.NewWriterSize(w, exportWrites)
	err := l.each(ctx, f, size, func(row row) error {
		_, err := buffered.Write(row.appendTo(buffered.AvailableBuffer()))
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
