package audit

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	// keepEvery is how often the checkpoint outside follows the audit log: within a second of each line.
	keepEvery = 400 * time.Millisecond
	// checkEvery is how often the audit log is checked while nobody writes.
	checkEvery = 20 * time.Second
	// sliceAtLeast is how many lines each of these checks reads; a long audit log is gone through in a day.
	sliceAtLeast = 2000
	roundsADay   = int64(24 * time.Hour / checkEvery)
)

// Run keeps the checkpoint outside the database and checks the audit log, until ctx ends. Then it returns nil.
func (l *Log) Run(ctx context.Context) error {
	keep, check := time.NewTicker(keepEvery), time.NewTicker(checkEvery)
	defer keep.Stop()
	defer check.Stop()
	failing := false
	told := func(err error) {
		if err != nil && !failing && ctx.Err() == nil { // once, and not at every tick
			l.log.ErrorContext(ctx, "the record could not be checked or its checkpoint not be kept outside the database", "error", err.Error())
		}
		failing = err != nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-keep.C:
			told(l.follow(ctx))
		case <-check.C:
			told(l.Check(ctx))
		}
	}
}

// follow keeps the latest checkpoint outside, if there is a new one.
func (l *Log) follow(ctx context.Context) error {
	if l.broken() {
		return nil
	}
	row, err := readSigned(ctx, l.db)
	if err != nil || !row.there || row.size == l.kept().size() {
		return err
	}
	return l.look(ctx, false, nil)
}

// look examines the audit log as it is committed and, if it is what was signed, keeps its checkpoint outside. also is checked on
// the same snapshot.
func (l *Log) look(ctx context.Context, counted bool, also func(*examination) (finding, error)) error {
	kept, err := l.recall()
	if err != nil {
		return err
	}
	var x *examination
	var f finding
	err = l.committed(ctx, func(tx *sql.Tx, size int64) (err error) {
		if x, f, err = l.examine(ctx, tx, size, kept, counted); err != nil || also == nil {
			return err
		}
		x.differs = !f.none() || l.broken()
		other, err := also(x)
		f = f.lower(other)
		return err
	})
	l.found(f) // also where something else could not be read
	if err != nil {
		return err
	}
	if l.broken() || !x.signed.there || !x.own {
		return nil
	}
	l.markDurable(mark{x.size, x.root})
	return l.hold(x.signed.note, checkpoint{x.signer.Name(), x.size, x.root})
}

// Check examines the audit log now, all its numbers included, and the next slice of its lines.
func (l *Log) Check(ctx context.Context) error {
	return l.look(ctx, true, func(x *examination) (finding, error) {
		l.mu.Lock()
		from := max(l.cursor, l.archived)
		l.mu.Unlock()
		if from >= x.size {
			from = x.gone()
		}
		to := min(x.size, from+max(sliceAtLeast, x.size/roundsADay+1))
		f, err := x.whole(from, to)
		if err == nil {
			l.mu.Lock()
			l.cursor = to
			l.mu.Unlock()
		}
		return f, err
	})
}

// whole checks lines with all that pages and filters go by.
func (x *examination) whole(from, to int64) (finding, error) {
	f, err := x.slice(x.ctx, x.q, from, to)
	if err != nil {
		return f, err
	}
	x.differs = x.differs || !f.none()
	other, err := x.aside(from, to)
	return f.lower(other), err
}

// aside checks what pages and filters go by besides the lines' own columns.
func (x *examination) aside(from, to int64) (f finding, err error) {
	times, err := triple(x.ctx, x.q, `SELECT h.latest, h.setback, coalesce((SELECT e.latest FROM audit_entries e WHERE e.seq = h.size), h.latest) FROM audit_head h`)
	if err != nil {
		return f, err
	}
	if times[0] != times[2] {
		f = f.lower(finding{first: max(1, x.size), why: "The latest time of the audit log was changed past Switchboard."})
	}
	late, err := numbersOf(x.ctx, x.q, `SELECT seq FROM audit_entries WHERE seq > $1 AND seq <= $2 AND latest - recorded_at > $3 ORDER BY seq LIMIT 1`, from, to, times[1])
	if err == nil && len(late) > 0 {
		f = f.lower(finding{first: late[0], why: altered(late[0])})
	}
	if err == nil && !x.differs {
		var since finding
		since, err = x.desk()
		f = f.lower(since)
	}
	for _, check := range x.beside {
		var first int64
		if err == nil {
			first, err = check(x.ctx, x.q.(*sql.Tx), from, to, x.size)
		}
		if err == nil && first > 0 {
			f = f.lower(finding{first: first, why: fmt.Sprintf("What is shown of the change of line %d is not what the line says.", first)})
		}
	}
	if err != nil || x.differs || !f.none() {
		return f, err
	}
	if f, err = x.words(from, to); err != nil {
		return f, err
	}
	named, err := x.names(from, to)
	return f.lower(named), err
}

// besideCheck looks at a table that tells of lines.
type besideCheck = func(ctx context.Context, tx *sql.Tx, from, to, size int64) (first int64, err error)

// Beside has the checks also look at such a table: check returns the lowest of the lines after from, up to
// and with to, that it tells something else of; 0 for none. size is how many lines there are.
func (l *Log) Beside(check besideCheck) { l.beside = append(l.beside, check) }

// Differs tells that what is kept beside the line with that number is not what the line says.
func (l *Log) Differs(seq int64) {
	l.found(finding{first: max(1, seq), why: fmt.Sprintf("What is shown of the change of line %d is not what the line says.", seq)})
}

// sign signs the tree at that size.
func (l *Log) sign(known *tree, size int64) (head checkpoint, signed string, err error) {
	root, err := tlog.TreeHash(size, known)
	if err != nil {
		return head, "", fmt.Errorf("compute the root of the record's tree: %w", err)
	}
	head = checkpoint{l.signer.Name(), size, root}
	signed, err = l.signature(head)
	return head, signed, err
}

func (l *Log) signature(head checkpoint) (string, error) {
	signed, err := note.Sign(&note.Note{Text: head.text()}, l.signer)
	if err != nil {
		return "", fmt.Errorf("sign a checkpoint: %w", err)
	}
	return string(signed), nil
}

// store puts a checkpoint into the database that this transaction signed.
func (l *Log) store(ctx context.Context, tx *sql.Tx, head checkpoint, signed string) error {
	// A line that another process added meanwhile has signed more than this.
	const put = `INSERT INTO audit_checkpoint (one, size, note) VALUES (1, $1, $2)
		ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note WHERE audit_checkpoint.size <= excluded.size`
	if _, err := tx.ExecContext(ctx, put, head.size, signed); err != nil {
		return fmt.Errorf("store the record's signed checkpoint: %w", err)
	}
	l.signedOwn(signed, head)
	return nil
}

// marks are how far lines were checked, the furthest first.
func (l *Log) marks() []mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []mark{l.furthest, l.durable}
}

func (l *Log) last() mark { return l.marks()[0] }

// mark keeps how far lines were checked. A transaction that is rolled back takes some of them away, which shows in the root.
func (l *Log) mark(m mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.furthest = m
}

// markDurable keeps how far committed lines were checked.
func (l *Log) markDurable(m mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.furthest, l.durable = m, m
}

// gone is the number of the last line that was archived.
func (l *Log) gone() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.archived
}
