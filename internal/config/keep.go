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

// keptKeys gives a demo the keys that were not configured: made once and kept beside the database, so that sessions survive
// a restart and old checkpoints stay verifiable.
func (j *judge) keptKeys(c *Config) {
	if c.Sessions.Keys == nil {
		text := j.kept("sessions.keys_file", beside(c.Database.URL, "session-keys"), func() (string, error) {
			key := make([]byte, sessionKeyBytes)
			rand.Read(key) // never fails (crypto/rand)
			return base64.StdEncoding.EncodeToString(key), nil
		})
		c.Sessions.Keys = j.decodeSessionKeys("sessions.keys_file", strings.Fields(text))
	}
	if c.Audit.Key == "" {
		c.Audit.Key = j.kept("audit.key_file", beside(c.Database.URL, "audit-key"), func() (string, error) {
			signer, _, err := note.GenerateKey(rand.Reader, demoOrigin)
			return signer, err
		})
		j.checkAuditKey(c.Audit.Key)
	}
}

// kept is what the file beside the database holds, as if the key had named it; empty where there is none and none is to be
// made.
func (j *judge) kept(path, file string, generate func() (string, error)) string {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && !j.makesKeys {
		return ""
	}
	j.given[path] = setting{values: []string{file}, origin: "kept for the demo"}
	if err := keep(file, generate); err != nil {
		j.fault(path, "cannot be made: "+reason(err), "let this program write there, or give "+path)
		return ""
	}
	return j.file(path, "remove it, and another is made")
}

// beside is the path of a file next to an SQLite database; with PostgreSQL it lies in the working directory.
func beside(databaseURL, name string) string {
	database, sqlite := strings.CutPrefix(databaseURL, "sqlite:")
	if !sqlite {
		database = "switchboard"
	}
	return database + "." + name
}

// keep makes the file at path where there is none. It appears at once and whole, so processes that start together agree on
// one content.
func keep(path string, generate func() (string, error)) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := generate()
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".switchboard-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = fmt.Fprintln(draft, text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // another process was first
}
