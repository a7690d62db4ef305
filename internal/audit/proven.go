package audit

import (
	"bytes"
	"context"
	"database/sql"
	"sync"
)

// proven is what this process has checked or made itself, so that the same bytes are not checked again: to check a signature takes
// longer than to add a line.
type proven struct {
	provenMu sync.Mutex
	// signed is the latest checkpoint that this process signed.
	signed     string
	signedHead checkpoint
	// content is what the file outside the database held last, and held what that says.
	content []byte
	held    *outside
	// grown is the audit log's tree as the latest line left it in a transaction.
	grown struct {
		tx   *sql.Tx
		size int64
		tree *tree
	}
}

// grew keeps the tree for a further line of the transaction.
func (p *proven) grew(tx *sql.Tx, size int64, grown *tree) {
	p.provenMu.Lock()
	defer p.provenMu.Unlock()
	p.grown.tx, p.grown.size, p.grown.tree = tx, size, grown
}

// grownIn is the tree of that size in a transaction that has grown it; nil where it has not, or where the audit log has been found
// since not to be what was signed. Of a part of the transaction that was taken back nothing is known.
func (l *Log) grownIn(ctx context.Context, tx *sql.Tx, size int64) *tree {
	l.provenMu.Lock()
	defer l.provenMu.Unlock()
	switch {
	case l.grown.tx != tx || l.broken():
		return nil
	case l.grown.size != size:
		return &tree{ctx: ctx, db: tx, have: fetched{}}
	}
	return &tree{ctx: ctx, db: tx, have: l.grown.tree.have}
}

// grownTo is the tree that this transaction has grown, up to that size at most. Lines beyond it were added once the audit log had been
// found not to be what was signed.
func (p *proven) grownTo(ctx context.Context, tx *sql.Tx, most int64) (size int64, grown *tree) {
	p.provenMu.Lock()
	defer p.provenMu.Unlock()
	if p.grown.size > most { // a part was taken back
		return most, &tree{ctx: ctx, db: tx, have: fetched{}}
	}
	return p.grown.size, &tree{ctx: ctx, db: tx, have: p.grown.tree.have}
}

// signedOwn keeps a checkpoint that this process signed.
func (p *proven) signedOwn(signed string, head checkpoint) {
	p.provenMu.Lock()
	defer p.provenMu.Unlock()
	p.signed, p.signedHead = signed, head
}

// openOwn is openCheckpoint with this program's own key.
func (l *Log) openOwn(signed string) (checkpoint, error) {
	l.provenMu.Lock()
	same, head := l.signed == signed, l.signedHead
	l.provenMu.Unlock()
	if same && signed != "" {
		return head, nil
	}
	return openCheckpoint(signed, l.verifier)
}

// readFile is readOutside of the audit log's own file.
func (l *Log) readFile() (*outside, error) {
	content, err := contentOutside(l.file)
	if content == nil || err != nil {
		return nil, err
	}
	l.provenMu.Lock()
	defer l.provenMu.Unlock()
	if l.held == nil || !bytes.Equal(content, l.content) {
		read, err := parseOutside(l.file, content)
		if err != nil {
			return nil, err
		}
		l.content, l.held = content, read
	}
	return l.held, nil
}
