package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/access"
	"switchboard/internal/connector"
)

// Acceptance is what somebody takes on themselves who accepts an audit log that is not what was signed.
type Acceptance struct {
	Reason string
	// Account is the operating system's name of who does.
	Account string
	Owner   Owner
}

// Accept takes the audit log as it is, for a reason that becomes a line of it, and signs it: after a restore, after its beginning
// was archived, and for another origin, issuer or client. It keeps the new checkpoint outside the database, in the place of
// whatever stood there. A second checkpoint file gets the checkpoint without a second line; added is then false. No program
// may serve meanwhile. Lines that are not what their own tree says are not accepted: nothing can make them so again.
func (l *Log) Accept(ctx context.Context, a Acceptance) (line Entry, added bool, err error) {
	kept, err := readOutside(l.file)
	if err != nil && !errors.As(err, new(unlike)) {
		return Entry{}, false, err
	}
	if l.archived, err = l.archivedUpTo(ctx); err != nil {
		return Entry{}, false, err
	}
	var signed string
	err = l.db.Write(ctx, func(tx *sql.Tx) error {
		added = false
		x, gone, err := l.acceptable(ctx, tx, kept)
		if err != nil {
			return err
		}
		entry, err := x.entry(a, gone)
		if err != nil {
			return err
		}
		var stands bool
		if line, stands, err = x.accepted(); err != nil {
			return err
		}
		news, err := x.news(entry)
		if err != nil {
			return err
		}
		if stands && !news {
			signed = x.signed.note
			return nil
		}
		if line, signed, err = x.accept(tx, entry); err != nil {
			return err
		}
		added = true
		return writeOwner(ctx, tx, l.signer.Name(), a.Owner)
	})
	if err != nil {
		return Entry{}, false, err
	}
	return line, added, l.replaceOutside(ctx, signed)
}

// acceptable checks that the lines are those of their own tree; gone is the last line that is not there at the beginning.
func (l *Log) acceptable(ctx context.Context, tx *sql.Tx, kept *outside) (x *examination, gone int64, err error) {
	size, err := sizeOf(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	first := []int64{size + 1}
	found, err := numbersOf(ctx, tx, "SELECT seq FROM audit_entries ORDER BY seq LIMIT 1")
	if err != nil {
		return nil, 0, err
	}
	gone = append(found, first...)[0] - 1
	x = &examination{Log: l, ctx: ctx, q: tx, size: size, kept: kept, tree: &tree{ctx: ctx, db: tx, have: fetched{}}}
	l.archived = max(l.archived, gone)
	x.differs = true // words and names follow from the lines, and are filled in anew
	f, err := x.numbers()
	if err == nil && f.none() {
		f, err = x.whole(gone, size)
	}
	if err != nil {
		return nil, 0, err
	}
	if !f.none() {
		return nil, 0, fmt.Errorf("%s This cannot be accepted: restore a backup from before, and accept that", f.why)
	}
	if x.root, err = tlog.TreeHash(size, x.tree); err != nil {
		return nil, 0, fmt.Errorf("compute the root of the record's tree: %w", err)
	}
	x.signed, err = readSigned(ctx, tx)
	return x, gone, err
}

// entry is the line to add, with what it tells of.
func (x *examination) entry(a Acceptance, gone int64) (Entry, error) {
	e := Entry{Action: Accepted, Actor: access.Actor{Name: a.Account}, Reason: a.Reason}
	tell := func(name, before, now string) {
		if before == now {
			return
		}
		was, is := connector.Null(), connector.Of(now)
		if before != "" {
			was = connector.Of(before)
		}
		e.Fields = append(e.Fields, connector.FieldChange{Name: name, Before: was, Requested: is, Stored: &is})
	}
	if known, err := x.archivedUpTo(x.ctx); err != nil || gone > known {
		if err != nil {
			return e, err
		}
		tell(archivedField, zeroEmpty(known), strconv.FormatInt(gone, 10))
	}
	if x.kept != nil && !x.continues() {
		tell(checkpointField, x.keptMark(), fmt.Sprintf("%d %s", x.size, x.root))
	}
	row, err := readOwner(x.ctx, x.q)
	if err != nil {
		return e, err
	}
	if !row.there {
		row.origin, row.client, row.issuer = x.signer.Name(), a.Owner.Client, a.Owner.Issuer
		if tid, err := strangeTID(x.ctx, x.q.(*sql.Tx), a.Owner); err != nil || tid != "" {
			row.issuer = tid
			if err != nil {
				return e, err
			}
		}
	}
	if x.kept != nil && x.kept.head.origin != x.signer.Name() {
		row.origin = x.kept.head.origin
	}
	tell(originField, row.origin, x.signer.Name())
	tell("issuer", row.issuer, a.Owner.Issuer)
	tell("client", row.client, a.Owner.Client)
	return e, nil
}

const (
	// checkpointField is the field of a line accepted that tells which checkpoint the audit log does not extend, by size and root.
	checkpointField = "checkpoint"
	originField     = "origin"
)

// keptMark is the checkpoint outside as the field tells of it.
func (x *examination) keptMark() string {
	return fmt.Sprintf("%d %s", x.kept.head.size, x.kept.head.root)
}

// news says whether the line tells of more than one that stands already has: that has told of the checkpoint outside and,
// where the database names this origin, of the one before.
func (x *examination) news(e Entry) (bool, error) {
	row, err := readOwner(x.ctx, x.q)
	return slices.ContainsFunc(e.Fields, func(field connector.FieldChange) bool {
		return field.Name != checkpointField && !(field.Name == originField && row.origin == x.signer.Name())
	}), err
}

func zeroEmpty(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// continues says whether the tree extends the checkpoint outside.
func (x *examination) continues() bool {
	if x.kept.size() > x.size {
		return false
	}
	f, err := x.compareKept()
	return err == nil && f.none()
}

// accepted is the latest line accepted, where it stands in an audit log that is wholly signed by this key and the checkpoint
// outside does not know it yet.
func (x *examination) accepted() (line Entry, stands bool, err error) {
	lines, err := x.listIn(x.ctx, x.q, "WHERE action = $1 ORDER BY seq DESC LIMIT 1", Accepted)
	if err != nil || len(lines) == 0 {
		return Entry{}, false, err
	}
	line = lines[0]
	head, err := openCheckpoint(x.signed.note, x.verifier)
	if err != nil || head.size != x.size || head.root != x.root {
		return Entry{}, false, nil
	}
	switch {
	case x.kept == nil:
		return line, true, nil
	case x.continues():
		return line, line.Seq > x.kept.size(), nil
	}
	// The times are those of two clocks where each replica keeps a file. The line itself tells of the checkpoint that both held.
	told := slices.ContainsFunc(line.Fields, func(field connector.FieldChange) bool {
		return field.Name == checkpointField && field.Before.Text() == x.keptMark()
	})
	return line, told || line.Time.After(x.kept.At), nil
}

// accept adds the line and signs the tree with it.
func (x *examination) accept(tx *sql.Tx, e Entry) (line Entry, signed string, err error) {
	e.ID, e.Time = x.newID(), x.now().UTC().Truncate(time.Microsecond)
	latest, err := advance(x.ctx, tx, &e)
	if err != nil {
		return Entry{}, "", fmt.Errorf("number a line of the record: %w", err)
	}
	if _, err := tx.ExecContext(x.ctx, "DELETE FROM audit_checkpoint"); err != nil { // it may count more lines than are left
		return Entry{}, "", fmt.Errorf("replace the record's signed checkpoint: %w", err)
	}
	if err := refill(x.ctx, tx); err != nil {
		return Entry{}, "", err
	}
	if line, err = x.addTo(x.tree, tx, e, latest); err != nil {
		return Entry{}, "", err
	}
	head, signed, err := x.sign(x.tree, line.Seq)
	if err == nil {
		err = x.store(x.ctx, tx, head, signed)
	}
	return line, signed, err
}

// replaceOutside keeps the checkpoint outside, whatever stood there.
func (l *Log) replaceOutside(ctx context.Context, signed string) error {
	head, err := openCheckpoint(signed, l.verifier)
	if err != nil || l.file == "" {
		return err
	}
	if err := l.takeDeskSince(ctx, l.db, nil); err != nil {
		return err
	}
	now := l.now().UTC().Truncate(time.Second)
	_, err = writeOutside(l.file, outside{Checkpoint: signed, Key: l.verifier, Since: now, At: now, Desk: l.deskSince, head: head}, true)
	return err
}
