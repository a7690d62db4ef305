package audit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// How long an answer of Writable is good for: a trial costs a write to the disk.
const (
	writableFor   = 5 * time.Second
	unwritableFor = time.Second
)

// writable is what the latest trial found.
type writable struct {
	mu    sync.Mutex
	at    time.Time
	found error
}

// Writable is nil while lines can be added to the audit log and its newest one be read. It tries at most every five seconds; whether
// the file was replaced it looks each time, which costs no write.
func (l *Log) Writable(ctx context.Context) error {
	if err := l.db.Intact(); err != nil {
		return err
	}
	w := &l.writable
	w.mu.Lock()
	defer w.mu.Unlock()
	good := writableFor
	if w.found != nil {
		good = unwritableFor
	}
	if time.Since(w.at) < good {
		return w.found
	}
	w.found = errors.Join(l.tryToWrite(ctx), l.tryToRead(ctx))
	w.at = time.Now()
	return w.found
}

// doubt has the next question tried anew where a line could not be added.
func (w *writable) doubt(err *error) {
	if *err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = time.Time{}
}

func (l *Log) tryToRead(ctx context.Context) error {
	var line string
	err := l.db.QueryRowContext(ctx, "SELECT line FROM audit_entries ORDER BY seq DESC LIMIT 1").Scan(&line)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the record's newest line: %w", err)
	}
	return nil
}

// tryToWrite adds what a line takes, a page of it, and takes that back; then it commits a row that is gone again, since a
// disk may be full only when something is to be kept.
func (l *Log) tryToWrite(ctx context.Context) error {
	err := l.db.Write(ctx, func(tx *sql.Tx) error {
		for _, step := range trial() {
			if _, err := tx.ExecContext(ctx, step.statement, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("try to add a line to the record: %w", err)
	}
	return nil
}

type step struct {
	statement string
	args      []any
}

// trial are the statements of one trial. Its numbers are below zero, where no line is.
func trial() []step {
	var random [8]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	at := -int64(binary.LittleEndian.Uint64(random[:])>>1) - 1
	const line = `INSERT INTO audit_entries (seq, id, recorded_at, latest, action, oid, person, line, hash, settled, username,
		mapped_roles, role_source, session_hash, client_address, build) VALUES ($1, '', 0, 0, '', '', '', $2, '', 0, '', '', '', '', '', '')`
	return []step{
		{"SAVEPOINT trial", nil},
		{"UPDATE audit_head SET size = size + 1", nil},
		{line, []any{at, strings.Repeat("x", 8<<10)}},
		{"INSERT INTO audit_hashes (place, hash) VALUES ($1, '')", []any{at}},
		{"ROLLBACK TO SAVEPOINT trial", nil},
		{"INSERT INTO audit_denials (tid, oid, route, minute) VALUES ('', '', 'trial', $1)", []any{at}},
		{"DELETE FROM audit_denials WHERE route = 'trial' AND minute = $1", []any{at}},
	}
}
