package config

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"

	"filippo.io/torchwood"
)

// Witness is somebody who cosigns the audit log's checkpoints.
type Witness struct {
	Key string   // its public key, as c2sp.org/tlog-cosignature has it: NAME+HASH+BASE64
	URL *url.URL // below which it takes checkpoints (c2sp.org/tlog-witness), without a slash at the end
}

// witnesses are VKEY=URL each. The name of one is what metrics and pages call it, so no two share one.
func (j *judge) witnesses() []Witness {
	const path = "audit.witnesses"
	const mend = "write VKEY=URL, the key as the witness prints it, such as witness.example+4f1c9a20+BA...=https://witness.example"
	var all []Witness
	names := map[string]bool{}
	for _, text := range j.list(path) {
		key, address, found := cutWitness(text)
		if !found || !isWitnessKey(key) {
			j.fault(path, "holds no witness's key: "+withoutCredentials(text), mend)
			continue
		}
		u := j.webAddress(path, address, mend)
		if u == nil {
			continue
		}
		name, _, _ := strings.Cut(key, "+")
		if names[name] {
			j.fault(path, "names "+name+" twice", "keep one of the two")
		}
		names[name] = true
		all = append(all, Witness{key, u})
	}
	return all
}

// cutWitness parts a key from an address. A key's name may hold an equals sign, but what follows its second plus is base64 of
// 33 bytes, which needs none.
func cutWitness(text string) (key, address string, found bool) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) < 3 {
		return "", "", false
	}
	encoded, address, found := strings.Cut(parts[2], "=")
	return parts[0] + "+" + parts[1] + "+" + encoded, address, found
}

// isWitnessKey says whether a key is one of a cosigner, and written as it is written.
func isWitnessKey(key string) bool {
	name, rest, _ := strings.Cut(key, "+")
	_, encoded, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return false
	}
	cosigner, err := torchwood.NewCosignatureSigner(name, publicHalf(raw[1:]))
	return err == nil && cosigner.Verifier().String() == key
}

// publicHalf is a key that signs nothing: torchwood makes verifiers from signers alone.
type publicHalf ed25519.PublicKey

func (p publicHalf) Public() crypto.PublicKey { return ed25519.PublicKey(p) }

func (p publicHalf) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("this is a public key")
}
