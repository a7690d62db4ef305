package audit

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// Options are what a Log needs.
type Options struct {
	// Database may be nil for a Log that is only asked for its VerifierKey.
	Database *database.DB
	// SignerKey signs checkpoints: one line as note.GenerateKey writes it. Its name is the checkpoints' origin.
	SignerKey string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// NewID makes a UUID for a line that comes without one; nil makes random ones.
	NewID func() string
	// CheckpointFile keeps the last signed checkpoint where the database's writers cannot reach it; empty keeps none.
	CheckpointFile string
	// Log is told of what differs; nil is told to nobody.
	Log *slog.Logger
}

// Log is the audit log in a database. Any number of processes may append to one audit log.
type Log struct {
	db       *database.DB
	signer   note.Signer
	verifier string
	now      func() time.Time
	newID    func() string
	writable writable
	file     string
	log      *slog.Logger
	beside   []besideCheck
	// witnesses cosign the audit log's checkpoints; nil: none.
	witnesses *Witnesses
	// stream is where the lines that are committed go, too; nil: nowhere.
	stream *Stream

	proven
	checks
}

// checks are what this process has found out about the audit log.
type checks struct {
	mu       sync.Mutex
	standing Standing
	differs  finding
	// outside is the largest checkpoint that is known to be right.
	outside *outside
	// furthest is how far lines were checked, durable how far committed ones were, and cursor how far the slices are.
	furthest, durable mark
	cursor            int64
	archived          int64
	// deskSince is the line after which changes made elsewhere wait to be settled, as Start found it; nil before.
	deskSince *int64
	// sightings says that those from before they were marked have their marks.
	sightings bool
	// namesFilled says that the names that lines tell have been filled in: since then each line brings its own.
	namesFilled bool
}

// New is the audit log in the database. Start checks it, Run keeps checking.
func New(o Options) (*Log, error) {
	signer, verifier, err := readKey(o.SignerKey)
	if err != nil {
		return nil, err
	}
	log := &Log{db: o.Database, signer: signer, verifier: verifier, now: o.Now, newID: o.NewID, file: o.CheckpointFile, log: orDiscard(o.Log)}
	if log.now == nil {
		log.now = time.Now
	}
	if log.newID == nil {
		log.newID = uuid.NewString
	}
	return log, nil
}

// Append adds a line inside the caller's transaction, one of database.DB.Write, and returns it with its Seq, Time and Hash. At the
// transaction's end the tree is signed that its lines make. Appenders wait for each other until then, so it should end soon: append
// last. Where the audit log is not what was signed before, the line is added and nothing is signed; one that begins something is
// refused (ErrBroken).
func (l *Log) Append(ctx context.Context, tx *sql.Tx, e Entry) (Entry, error) {
	added, _, err := l.append(ctx, tx, e)
	return added, err
}

// append is Append that also returns the tree that the line makes; nil where it is not signed. A further line of a
// transaction follows one that was added to what was checked, and nobody else writes in it: that is not checked anew.
func (l *Log) append(ctx context.Context, tx *sql.Tx, e Entry) (added Entry, grown *tree, err error) {
	defer l.writable.doubt(&err)
	e.Time = l.now().UTC().Truncate(time.Microsecond)
	if e.ID == "" {
		e.ID = l.newID()
	}
	latest, err := advance(ctx, tx, &e)
	if err != nil {
		return Entry{}, nil, fmt.Errorf("number a line of the record: %w", err)
	}
	known := l.grownIn(ctx, tx, e.Seq-1)
	first := known == nil
	if first {
		known, err = l.before(ctx, tx, e.Seq-1)
	}
	if err != nil {
		return Entry{}, nil, err
	}
	if known == nil && begins(e) {
		return Entry{}, nil, ErrBroken
	}
	if known == nil {
		e, err = l.addUnsigned(ctx, tx, e, latest)
		return e, nil, err
	}
	if e, err = l.addTo(known, tx, e, latest); err == nil && first {
		err = l.signAtEnd(tx, e.Seq)
	}
	return e, known, err
}

// before checks the audit log's lines before one is added; nil says that they are not what was signed.
func (l *Log) before(ctx context.Context, tx *sql.Tx, size int64) (*tree, error) {
	kept, err := l.recall()
	if err != nil { // a file that cannot be read just now: what this process knows of it holds
		l.log.ErrorContext(ctx, "the checkpoint outside the database cannot be read", "error", err.Error())
	}
	if l.broken() {
		return nil, nil
	}
	x, f, err := l.examine(ctx, tx, size, kept, false)
	if err != nil {
		return nil, fmt.Errorf("check the record before a line is added: %w", err)
	}
	if l.found(f); l.broken() {
		return nil, nil
	}
	return x.tree, nil
}

// addTo adds a line to a tree that is signed with it.
func (l *Log) addTo(known *tree, tx *sql.Tx, e Entry, latest int64) (Entry, error) {
	hash, err := l.add(known.ctx, tx, &e, latest)
	if err != nil {
		return Entry{}, err
	}
	if err := known.extend(tx, e.Seq-1, hash); err != nil {
		return Entry{}, fmt.Errorf("add line %d to the record's tree: %w", e.Seq, err)
	}
	l.grew(tx, e.Seq, known)
	return e, nil
}

// signAtEnd has the tree be signed once all lines of the transaction are added, of which first is the first.
func (l *Log) signAtEnd(tx *sql.Tx, first int64) error {
	return l.db.AtEnd(tx, func(ctx context.Context) error {
		size, err := sizeOf(ctx, tx)
		if err != nil {
			return err
		}
		size, grown := l.grownTo(ctx, tx, size)
		head, signed, err := l.sign(grown, size)
		if err == nil {
			err = l.store(ctx, tx, head, signed)
		}
		if err == nil {
			err = filledWords(ctx, tx, first-1, size)
		}
		return err
	})
}

// addUnsigned adds a line to an audit log that is not what was signed, under the next number that is free.
func (l *Log) addUnsigned(ctx context.Context, tx *sql.Tx, e Entry, latest int64) (Entry, error) {
	for range mostTaken {
		taken, err := numbersOf(ctx, tx, "SELECT seq FROM audit_entries WHERE seq = $1", e.Seq)
		if err != nil {
			return Entry{}, err
		}
		if len(taken) == 0 {
			break
		}
		if latest, err = advance(ctx, tx, &e); err != nil {
			return Entry{}, fmt.Errorf("number a line of the record: %w", err)
		}
	}
	hash, err := l.add(ctx, tx, &e, latest)
	if err != nil {
		return Entry{}, err
	}
	if err := extendBroken(ctx, tx, e.Seq-1, hash); err != nil {
		return Entry{}, fmt.Errorf("add line %d to the record's tree: %w", e.Seq, err)
	}
	return e, filledWords(ctx, tx, e.Seq-1, e.Seq)
}

// mostTaken bounds how many numbers are passed over that lines have which were put in past the program.
const mostTaken = 1000

// add writes the line's row, with its words and the names that it tells, and returns its leaf.
func (l *Log) add(ctx context.Context, tx *sql.Tx, e *Entry, latest int64) (tlog.Hash, error) {
	written, err := e.line()
	if err != nil {
		return tlog.Hash{}, err
	}
	text, err := written.text()
	if err != nil {
		return tlog.Hash{}, err
	}
	hash := tlog.RecordHash(text)
	e.Hash = hash.String()
	if err := insert(ctx, tx, *e, text, latest); err != nil {
		return tlog.Hash{}, fmt.Errorf("add line %d to the record: %w", e.Seq, err)
	}
	l.stream.expect(e.Seq, e.Hash)
	words, err := written.wordsAs(text)
	if err != nil {
		return tlog.Hash{}, err
	}
	if err := addRows(ctx, tx, addLineWords, rowsOf(e.Seq, words)); err != nil {
		return tlog.Hash{}, err
	}
	return hash, addNames(ctx, tx, namesIn(*e))
}

// Note adds a line in a transaction of its own.
func (l *Log) Note(ctx context.Context, e Entry) (noted Entry, err error) {
	err = l.db.WriteInTurn(ctx, func(tx *sql.Tx) (err error) {
		noted, err = l.Append(ctx, tx, e)
		return err
	})
	return noted, err
}

// noteSigned is Note with the signed checkpoint of the tree as the line makes it; it is empty where nothing was signed.
func (l *Log) noteSigned(ctx context.Context, e Entry) (noted Entry, signed string, err error) {
	err = l.db.WriteInTurn(ctx, func(tx *sql.Tx) error {
		line, grown, err := l.append(ctx, tx, e)
		if noted, signed = line, ""; err == nil && grown != nil {
			_, signed, err = l.sign(grown, line.Seq)
		}
		return err
	})
	return noted, signed, err
}

// advance takes the next number. The row's lock makes appenders take turns, on both engines. A size that cannot be gives way to the
// number of the last line: what has happened is recorded all the same.
func advance(ctx context.Context, tx *sql.Tx, e *Entry) (latest int64, err error) {
	const next = `UPDATE audit_head SET size = 1 + CASE WHEN size >= 0 AND size < $2 THEN size
			ELSE (SELECT coalesce(max(seq), 0) FROM audit_entries WHERE seq > 0 AND seq < $2) END,
		latest = CASE WHEN latest < $1 THEN $1 ELSE latest END,
		setback = CASE WHEN setback < latest - $1 THEN latest - $1 ELSE setback END
		RETURNING size, latest`
	err = tx.QueryRowContext(ctx, next, e.Time.UnixMicro(), mostLines).Scan(&e.Seq, &latest)
	return latest, err
}

func insert(ctx context.Context, tx *sql.Tx, e Entry, text []byte, latest int64) error {
	const add = `INSERT INTO audit_entries (seq, id, recorded_at, latest, action, oid, person, connector, outcome, line,
		hash, settled, username, mapped_roles, role_source, session_hash, client_address, build)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	settled := 0
	if slices.ContainsFunc(e.Fields, func(f connector.FieldChange) bool { return f.Stored != nil }) {
		settled = 1
	}
	_, err := tx.ExecContext(ctx, add, e.Seq, clean(e.ID), e.Time.UnixMicro(), latest, clean(string(e.Action)),
		clean(e.Actor.OID), clean(e.Actor.Name), orNull(clean(e.Connector)), orNull(clean(string(e.Outcome))), string(text),
		e.Hash, settled, clean(e.Actor.Username), clean(joinRoles(e.Actor.Roles)), clean(e.Origin.RoleSource),
		clean(e.Origin.SessionHash), clean(e.Origin.ClientAddress), clean(e.Origin.Build))
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
