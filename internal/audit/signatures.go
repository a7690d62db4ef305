package audit

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// signedRow is the checkpoint that the database holds.
type signedRow struct {
	there bool
	size  int64
	note  string
}

func readSigned(ctx context.Context, q querier) (row signedRow, err error) {
	rows, err := q.QueryContext(ctx, "SELECT size, note FROM audit_checkpoint")
	if err != nil {
		return row, fmt.Errorf("read the record's signed checkpoint: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		row.there = true
		if err := rows.Scan(&row.size, &row.note); err != nil {
			return row, fmt.Errorf("read the record's signed checkpoint: %w", err)
		}
	}
	return row, rows.Err()
}

// signatures holds the tree against the checkpoint from outside and the one that the database holds.
func (x *examination) signatures() (f finding, err error) {
	if x.signed, err = readSigned(x.ctx, x.q); err != nil {
		return f, err
	}
	switch {
	case x.kept.size() > x.size:
		return finding{first: x.size + 1, why: fmt.Sprintf("The checkpoint kept outside the database counts %d lines, the audit log has %d.", x.kept.size(), x.size)}, nil
	case x.signed.size < 0:
		return finding{first: 1, vague: true, why: "The signed checkpoint in the database is not one that Switchboard signed."}, nil
	case x.signed.there && x.signed.size > x.size:
		return finding{first: x.size + 1, why: fmt.Sprintf("The signed checkpoint counts %d lines, the audit log has %d.", x.signed.size, x.size)}, nil
	}
	sizes := []int64{x.size, x.signed.size, x.last().size}
	err = x.tree.load(x.rootsOf(sizes), x.extends)
	if err != nil {
		return f, err
	}
	if x.root, err = tlog.TreeHash(x.size, x.tree); err != nil {
		return x.lacks(err)
	}
	if x.size == 0 {
		x.root = emptyRoot
	}
	if f, err = x.compareKept(); err != nil || !f.none() {
		return f, err
	}
	return x.compareSigned()
}

// rootsOf calculates the roots at some sizes.
func (x *examination) rootsOf(sizes []int64) func(tlog.HashReader) error {
	return func(r tlog.HashReader) error {
		for _, size := range sizes {
			if _, err := tlog.TreeHash(min(size, x.size), r); err != nil {
				return err
			}
		}
		return nil
	}
}

// extends calculates the proof from the size of the checkpoint outside.
func (x *examination) extends(r tlog.HashReader) error {
	if x.kept.size() == 0 {
		return nil
	}
	_, err := tlog.ProveTree(x.size, x.kept.size(), r)
	return err
}

// lacks tells a hash that is not there from a database that does not answer.
func (x *examination) lacks(err error) (finding, error) {
	if x.tree.lacking {
		return finding{first: 1, vague: true, why: "The tree over the lines lacks hashes. Which lines differ cannot be told."}, nil
	}
	return finding{}, err
}

const rootDiffers = "The root is not the one of %s. Which line differs cannot be told from the root alone; an export from before can tell."

func (x *examination) compareKept() (finding, error) {
	if x.kept.size() == 0 {
		return finding{}, nil
	}
	proof, err := tlog.ProveTree(x.size, x.kept.size(), x.tree)
	if err != nil {
		return x.lacks(err)
	}
	if tlog.CheckTree(proof, x.size, x.root, x.kept.size(), x.kept.head.root) != nil {
		return finding{first: 1, vague: true, why: fmt.Sprintf(rootDiffers, "the checkpoint kept outside the database")}, nil
	}
	return finding{}, nil
}

// compareSigned holds the tree against the stored checkpoint, which the latest transaction signed. After a rotation that is
// signed by the key of the checkpoint outside; without that one an unknown key is let pass, as the whole tree is.
func (x *examination) compareSigned() (finding, error) {
	if !x.signed.there {
		if x.kept != nil && x.size > 0 {
			return finding{first: 1, vague: true, why: "The database lacks the signed checkpoint of its audit log."}, nil
		}
		return finding{}, nil
	}
	head, err := x.openOwn(x.signed.note)
	x.own = err == nil
	if err != nil && x.kept != nil {
		head, err = openCheckpoint(x.signed.note, x.kept.Key)
	}
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown) && x.kept == nil:
		return finding{}, nil
	case err != nil, head.size != x.signed.size, head.origin != x.signer.Name():
		return finding{first: 1, vague: true, why: "The signed checkpoint in the database is not one that Switchboard signed."}, nil
	}
	root, err := tlog.TreeHash(head.size, x.tree)
	if err != nil {
		return x.lacks(err)
	}
	switch {
	case head.size > 0 && root != head.root:
		return finding{first: 1, vague: true, why: fmt.Sprintf(rootDiffers, "the signed checkpoint")}, nil
	case head.size < x.size:
		return finding{first: head.size + 1, why: fmt.Sprintf("The lines from %d on are not signed.", head.size+1)}, nil
	}
	return finding{}, nil
}
