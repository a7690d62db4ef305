package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// kept are the checkpoints that the witnesses cosigned last, by their keys. A row that its witness did not sign counts as none:
// anybody who writes to the database can put one there.
func (w *Witnesses) kept(ctx context.Context) (map[string]cosigned, error) {
	rows, err := w.log.db.QueryContext(ctx, "SELECT witness, note FROM audit_witnesses WHERE origin = $1", w.log.signer.Name())
	if err != nil {
		return nil, fmt.Errorf("read what witnesses cosigned: %w", err)
	}
	defer rows.Close()
	found := map[string]cosigned{}
	for rows.Next() {
		var key, signed string
		if err := rows.Scan(&key, &signed); err != nil {
			return nil, fmt.Errorf("read what witnesses cosigned: %w", err)
		}
		for _, witness := range w.all {
			if one, ok := w.trusted(witness.cosigner, signed); ok && key == witness.key {
				found[key] = one
			}
		}
	}
	return found, rows.Err()
}

// trusted opens a stored note of this audit log.
func (w *Witnesses) trusted(by cosigner, signed string) (cosigned, bool) {
	one, err := by.open(signed)
	return one, err == nil && one.head.origin == w.log.signer.Name()
}

// keep stores what a witness cosigned, unless another replica has stored a larger tree meanwhile.
func (w *Witnesses) keep(ctx context.Context, by cosigner, one cosigned) error {
	return w.log.db.Write(ctx, func(tx *sql.Tx) error {
		var there string
		err := tx.QueryRowContext(ctx, "SELECT note FROM audit_witnesses WHERE origin = $1 AND witness = $2", one.head.origin, by.key).Scan(&there)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if newer, ok := w.trusted(by, there); ok && newer.head.size > one.head.size {
			return nil
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO audit_witnesses (origin, witness, note) VALUES ($1, $2, $3)
			ON CONFLICT (origin, witness) DO UPDATE SET note = excluded.note`, one.head.origin, by.key, one.note)
		return err
	})
}

// newestWitnessed is the newest checkpoint that any witness cosigned, with all its cosignatures; empty where there is none.
func (l *Log) newestWitnessed(ctx context.Context) (cosigned, error) {
	if l.witnesses == nil {
		return cosigned{}, nil
	}
	kept, err := l.witnesses.kept(ctx)
	if err != nil {
		return cosigned{}, err
	}
	var all []cosigned
	for _, witness := range l.witnesses.all { // in the configuration's order
		if one, ok := kept[witness.key]; ok {
			all = append(all, one)
		}
	}
	return newestOf(all), nil
}

// newest is the audit log's newest checkpoint, found to be right and kept outside the database by then; ErrBroken where the
// audit log is not what was signed.
func (l *Log) newest(ctx context.Context) (string, checkpoint, error) {
	signed, err := l.current(ctx)
	if err == nil && l.broken() {
		err = ErrBroken
	}
	if err != nil {
		return "", checkpoint{}, err
	}
	head, err := openCheckpoint(signed, l.verifier)
	return signed, head, err
}

// Size is how many lines the audit log has. It is one row of a table of one.
func (l *Log) Size(ctx context.Context) (int64, error) { return sizeOf(ctx, l.db) }

// sizeOf is how many lines the audit log has there: in the database, or in a transaction.
func sizeOf(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (size int64, err error) {
	if err := q.QueryRowContext(ctx, "SELECT size FROM audit_head").Scan(&size); err != nil {
		return 0, fmt.Errorf("read the size of the record: %w", err)
	}
	return min(max(0, size), mostLines), nil
}

// mostLines is more than an audit log can have. A size that somebody wrote into the database counts as this at most, and as 0 at least:
// so it is told from the lines that there are, and nobody calculates with it in vain.
const mostLines = int64(1) << 40

// proveFrom is the proof that the tree of head begins with its first old lines, as the database has it.
func (l *Log) proveFrom(ctx context.Context, head checkpoint, old int64) (tlog.TreeProof, error) {
	if old < 1 || old >= head.size {
		return nil, nil
	}
	proof, err := tlog.ProveTree(head.size, old, stored(ctx, l.db))
	if err != nil {
		return nil, fmt.Errorf("prove that the record extends its first %d lines: %w", old, err)
	}
	return proof, nil
}

// extends says whether the tree of head contains that of an earlier checkpoint. The error is the database's.
func (l *Log) extends(ctx context.Context, head, earlier checkpoint) (bool, error) {
	switch {
	case earlier.size > head.size:
		return false, nil
	case earlier.size == 0:
		return true, nil
	}
	proof, err := l.proveFrom(ctx, head, earlier.size)
	if err != nil {
		return false, err
	}
	return tlog.CheckTree(proof, head.size, head.root, earlier.size, earlier.root) == nil, nil
}
