package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/database"
)

// Head is the audit log as it stands: what its next checkpoint will say.
type Head struct {
	// Origin is the audit log's name, Key the public key that signs for it.
	Origin, Key string
	// Size is how many lines there are, Root the root of their tree in base64.
	Size int64
	Root string
}

// Proof is one line, and how it is in the audit log.
type Proof struct {
	Seq int64
	// Line is the line as every export writes it.
	Line string
	// Leaf is the hash of its text, computed anew, and Path the hashes that lead from it to the root (RFC 6962, section
	// 2.1.1), all in base64.
	Leaf string
	Path []string
	// Holds says that they do lead there. Where they do not, the line or the tree was changed past the program.
	Holds bool
}

// Prove computes the audit log's head, and a proof for each of the lines with these numbers, in the same order; without a
// number, for the latest line. A number that no line has is left out. Standing tells what was found to differ.
func (l *Log) Prove(ctx context.Context, seqs ...int64) (Head, []Proof, error) {
	if err := l.look(ctx, false, nil); err != nil {
		return Head{}, nil, err
	}
	size, err := l.Size(ctx)
	if err != nil {
		return Head{}, nil, err
	}
	head := Head{Origin: l.signer.Name(), Key: l.verifier, Size: size}
	root, err := tlog.TreeHash(head.Size, stored(ctx, l.db))
	if err != nil {
		return Head{}, nil, fmt.Errorf("compute the root of the record's tree: %w", err)
	}
	head.Root = root.String()
	if len(seqs) == 0 {
		seqs = []int64{head.Size}
	}
	lines, err := l.rows(ctx, seqs)
	if err != nil {
		return Head{}, nil, err
	}
	seqs = slices.DeleteFunc(slices.Clone(seqs), func(seq int64) bool { _, there := lines[seq]; return !there || seq > head.Size })
	paths, err := l.paths(ctx, head.Size, seqs)
	if err != nil {
		return Head{}, nil, fmt.Errorf("prove lines of the record: %w", err)
	}
	proofs := make([]Proof, len(seqs))
	for i, seq := range seqs {
		if proofs[i] = prove(lines[seq], paths[i], head.Size, root); !proofs[i].Holds {
			l.found(finding{first: seq, why: altered(seq)})
		}
	}
	return head, proofs, nil
}

func prove(line row, path tlog.RecordProof, size int64, root tlog.Hash) Proof {
	leaf := tlog.RecordHash([]byte(line.line))
	exported := strings.TrimSuffix(line.line, "}") + hashMark + line.hash + hashEnd
	proof := Proof{Seq: line.seq, Line: exported, Leaf: leaf.String(), Path: make([]string, len(path))}
	for i, hash := range path {
		proof.Path[i] = hash.String()
	}
	proof.Holds = line.hash == proof.Leaf && tlog.CheckRecord(path, size, root, line.seq-1, leaf) == nil
	return proof
}

// rows are the lines with these numbers, by number.
func (l *Log) rows(ctx context.Context, seqs []int64) (map[int64]row, error) {
	found := make(map[int64]row, len(seqs))
	query := "SELECT seq, line, hash FROM audit_entries WHERE seq IN (" + database.Placeholders(1, len(seqs)) + ")"
	rows, err := l.db.QueryContext(ctx, query, anys(seqs)...)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var one row
		if err := rows.Scan(&one.seq, &one.line, &one.hash); err != nil {
			return nil, fmt.Errorf("read the record: %w", err)
		}
		found[one.seq] = one
	}
	return found, rows.Err()
}

// paths are the proofs of the lines with these numbers. The hashes for all of them are read at once.
func (l *Log) paths(ctx context.Context, size int64, seqs []int64) ([]tlog.RecordProof, error) {
	paths := make([]tlog.RecordProof, len(seqs))
	prove := func(hashes tlog.HashReader) (err error) {
		for i, seq := range seqs {
			if paths[i], err = tlog.ProveRecord(size, seq-1, hashes); err != nil {
				return err
			}
		}
		return nil
	}
	known := &tree{ctx: ctx, db: l.db}
	if err := known.load(prove); err != nil {
		return nil, err
	}
	return paths, prove(known.have)
}
