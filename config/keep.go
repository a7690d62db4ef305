package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// demoOrigin names the signer of a demo's checkpoints.
const demoOrigin = "switchboard.demo/audit"

// keptSessionKeys are the demo's own, made once and kept beside the database: sessions survive a restart.
func (j *judge) keptSessionKeys(databaseURL string) [][]byte {
	path := beside(databaseURL, "session-keys")
	text, err := keep(path, func() (string, error) {
		key := make([]byte, sessionKeyBytes)
		rand.Read(key) // never fails (crypto/rand)
		return base64.StdEncoding.EncodeToString(key), nil
	})
	if err != nil {
		j.fault("sessions.keys", "cannot be made: "+err.Error(), "let this program write there, or give sessions.keys")
		return nil
	}
	decoded := j.decodeSessionKeys("sessions.keys", strings.Fields(text))
	if decoded == nil {
		j.fault("sessions.keys", "is what "+path+" holds", "remove that file")
	}
	return decoded
}

// keptAuditKey is the demo's own, made once and kept beside the database: old checkpoints stay verifiable.
func (j *judge) keptAuditKey(databaseURL string) string {
	text, err := keep(beside(databaseURL, "audit-key"), func() (string, error) {
		signer, _, err := note.GenerateKey(rand.Reader, demoOrigin)
		return signer, err
	})
	if err != nil {
		j.fault("audit.key_file", "cannot be made: "+err.Error(), "let this program write there, or give audit.key_file")
		return ""
	}
	j.checkAuditKey("audit.key_file", text)
	return text
}

// beside is the path of a file next to an SQLite database; with PostgreSQL it lies in the working directory.
func beside(databaseURL, name string) string {
	database, sqlite := strings.CutPrefix(databaseURL, "sqlite:")
	if !sqlite {
		database = "switchboard"
	}
	return database + "." + name
}

// keep returns the content of the file at path and makes it where there is none. It appears at once and whole, so processes
// that start together agree on one content.
func keep(path string, generate func() (string, error)) (string, error) {
	if content, err := os.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
		return strings.TrimSpace(string(content)), err
	}
	text, err := generate()
	if err != nil {
		return "", err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".switchboard-*") // 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(draft.Name())
	_, err = fmt.Fprintln(draft, text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return "", err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	content, err := os.ReadFile(path)
	return strings.TrimSpace(string(content)), err
}
