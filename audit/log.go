package audit

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"switchboard/access"
	"switchboard/connector"
	"switchboard/database"
)

// Options are what a Log needs besides its database.
type Options struct {
	// SignerKey signs checkpoints: one line as note.GenerateKey writes it. Its name is the checkpoints' origin.
	SignerKey string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// NewID makes a UUID for a line that comes without one; nil makes random ones.
	NewID func() string
}

// Log is the change record in a database. Any number of processes may append to one record.
type Log struct {
	db       *database.DB
	signer   note.Signer
	verifier string
	now      func() time.Time
	newID    func() string
	// witnesses cosign the record's checkpoints; nil: none.
	witnesses *Witnesses
	// stream is where the lines that are committed go, too; nil: nowhere.
	stream *Stream
}

// New is the record in the database.
func New(db *database.DB, o Options) (*Log, error) {
	signer, verifier, err := readKey(o.SignerKey)
	if err != nil {
		return nil, err
	}
	log := &Log{db: db, signer: signer, verifier: verifier, now: o.Now, newID: o.NewID}
	if log.now == nil {
		log.now = time.Now
	}
	if log.newID == nil {
		log.newID = uuid.NewString
	}
	return log, nil
}

// Append adds a line inside the caller's transaction and returns it with its Seq, Time and Hash. Appenders wait for each
// other until that transaction ends, so it should end soon: append last.
func (l *Log) Append(ctx context.Context, tx *sql.Tx, e Entry) (Entry, error) {
	e.Time = l.now().UTC().Truncate(time.Microsecond)
	if e.ID == "" {
		e.ID = l.newID()
	}
	latest, err := advance(ctx, tx, &e)
	if err != nil {
		return Entry{}, fmt.Errorf("number a line of the record: %w", err)
	}
	text, err := e.text()
	if err != nil {
		return Entry{}, err
	}
	hash := tlog.RecordHash(text)
	e.Hash = hash.String()
	if err := insert(ctx, tx, e, text, latest); err != nil {
		return Entry{}, fmt.Errorf("add line %d to the record: %w", e.Seq, err)
	}
	if err := extend(ctx, tx, e.Seq-1, hash); err != nil {
		return Entry{}, fmt.Errorf("add line %d to the record's tree: %w", e.Seq, err)
	}
	l.stream.expect(e.Seq, e.Hash)
	return e, nil
}

// Note adds a line in a transaction of its own.
func (l *Log) Note(ctx context.Context, e Entry) (Entry, error) {
	var noted Entry
	err := l.db.Write(ctx, func(tx *sql.Tx) (err error) {
		noted, err = l.Append(ctx, tx, e)
		return err
	})
	return noted, err
}

// advance takes the next number. The row's lock makes appenders take turns, on both engines.
func advance(ctx context.Context, tx *sql.Tx, e *Entry) (latest int64, err error) {
	const next = `UPDATE audit_head SET size = size + 1,
		latest = CASE WHEN latest < $1 THEN $1 ELSE latest END,
		setback = CASE WHEN setback < latest - $1 THEN latest - $1 ELSE setback END
		RETURNING size, latest`
	err = tx.QueryRowContext(ctx, next, e.Time.UnixMicro()).Scan(&e.Seq, &latest)
	return latest, err
}

func insert(ctx context.Context, tx *sql.Tx, e Entry, text []byte, latest int64) error {
	const add = `INSERT INTO audit_entries (seq, id, recorded_at, latest, action, oid, person, connector, outcome, line,
		hash, settled, username, mapped_roles, role_source, session_hash, client_address, build)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	settled := 0
	if slices.ContainsFunc(e.Fields, func(f connector.Field) bool { return f.Stored != nil }) {
		settled = 1
	}
	_, err := tx.ExecContext(ctx, add, e.Seq, clean(e.ID), e.Time.UnixMicro(), latest, clean(string(e.Action)),
		clean(e.Actor.OID), clean(e.Actor.Name), orNull(clean(e.Connector)), orNull(clean(string(e.Outcome))), string(text),
		e.Hash, settled, clean(e.Actor.Username), clean(joinRoles(e.Actor.Roles)), clean(e.Context.RoleSource),
		clean(e.Context.SessionHash), clean(e.Context.ClientAddress), clean(e.Context.Build))
	return err
}

// clean is the text as PostgreSQL can hold it: valid UTF-8 without NUL.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func joinRoles(roles []access.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	return strings.Join(names, ",")
}

func splitRoles(names string) []access.Role {
	if names == "" {
		return nil
	}
	var roles []access.Role
	for name := range strings.SplitSeq(names, ",") {
		roles = append(roles, access.Role(name))
	}
	return roles
}
