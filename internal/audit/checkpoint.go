package audit

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkpoint is a tree head (C2SP tlog-checkpoint): what the audit log's tree was at a size.
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

// text is the body of the note that is signed.
func (c checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.origin, c.size, c.root)
}

// parseCheckpoint reads a note's body; lines after the first three are extensions that say nothing to us.
func parseCheckpoint(text string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return checkpoint{}, errors.New("it lacks one of its three lines origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("its size %q is not a number of lines", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return checkpoint{}, fmt.Errorf("its root %q is not base64 of 32 bytes", lines[2])
	}
	return checkpoint{origin: lines[0], size: size, root: tlog.Hash(root)}, nil
}

// openCheckpoint checks that a note is signed by one of the public keys and reads the checkpoint in it.
func openCheckpoint(signed string, keys ...string) (checkpoint, error) {
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return checkpoint{}, fmt.Errorf("%q is not a public key: %w", key, err)
		}
		if !strings.HasPrefix(key, fmt.Sprintf("%s+%08x+", verifier.Name(), verifier.KeyHash())) {
			return checkpoint{}, fmt.Errorf("%q is not how a public key is written: it was changed", key)
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifiers...))
	if err != nil {
		return checkpoint{}, fmt.Errorf("it is not signed by the key %s: %w", strings.Join(keys, ", "), err)
	}
	for _, signature := range opened.Sigs { // base64 has several texts for the same bytes, and one that is written
		if raw, err := base64.StdEncoding.DecodeString(signature.Base64); err != nil || base64.StdEncoding.EncodeToString(raw) != signature.Base64 {
			return checkpoint{}, errors.New("its signature is not as it was written: it was changed")
		}
	}
	return parseCheckpoint(opened.Text)
}

// Checkpoint is the audit log as it stands, as a signed note that is kept outside the database by then. It shows later
// whether the audit log was rolled back or rewritten. Where the audit log is not what was signed, it is the one from
// outside. Below it, after an empty line, stands the newest checkpoint that a witness cosigned, where there is one that is no
// larger.
func (l *Log) Checkpoint(ctx context.Context) (string, error) {
	witnessed, err := l.newestWitnessed(ctx)
	if err != nil {
		return "", err
	}
	signed, err := l.current(ctx)
	if err != nil {
		return "", err
	}
	if l.broken() && witnessed.head.size > l.kept().size() {
		return signed, nil
	}
	if witnessed.note != "" {
		signed += "\n" + witnessed.note
	}
	return signed, nil
}

// current is the checkpoint of the audit log as it stands, or the one from outside.
func (l *Log) current(ctx context.Context) (string, error) {
	if err := l.look(ctx, false, nil); err != nil {
		return "", err
	}
	if l.broken() {
		return l.lastGood()
	}
	row, err := readSigned(ctx, l.db)
	if err != nil {
		return "", err
	}
	if _, err := openCheckpoint(row.note, l.verifier); err == nil {
		return row.note, l.leaves(row.note)
	}
	return l.signAnew(ctx)
}

// lastGood is the checkpoint that was kept outside the database, for an audit log that is not what was signed.
func (l *Log) lastGood() (string, error) {
	kept := l.kept()
	if kept == nil {
		return "", fmt.Errorf("%w, and no checkpoint of it is kept", ErrBroken)
	}
	return kept.Checkpoint, nil
}

// leaves keeps a checkpoint of committed lines outside the database before it is handed out.
func (l *Log) leaves(signed string) error {
	head, err := openCheckpoint(signed, l.verifier)
	if err != nil {
		return err
	}
	return l.hold(signed, head)
}

// signAnew signs the audit log as it stands where nobody did with this key: a first start, or a rotation.
func (l *Log) signAnew(ctx context.Context) (string, error) {
	kept, err := l.recall()
	if err != nil {
		return "", err
	}
	var signed string
	var head checkpoint
	err = l.db.Write(ctx, func(tx *sql.Tx) error {
		size, err := sizeOf(ctx, tx)
		if err != nil {
			return err
		}
		x, f, err := l.examine(ctx, tx, size, kept, true)
		if err != nil {
			return err
		}
		if l.found(f); l.broken() {
			return nil
		}
		head = checkpoint{l.signer.Name(), size, x.root}
		if signed, err = l.signature(head); err != nil {
			return err
		}
		return l.store(ctx, tx, head, signed)
	})
	if err != nil {
		return "", err
	}
	if l.broken() {
		return l.lastGood()
	}
	return signed, l.hold(signed, head)
}
