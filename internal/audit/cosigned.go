package audit

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// cosigner is a witness's public key (C2SP tlog-cosignature).
type cosigner struct {
	note.Verifier
	key string // NAME+HASH+BASE64
}

func newCosigner(key string) (cosigner, error) {
	key = strings.TrimSpace(key)
	parts := strings.SplitN(key, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err == nil && len(parts) == 3 && len(raw) == 1+ed25519.PublicKeySize {
		signer, err := torchwood.NewCosignatureSigner(parts[0], publicHalf(raw[1:]))
		if err == nil && signer.Verifier().String() == key {
			return cosigner{signer.Verifier(), key}, nil
		}
	}
	return cosigner{}, fmt.Errorf("%q is no witness's key: it reads NAME+HASH+BASE64, as the witness prints it", key)
}

func newCosigners(keys []string) (all []cosigner, err error) {
	for _, key := range keys {
		one, err := newCosigner(key)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// publicHalf is a key that signs nothing: torchwood makes verifiers from signers alone.
type publicHalf ed25519.PublicKey

func (p publicHalf) Public() crypto.PublicKey { return ed25519.PublicKey(p) }

func (p publicHalf) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("this is a public key")
}

// cosigned is a checkpoint whose cosignature by one witness was verified.
type cosigned struct {
	note string // with every signature that it came with
	head checkpoint
	at   time.Time // by the witness's clock
	line string    // the witness's signature, with its line break
}

// latestTime is the last second that RFC 3339 can write.
const latestTime = 253402300799

// open checks that the note carries this witness's cosignature, and reads it.
func (c cosigner) open(signed string) (cosigned, error) {
	opened, err := note.Open([]byte(signed), note.VerifierList(c))
	if err != nil {
		return cosigned{}, fmt.Errorf("it is not cosigned by %s: %w", c.key, err)
	}
	signature := opened.Sigs[0]
	if raw, err := base64.StdEncoding.DecodeString(signature.Base64); err != nil || base64.StdEncoding.EncodeToString(raw) != signature.Base64 {
		return cosigned{}, fmt.Errorf("its cosignature by %s is not as it was written: it was changed", c.Name())
	}
	seconds, err := torchwood.CosignatureTimestamp(signature)
	if err != nil || seconds < 1 || seconds > latestTime {
		return cosigned{}, fmt.Errorf("its cosignature by %s tells no time", c.Name())
	}
	head, err := parseCheckpoint(opened.Text)
	if err != nil {
		return cosigned{}, err
	}
	line := fmt.Sprintf("— %s %s\n", signature.Name, signature.Base64)
	return cosigned{signed, head, time.Unix(seconds, 0).UTC(), line}, nil
}

// newestOf is the largest of the checkpoints, with the cosignatures of all witnesses that cosigned just that; empty where there
// is none.
func newestOf(all []cosigned) (newest cosigned) {
	for _, one := range all {
		switch {
		case one.head.size > newest.head.size:
			newest = one
		case one.head == newest.head && !strings.Contains(newest.note, one.line):
			newest.note += one.line
		}
	}
	return newest
}
