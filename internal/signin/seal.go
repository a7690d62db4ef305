package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// purpose keeps what is sealed for one use from being opened as another; each has keys of its own.
type purpose string

const (
	sealSession purpose = "switchboard session"
	sealUse     purpose = "switchboard session use"
	sealAttempt purpose = "switchboard sign-in attempt"
	sealReturn  purpose = "switchboard return address"
	sealDraft   purpose = "switchboard draft"
)

// What follows from the state of a sign-in.
const (
	forNonce    purpose = "switchboard nonce"
	forVerifier purpose = "switchboard code verifier"
)

// seals encrypt and authenticate what leaves memory. Sealed text is KEYID.BASE64URL(nonce and AES-256-GCM ciphertext).
// With random nonces a key may seal 2^32 times, which is beyond what sign-in does in the life of a key.
type seals struct {
	ids  []string // the first seals
	keys map[string][]byte
	aead map[string]map[purpose]cipher.AEAD
}

// errSealed says that no key opens the text: it was altered, is another's, or its key was taken out of the list.
var errSealed = errors.New("sealed with none of the keys")

func newSeals(keys [][]byte) (*seals, error) {
	if len(keys) == 0 {
		return nil, errors.New("signin: a session key is required")
	}
	s := &seals{keys: map[string][]byte{}, aead: map[string]map[purpose]cipher.AEAD{}}
	for i, key := range keys {
		if len(key) != 32 {
			return nil, fmt.Errorf("signin: session key %d has %d bytes, not 32", i+1, len(key))
		}
		sum := sha256.Sum256(append([]byte("switchboard key id"), key...))
		id := hex.EncodeToString(sum[:4])
		s.ids = append(s.ids, id)
		s.keys[id] = key
		s.aead[id] = map[purpose]cipher.AEAD{}
		for _, use := range []purpose{sealSession, sealUse, sealAttempt, sealReturn, sealDraft} {
			aead, err := derive(key, use)
			if err != nil {
				return nil, err
			}
			s.aead[id][use] = aead
		}
	}
	return s, nil
}

func derive(key []byte, use purpose) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, string(use), 32)
	if err != nil {
		return nil, fmt.Errorf("signin: derive a key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("signin: derive a key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("signin: derive a key: %w", err)
	}
	return aead, nil
}

// seal binds the text to its owner: what was sealed for one row cannot be opened from another.
func (s *seals) seal(use purpose, owner string, plain []byte) string {
	id := s.ids[0]
	return id + "." + base64.RawURLEncoding.EncodeToString(s.aead[id][use].Seal(nil, nil, plain, []byte(owner)))
}

// open also says whether the text was sealed with the first key, or should be sealed again.
func (s *seals) open(use purpose, owner, sealed string) (plain []byte, current bool, err error) {
	id, text, _ := strings.Cut(sealed, ".")
	aead, known := s.aead[id][use]
	if !known {
		return nil, false, errSealed
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false, errSealed
	}
	plain, err = aead.Open(nil, nil, raw, []byte(owner))
	if err != nil {
		return nil, false, errSealed
	}
	return plain, id == s.ids[0], nil
}

// derived are 256 bits that follow from the text, for that use and whoever has the key that made the sealed text.
func (s *seals) derived(use purpose, text, sealed string) (string, error) {
	id, _, _ := strings.Cut(sealed, ".")
	derived, err := hkdf.Key(sha256.New, s.keys[id], nil, string(use)+" "+text, 32)
	if err != nil {
		return "", fmt.Errorf("derive a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(derived), nil
}

// random is 256 bits that nobody can guess, as text that is safe in cookies and addresses.
func random() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: the program ends instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digest is what the database keeps of a secret that it only has to recognise.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
