package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// readKey reads a signer's key and derives the verifier's from it, which is public. Errors do not quote the key.
func readKey(key string) (note.Signer, string, error) {
	key = strings.TrimSpace(key)
	signer, err := note.NewSigner(key)
	if err != nil {
		return nil, "", errors.New("the audit key is not a signer's key: it is one line that begins PRIVATE+KEY+, as golang.org/x/mod/sumdb/note.GenerateKey writes it")
	}
	// PRIVATE+KEY+<name>+<hash>+<base64 of the algorithm's byte and the seed>, checked by NewSigner.
	secret, err := base64.StdEncoding.DecodeString(strings.SplitN(key, "+", 5)[4])
	if err != nil || len(secret) != 1+ed25519.SeedSize {
		return nil, "", errors.New("the audit key holds no Ed25519 seed")
	}
	public := ed25519.NewKeyFromSeed(secret[1:]).Public().(ed25519.PublicKey)
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, "", fmt.Errorf("derive the audit key's public half: %w", err)
	}
	return signer, verifier, nil
}

// VerifierKey is the public half of the key that signs checkpoints, as verify -key takes it.
func (l *Log) VerifierKey() string { return l.verifier }
