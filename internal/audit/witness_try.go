package audit

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// TryWitness asks a witness whether it takes the audit log of that signer's key, without showing it a line: with the checkpoint
// of no lines, which every audit log extends. found says how far the witness has come.
func TryWitness(ctx context.Context, signerKey string, w Witness) (found string, err error) {
	signer, verifier, err := readKey(signerKey)
	if err != nil {
		return "", err
	}
	by, err := newCosigner(w.Key)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: checkpoint{origin: signer.Name(), root: emptyRoot}.text()}, signer)
	if err != nil {
		return "", fmt.Errorf("sign a checkpoint: %w", err)
	}
	status, said, err := post(ctx, newWitnessClient(), w.URL, strings.NewReader("old 0\n\n"+string(signed)))
	switch {
	case err != nil:
		return "", err
	case status == http.StatusOK:
		_, err := by.accept(string(signed), said)
		return "it has cosigned no line yet", err
	case status == http.StatusConflict:
		known, err := parseKnown(said)
		return fmt.Sprintf("it has cosigned %d lines", known), err
	case status == http.StatusForbidden, status == http.StatusNotFound:
		return "", fmt.Errorf("it answers %d: give it the origin %s and the public key %s", status, signer.Name(), verifier)
	}
	return "", unexpected(status)
}
