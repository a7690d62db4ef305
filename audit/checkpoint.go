package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkpoint is a tree head (C2SP tlog-checkpoint): what the record's tree was at a size.
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
		return checkpoint{}, errors.New("it has not the three lines origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("its size %q is no number of lines", lines[1])
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
			return checkpoint{}, fmt.Errorf("%q is no public key: %w", key, err)
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

// Checkpoint is the record as it stands, as a signed note. Whoever keeps it can tell later whether the record was rolled
// back or rewritten. Below it, after an empty line, stands the newest checkpoint that a witness cosigned, where there is one.
func (l *Log) Checkpoint(ctx context.Context) (string, error) {
	witnessed, err := l.newestWitnessed(ctx)
	if err != nil {
		return "", err
	}
	signed, _, err := l.newest(ctx)
	if err == nil && witnessed.note != "" {
		signed += "\n" + witnessed.note
	}
	return signed, err
}

// sign makes the checkpoint of the record's first lines: those are there for good, so no snapshot is needed.
func (l *Log) sign(ctx context.Context, size int64) (string, checkpoint, error) {
	root, err := tlog.TreeHash(size, stored(ctx, l.db))
	if err != nil {
		return "", checkpoint{}, fmt.Errorf("compute the root of the record's tree: %w", err)
	}
	head := checkpoint{origin: l.signer.Name(), size: size, root: root}
	signed, err := note.Sign(&note.Note{Text: head.text()}, l.signer)
	if err != nil {
		return "", checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return string(signed), head, nil
}
