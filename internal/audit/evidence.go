package audit

import (
	"archive/zip"
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The files of an evidence pack.
const (
	packReadme      = "README.txt"
	packReport      = "report.html"
	packRecord      = "record.ndjson"
	packCheckpoint  = "checkpoint.txt"
	packInclusion   = "inclusion.ndjson"
	packConsistency = "consistency.ndjson"
	packWitnessed   = "witnessed.txt"
	packVerifier    = "verify.mjs"
)

var (
	//go:embed evidence.txt
	evidenceReadme string
	//go:embed verify.mjs
	evidenceVerifier string
)

// inclusion proves that one line is in the audit log.
type inclusion struct {
	Seq   int64            `json:"seq"`
	Proof tlog.RecordProof `json:"proof"`
}

// consistency proves that the audit log still begins with what it was at an earlier size.
type consistency struct {
	Size  int64          `json:"size"`
	Root  tlog.Hash      `json:"root"`
	Proof tlog.TreeProof `json:"proof"`
}

// earlierExports bounds for how many earlier exports a pack holds a consistency proof, the latest ones.
const earlierExports = 200

// WriteEvidence writes a zip that proves its part of the audit log to a stranger, offline: the matching lines, the signed
// checkpoint, the lines told to a person, a proof for each line that it is in the audit log, proofs that the audit log still begins with what earlier
// exports handed out (and what it was at the sizes in since), and how to check all that. It records itself first, and
// until the first byte is written, an error leaves w untouched.
func (l *Log) WriteEvidence(ctx context.Context, w io.Writer, by Exporter, f Filter, since ...int64) error {
	witnessed, err := l.newestWitnessed(ctx)
	if err != nil {
		return err
	}
	size, signed, err := l.noteExport(ctx, by, "evidence.zip", f)
	if err != nil {
		return err
	}
	e, err := l.evidenceOf(ctx, f, size, signed, witnessed, since)
	if err != nil {
		return err
	}
	e.by, e.made = by, l.now()
	pack := zip.NewWriter(w)
	for _, part := range l.parts(ctx, e) {
		if err := l.addPart(pack, part); err != nil {
			return fmt.Errorf("write %s of an evidence pack: %w", part.name, err)
		}
	}
	return pack.Close()
}

// evidence is what a pack is made of: the lines among the first size that match, up to a signed head.
type evidence struct {
	filter    Filter
	size      int64
	last      lastLine
	witnessed cosigned
	head      checkpoint
	by        Exporter
	made      time.Time
	// whole says that the lines prove themselves; earlier are the sizes that the pack proves to be parts of the audit log.
	whole   bool
	earlier []int64
}

func (l *Log) evidenceOf(ctx context.Context, f Filter, size int64, signed string, witnessed cosigned, since []int64) (e evidence, err error) {
	e = evidence{filter: f, size: size, witnessed: witnessed}
	if e.last, err = l.ending(signed, witnessed); err != nil {
		return e, err
	}
	if l.broken() { // whose lines nothing can be proven of
		e.head, e.whole = l.kept().head, true
		return e, nil
	}
	if e.head, err = openCheckpoint(signed, l.verifier); err != nil {
		return e, err
	}
	if e.earlier, err = l.earlierSizes(ctx, size, slices.Concat(since, []int64{witnessed.head.size})); err != nil {
		return e, err
	}
	e.whole, err = l.whole(ctx, f)
	return e, err
}

// part is a file of a pack.
type part struct {
	name  string
	write func(io.Writer) error
}

// whole says whether the filter leaves nothing out: all lines prove themselves, unless the first were archived.
func (l *Log) whole(ctx context.Context, f Filter) (bool, error) {
	if len(f.Values()) > 0 {
		return false, nil
	}
	var first int64
	err := l.db.QueryRowContext(ctx, "SELECT MIN(seq) FROM audit_entries").Scan(&first)
	return first == 1, err
}

func (l *Log) parts(ctx context.Context, e evidence) []part {
	text := func(content string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, content); return err }
	}
	parts := []part{
		{packReadme, text(fmt.Sprintf(evidenceReadme, e.head.origin, e.head.size, describe(e.filter, e.whole), e.last.Key, e.by.file()))},
		{packReport, func(w io.Writer) error { return l.writeReport(ctx, w, e) }},
		{packCheckpoint, text(e.last.Checkpoint)},
		{packRecord, func(w io.Writer) error {
			return l.writeRecord(ctx, w, e.filter, e.size, e.last.Checkpoint, e.witnessed)
		}},
		{packConsistency, func(w io.Writer) error { return l.writeConsistency(ctx, w, e.size, e.earlier) }},
		{packVerifier, text(evidenceVerifier)},
	}
	if e.last.Witnessed != "" {
		parts = append(parts, part{packWitnessed, text(e.last.Witnessed)})
	}
	if !e.whole {
		parts = append(parts, part{packInclusion, func(w io.Writer) error { return l.writeInclusion(ctx, w, e.filter, e.size) }})
	}
	return parts
}

func (l *Log) addPart(pack *zip.Writer, p part) error {
	file, err := pack.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: l.now().UTC()})
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 64<<10)
	if err := p.write(buffered); err != nil {
		return err
	}
	return buffered.Flush()
}

// describe says in a person's words which lines are meant.
func describe(f Filter, whole bool) string {
	switch query := f.Values().Encode(); {
	case query != "":
		return "the lines that match " + query + meant(f.Connectors)
	case !whole:
		return "all lines but the first ones, which were moved to an archive"
	}
	return "all lines"
}

// idsNamed bounds the ids that a pack's words name.
const idsNamed = 20

// meant says which connectors are meant by a name.
func meant(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	words := " (connector: " + strings.Join(ids[:min(len(ids), idsNamed)], ", ")
	if more := len(ids) - idsNamed; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words + ")"
}

// writeInclusion proves that each line is in the audit log. It reads the hashes for many proofs at once.
func (l *Log) writeInclusion(ctx context.Context, w io.Writer, f Filter, size int64) error {
	return l.batches(ctx, f, size, func(rows []row) error {
		seqs := make([]int64, len(rows))
		for i, row := range rows {
			seqs[i] = row.seq
		}
		paths, err := l.paths(ctx, size, seqs)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if err := writeJSON(w, inclusion{row.seq, slices.Concat(tlog.RecordProof{}, paths[i])}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Log) writeConsistency(ctx context.Context, w io.Writer, size int64, earlier []int64) error {
	for _, was := range earlier {
		root, err := tlog.TreeHash(was, stored(ctx, l.db))
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(size, was, stored(ctx, l.db))
		if err != nil {
			return err
		}
		if err := writeJSON(w, consistency{was, root, slices.Concat(tlog.TreeProof{}, proof)}); err != nil {
			return err
		}
	}
	return nil
}

// earlierSizes are the sizes of the checkpoints that earlier exports handed out, each of which is its own line's number,
// with those asked for; in order, each once.
func (l *Log) earlierSizes(ctx context.Context, size int64, since []int64) ([]int64, error) {
	sizes := slices.DeleteFunc(slices.Clone(since), func(was int64) bool { return was < 1 || was > size })
	exports, err := l.list(ctx, "WHERE action = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3", Export, size, earlierExports)
	if err != nil {
		return nil, err
	}
	for _, export := range exports {
		sizes = append(sizes, export.Seq)
	}
	slices.Sort(sizes)
	return slices.Compact(sizes), nil
}
