package audit_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
)

// history is a random record that was exported twice, and another that the same key signed.
type history struct {
	signer, key  string
	early, late  []byte
	other        []byte
	earlySize    int
	strangersKey string
}

func newHistory(t *testing.T, random *rand.Rand) history {
	t.Helper()
	h := history{}
	h.signer, h.key = newKey(t, "switchboard.example/audit")
	_, h.strangersKey = newKey(t, "switchboard.example/audit")
	record := func() *audit.Log {
		log, err := audit.New(audit.Options{Database: databasetest.SQLite(t), SignerKey: h.signer})
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	log, fork := record(), record()
	grow := func(log *audit.Log) {
		for range 1 + random.IntN(20) {
			noted(t, log, randomEntry(random))
		}
	}
	grow(log)
	h.early = export(t, log, audit.Filter{})
	grow(log)
	h.late = export(t, log, audit.Filter{})
	entries, _ := cut(h.early)
	h.earlySize = len(entries)
	for range 2 * h.earlySize {
		noted(t, fork, randomEntry(random))
	}
	h.other = export(t, fork, audit.Filter{})
	return h
}

func randomEntry(random *rand.Rand) audit.Entry {
	e := edit(audit.Outcomes()[random.IntN(len(audit.Outcomes()))])
	e.ID = fmt.Sprint(random.Uint64())
	e.Reason = []string{"", hostile, "ticket", strings.Repeat("long ", 1+random.IntN(20_000))}[random.IntN(4)]
	if random.IntN(3) == 0 {
		return audit.Entry{Action: audit.SignIn, Actor: mona(), Reason: e.Reason}
	}
	for range random.IntN(3) {
		e.Fields = append(e.Fields, connector.FieldChange{Name: "serverName", Before: connector.Of(hostile), Requested: connector.Null()})
	}
	return e
}

// cut takes an export apart: its lines, without their breaks, and the checkpoint's.
func cut(file []byte) (entries [][]byte, last []byte) {
	lines := bytes.Split(bytes.TrimSuffix(file, []byte("\n")), []byte("\n"))
	return lines[:len(lines)-1], lines[len(lines)-1]
}

// join puts an export together, without sharing memory with the parts.
func join(entries [][]byte, last []byte) []byte {
	var file []byte
	for _, line := range append(entries[:len(entries):len(entries)], last) {
		file = append(append(file, line...), '\n')
	}
	return file
}

// checkpointOf is the signed note that an export ends with.
func checkpointOf(t *testing.T, file []byte) string {
	t.Helper()
	_, last := cut(file)
	var object struct{ Checkpoint string }
	if err := json.Unmarshal(last, &object); err != nil {
		t.Fatal(err)
	}
	return object.Checkpoint
}

// rehashed is a line with another text and the hash that fits it.
func rehashed(line []byte, change func([]byte) []byte) []byte {
	text := change(append(bytes.Clone(line[:bytes.LastIndex(line, []byte(`,"hash":"`))]), '}'))
	return fmt.Appendf(nil, `%s,"hash":"%s"}`, text[:len(text)-1], tlog.RecordHash(text))
}

// signed is the last line of an export with these lines, made with sumdb/tlog alone.
func signed(t *testing.T, entries [][]byte, signerKey, key string) []byte {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, place := range places {
			hashes = append(hashes, stored[place])
		}
		return hashes, nil
	})
	for i, line := range entries {
		raw, err := base64.StdEncoding.DecodeString(string(line[len(line)-46 : len(line)-2]))
		if err != nil {
			t.Fatal(err)
		}
		hashes, err := tlog.StoredHashesForRecordHash(int64(i), tlog.Hash(raw), read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(entries)), read)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(signerKey)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), len(entries), root)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	last, _ := json.Marshal(map[string]string{"checkpoint": string(text), "key": key})
	return last
}
