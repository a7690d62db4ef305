// Package seal encrypts and authenticates what leaves memory, under a list of keys of which the first one seals and all open.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Purpose keeps what is sealed for one use from being opened as another; each has keys of its own.
type Purpose string

// The uses of sealed text. Their words are part of what is kept, and never change.
const (
	Session       Purpose = "switchboard session"
	SessionUse    Purpose = "switchboard session use"
	PendingSignIn Purpose = "switchboard sign-in attempt"
	ReturnAddress Purpose = "switchboard return address"
	Draft         Purpose = "switchboard draft"
	Review        Purpose = "switchboard review"
	Run           Purpose = "switchboard run"
)

// What Mark marks.
const Sighting Purpose = "switchboard sighting"

// What Derive makes of the state of a sign-in.
const (
	Nonce        Purpose = "switchboard nonce"
	CodeVerifier Purpose = "switchboard code verifier"
)

// Keys encrypt and authenticate what leaves memory. Sealed text is KEYID.BASE64URL(nonce and AES-256-GCM ciphertext).
// With random nonces a key may seal 2^32 times, which is beyond what sign-in does in the life of a key.
type Keys struct {
	ids  []string // the first seals
	keys map[string][]byte
	aead map[string]map[Purpose]cipher.AEAD
	// marks are the keys that Sighting is marked with.
	marks map[string][]byte
}

// ErrSealed says that no key opens the text: it was altered, is another's, or its key was taken out of the list.
var ErrSealed = errors.New("sealed with none of the keys")

// New takes keys of 32 bytes each, the first of which seals.
func New(keys [][]byte) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("seal: a session key is required")
	}
	s := &Keys{keys: map[string][]byte{}, aead: map[string]map[Purpose]cipher.AEAD{}, marks: map[string][]byte{}}
	for i, key := range keys {
		if len(key) != 32 {
			return nil, fmt.Errorf("seal: session key %d has %d bytes, not 32", i+1, len(key))
		}
		sum := sha256.Sum256(append([]byte("switchboard key id"), key...))
		id := hex.EncodeToString(sum[:4])
		s.ids = append(s.ids, id)
		s.keys[id] = key
		s.aead[id] = map[Purpose]cipher.AEAD{}
		for _, use := range []Purpose{Session, SessionUse, PendingSignIn, ReturnAddress, Draft, Review, Run} {
			aead, err := derive(key, use)
			if err != nil {
				return nil, err
			}
			s.aead[id][use] = aead
		}
		marks, err := hkdf.Key(sha256.New, key, nil, string(Sighting), 32)
		if err != nil {
			return nil, fmt.Errorf("seal: derive a key: %w", err)
		}
		s.marks[id] = marks
	}
	return s, nil
}

func derive(key []byte, use Purpose) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, string(use), 32)
	if err != nil {
		return nil, fmt.Errorf("seal: derive a key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("seal: derive a key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: derive a key: %w", err)
	}
	return aead, nil
}

// Seal binds the text to its owner: what was sealed for one row cannot be opened from another.
func (s *Keys) Seal(use Purpose, owner string, plain []byte) string {
	id := s.ids[0]
	return id + "." + base64.RawURLEncoding.EncodeToString(s.aead[id][use].Seal(nil, nil, plain, []byte(owner)))
}

// Open also says whether the text was sealed with the first key, or should be sealed again.
func (s *Keys) Open(use Purpose, owner, sealed string) (plain []byte, current bool, err error) {
	id, text, _ := strings.Cut(sealed, ".")
	aead, known := s.aead[id][use]
	if !known {
		return nil, false, ErrSealed
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false, ErrSealed
	}
	plain, err = aead.Open(nil, nil, raw, []byte(owner))
	if err != nil {
		return nil, false, ErrSealed
	}
	return plain, id == s.ids[0], nil
}

// Mark tells whoever has the keys that somebody who has them wrote these parts, in this order: KEYID.BASE64URL(128 bits of HMAC-SHA-256).
// The same parts have the same mark.
func (s *Keys) Mark(parts ...string) string { return s.mark(s.ids[0], parts) }

// Marked says whether it is the parts' mark, and whether the first key made it.
func (s *Keys) Marked(mark string, parts ...string) (current, ok bool) {
	id, _, _ := strings.Cut(mark, ".")
	if _, known := s.marks[id]; !known {
		return false, false
	}
	return id == s.ids[0], hmac.Equal([]byte(mark), []byte(s.mark(id, parts)))
}

func (s *Keys) mark(id string, parts []string) string {
	size := 0
	for _, part := range parts {
		size += binary.MaxVarintLen32 + len(part)
	}
	text := make([]byte, 0, size)
	for _, part := range parts {
		text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
	}
	hash := hmac.New(sha256.New, s.marks[id])
	hash.Write(text)
	return id + "." + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16])
}

// Derive gives 256 bits that follow from the text, for that use, under the key that made the sealed text.
func (s *Keys) Derive(use Purpose, text, sealed string) (string, error) {
	id, _, _ := strings.Cut(sealed, ".")
	derived, err := hkdf.Key(sha256.New, s.keys[id], nil, string(use)+" "+text, 32)
	if err != nil {
		return "", fmt.Errorf("derive a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(derived), nil
}

// Random is 256 bits that nobody can guess, as text that is safe in cookies and addresses.
func Random() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: the program ends instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Digest is what the database keeps of a secret that it only has to recognise.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
