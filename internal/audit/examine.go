package audit

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// countedEachTime is up to how many lines all numbers are counted before each signature; beyond it at each round of Run.
	countedEachTime = 20_000
	// checkedWhole is up to how many lines all are checked at start.
	checkedWhole = 100_000
)

// mark is how far the lines were checked: up to a size at which the tree had that root.
type mark struct {
	size int64
	root tlog.Hash
}

// examination is one look at the audit log's first lines in a transaction or snapshot.
type examination struct {
	*Log
	ctx  context.Context
	q    querier
	size int64
	// kept is the checkpoint from outside, nil where there is none.
	kept *outside
	tree *tree

	root   tlog.Hash
	signed signedRow
	// own says that the stored checkpoint is signed by this program's own key, differs that something is not what was signed.
	own, differs bool
}

// examine holds the tree against the checkpoint from outside and the stored one, and checks the lines that came since the
// last look. counted asks for all numbers however many there are. An error is the database's, and says nothing of the audit log.
func (l *Log) examine(ctx context.Context, q querier, size int64, kept *outside, counted bool) (*examination, finding, error) {
	x := &examination{Log: l, ctx: ctx, q: q, size: size, kept: kept, tree: &tree{ctx: ctx, db: q, have: fetched{}}}
	f, err := x.signatures()
	if err != nil {
		return x, f, err
	}
	if !f.none() {
		f.unsigned = true
		if counted {
			f, err = x.locate(f)
		}
		return x, f, err
	}
	if counted || size <= countedEachTime {
		if f, err = x.numbers(); err != nil || !f.none() {
			return x, f, err
		}
	}
	f, err = x.since()
	return x, f, err
}

// locate looks whether the lines themselves show which of them differ.
func (x *examination) locate(f finding) (finding, error) {
	missing, err := x.numbers()
	if err != nil {
		return f, err
	}
	f = f.lower(missing)
	other, err := x.slice(x.ctx, x.q, max(x.gone(), x.size-checkedWhole), x.size)
	return f.lower(other), err
}

// countAll asks for each number by itself: SQLite then reads no line for any of them.
const countAll = `SELECT (SELECT count(*) FROM audit_entries), coalesce((SELECT min(seq) FROM audit_entries), 0),
	coalesce((SELECT max(seq) FROM audit_entries), 0)`

// numbers checks that every number has one line, but for those that were archived.
func (x *examination) numbers() (finding, error) {
	counted, err := triple(x.ctx, x.q, countAll)
	if err != nil {
		return finding{}, err
	}
	gone := x.gone()
	lines, first, last := counted[0], counted[1], counted[2]
	switch {
	case last > x.size:
		f := finding{first: x.size + 1, why: fmt.Sprintf("There are lines after line %d, with which the audit log ends.", x.size)}
		other, err := x.firstMissing(gone) // a line that was moved there is missing elsewhere
		return f.lower(other), err
	case lines == x.size-gone && (lines == 0 || first == gone+1 && last == x.size):
		return finding{}, nil
	}
	return x.firstMissing(gone)
}

// firstMissing walks the numbers.
func (x *examination) firstMissing(gone int64) (finding, error) {
	rows, err := x.q.QueryContext(x.ctx, "SELECT seq FROM audit_entries ORDER BY seq")
	if err != nil {
		return finding{}, fmt.Errorf("count the record's lines: %w", err)
	}
	defer rows.Close()
	want := gone + 1
	for ; rows.Next(); want++ {
		var seq int64
		if err := rows.Scan(lenient{&seq}); err != nil {
			return finding{}, fmt.Errorf("count the record's lines: %w", err)
		}
		if seq < want {
			return finding{first: max(seq, 1), why: fmt.Sprintf("Line %d is there although it should not be.", seq)}, nil
		}
		if seq > want {
			break
		}
	}
	return finding{first: want, why: missing(want)}, rows.Err()
}

// since checks the lines that came since the last look.
func (x *examination) since() (finding, error) {
	from := max(x.gone(), x.size-checkedWhole)
	for _, m := range x.marks() {
		if m.size > x.size || m.size <= from {
			continue
		}
		root, err := tlog.TreeHash(m.size, x.tree)
		if err != nil {
			return x.lacks(err)
		}
		if root == m.root {
			from = m.size
			break
		}
	}
	f, err := x.slice(x.ctx, x.q, min(from, x.size), x.size)
	if err == nil && f.none() {
		x.mark(mark{x.size, x.root})
	}
	return f, err
}

func triple(ctx context.Context, q querier, query string) (three [3]int64, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return three, fmt.Errorf("count the record's lines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(lenient{&three[0]}, lenient{&three[1]}, lenient{&three[2]}); err != nil {
			return three, fmt.Errorf("count the record's lines: %w", err)
		}
	}
	return three, rows.Err()
}

// committed runs f on one snapshot, with the size of the audit log there.
func (l *Log) committed(ctx context.Context, f func(tx *sql.Tx, size int64) error) error {
	return l.db.Read(ctx, func(tx *sql.Tx) error {
		size, err := sizeOf(ctx, tx)
		if err != nil {
			return err
		}
		return f(tx, size)
	})
}
