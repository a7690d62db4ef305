package audit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// packed is an audit log with lines of two connectors and an evidence pack of one of them, made after two exports.
type packed struct {
	log           *audit.Log
	signer        string
	parts         map[string]string
	order         []string
	first, second string // the checkpoints of the exports
}

func newPack(t *testing.T, db *database.DB, f audit.Filter, since ...int64) packed {
	t.Helper()
	p := packed{}
	p.signer, _ = newKey(t, "switchboard.example/audit")
	var err error
	if p.log, err = audit.New(audit.Options{Database: db, SignerKey: p.signer}); err != nil {
		t.Fatal(err)
	}
	grow := func() {
		for range 3 {
			other := edit(audit.Applied)
			other.Connector = "c2"
			noted(t, p.log, other)
			noted(t, p.log, edit(audit.Applied))
		}
	}
	grow()
	p.first = checkpointOf(t, export(t, p.log, audit.Filter{}))
	grow()
	p.second = checkpointOf(t, export(t, p.log, audit.Filter{}))
	grow()
	var file bytes.Buffer
	if err := p.log.WriteEvidence(context.Background(), &file, auditor(), f, since...); err != nil {
		t.Fatal(err)
	}
	p.unpack(t, file.Bytes())
	return p
}

func (p *packed) unpack(t *testing.T, file []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	p.parts = map[string]string{}
	for _, part := range archive.File {
		opened, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		p.parts[part.Name], p.order = string(content), append(p.order, part.Name)
	}
}

// file writes the pack as it is now and returns its path.
func (p packed) file(t *testing.T) string {
	t.Helper()
	var file bytes.Buffer
	writer := zip.NewWriter(&file)
	for _, name := range p.order {
		part, err := writer.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(part, p.parts[name])
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "evidence.zip")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvidenceProvesItsPart(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p := newPack(t, db, audit.Filter{Connector: "c1"}, 5)
		path := p.file(t)
		for name, kept := range map[string]string{"alone": "", "first export": p.first, "second export": p.second} {
			report, err := audit.VerifyFile(path, audit.VerifyOptions{Key: p.log.VerifierKey(), Checkpoint: kept})
			if err != nil || report.Lines != 9 || report.Size != 21 {
				t.Errorf("%s: verify = %+v, %v; want 9 of 21 lines", name, report, err)
			}
		}
		for _, want := range []string{p.log.VerifierKey(), "21 lines", "connector=c1"} {
			if !strings.Contains(p.parts["README.txt"], want) {
				t.Errorf("the README does not say %q:\n%s", want, p.parts["README.txt"])
			}
		}
		if !strings.Contains(p.parts["consistency.ndjson"], `{"size":5,`) {
			t.Errorf("no proof from the size asked for: %s", p.parts["consistency.ndjson"])
		}
		p.runItsVerifier(t)
	})
}

// runItsVerifier unpacks the pack and runs the checker in it as its README says: it passes, and names a line to which no
// proof belongs.
func (p packed) runItsVerifier(t *testing.T) {
	t.Helper()
	output, err := checkWithItsOwn(t, p.parts, p.log.VerifierKey())
	if err != nil || !strings.Contains(output, "9 of 21 lines") {
		t.Errorf("verify.mjs: %v\n%s", err, output)
	}
	forged := maps.Clone(p.parts)
	entries, last := cut([]byte(forged["record.ndjson"]))
	more := rehashed(entries[len(entries)-1], loud)
	forged["record.ndjson"] = string(join(append(entries, more), last))
	if output, err := checkWithItsOwn(t, forged, p.log.VerifierKey()); err == nil {
		t.Errorf("verify.mjs accepts a line without a proof: %s", output)
	}
}

func checkWithItsOwn(t *testing.T, parts map[string]string, key string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range parts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := exec.Command("node", "verify.mjs", "record.ndjson", key, "inclusion.ndjson")
	check.Dir = folder
	output, err := check.CombinedOutput()
	return string(output), err
}

func TestEvidenceOfAllAndOfNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		all := newPack(t, db, audit.Filter{})
		if report, err := audit.VerifyFile(all.file(t), audit.VerifyOptions{}); err != nil || report.Lines != 21 || report.Proven {
			t.Errorf("verify a pack of all = %+v, %v", report, err)
		}
		lines, _ := cut([]byte(all.parts["record.ndjson"]))
		kept := string(signed(t, lines[:4], all.signer, all.log.VerifierKey())) // no export was handed out at that size
		if report, err := audit.VerifyFile(all.file(t), audit.VerifyOptions{Checkpoint: kept}); err != nil || report.Older != 4 {
			t.Errorf("verify a pack of all with an older checkpoint = %+v, %v", report, err)
		}
		lines[0] = rehashed(lines[0], loud)
		kept = string(signed(t, lines[:4], all.signer, all.log.VerifierKey()))
		if _, err := audit.VerifyFile(all.file(t), audit.VerifyOptions{Checkpoint: kept}); err == nil || !strings.Contains(err.Error(), "fork") {
			t.Errorf("verify a pack of all with a checkpoint of other lines = %v", err)
		}
		var none bytes.Buffer
		if err := all.log.WriteEvidence(context.Background(), &none, auditor(), audit.Filter{Connector: "none"}); err != nil {
			t.Fatal(err)
		}
		if report, err := audit.VerifyEvidence(bytes.NewReader(none.Bytes()), int64(none.Len()), audit.VerifyOptions{}); err != nil || report.Lines != 0 {
			t.Errorf("verify a pack of nothing = %+v, %v", report, err)
		}
	})
}

func TestVerifyNamesMutationsOfEvidence(t *testing.T) {
	t.Parallel()
	replace := func(part, old, new string) func(*testing.T, *packed) string {
		return func(t *testing.T, p *packed) string {
			if !strings.Contains(p.parts[part], old) {
				t.Fatalf("%s holds no %q", part, old)
			}
			p.parts[part] = strings.Replace(p.parts[part], old, new, 1)
			return ""
		}
	}
	withoutLine := func(part string) func(*testing.T, *packed) string {
		return func(t *testing.T, p *packed) string {
			_, rest, _ := strings.Cut(p.parts[part], "\n")
			p.parts[part] = rest
			return ""
		}
	}
	for name, test := range map[string]struct {
		change func(*testing.T, *packed) (kept string)
		says   string
	}{
		"a line changed":    {replace("record.ndjson", "ticket 4711", "ticket 4712"), "record.ndjson: line 1 (seq 2): its text and its hash do not fit"},
		"a line taken out":  {withoutLine("record.ndjson"), "stands beside the proof of seq 2"},
		"a proof taken out": {withoutLine("inclusion.ndjson"), "line 1 (seq 2) stands beside the proof of seq 4"},
		"all proofs taken out": {func(t *testing.T, p *packed) string {
			p.order = slices.DeleteFunc(p.order, func(name string) bool { return name == "inclusion.ndjson" })
			return ""
		}, "not a whole record"},
		"a proof renumbered":     {replace("inclusion.ndjson", `{"seq":2,`, `{"seq":4,`), "stands beside the proof of seq 4"},
		"a proof of rubbish":     {replace("inclusion.ndjson", `"proof":["`, `"proof":["x`), "has no proof"},
		"an empty proof":         {replace("inclusion.ndjson", "\n", "\n{}\n"), "stands beside the proof of seq 0"},
		"another checkpoint":     {replace("checkpoint.txt", "\n21\n", "\n22\n"), "not the checkpoint that the record ends with"},
		"another root":           {replace("record.ndjson", `audit\n21\n`, `audit\n20\n`), "not signed"},
		"a consistency changed":  {replace("consistency.ndjson", `{"size":7,`, `{"size":6,`), "still begins with its first 6 lines is wrong"},
		"a consistency negative": {replace("consistency.ndjson", `{"size":7,`, `{"size":-7,`), "is wrong"},
		"a part left out": {func(t *testing.T, p *packed) string {
			p.parts["consistency.ndjson"] = ""
			return p.first
		}, "no proof from size 7"},
		"a fork": {func(t *testing.T, p *packed) string {
			entries, _ := cut(export(t, p.log, audit.Filter{}))
			for i := range entries {
				entries[i] = rehashed(entries[i], loud)
			}
			return checkpointOf(t, join(nil, signed(t, entries[:7], p.signer, "")))
		}, "fork"},
		"a checkpoint of a stranger": {func(t *testing.T, p *packed) string {
			signer, _ := newKey(t, "switchboard.example/audit")
			entries, _ := cut(export(t, p.log, audit.Filter{}))
			return checkpointOf(t, join(nil, signed(t, entries[:7], signer, "")))
		}, "the older checkpoint: it is not signed by"},
		"a roll back": {func(t *testing.T, p *packed) string {
			return checkpointOf(t, export(t, p.log, audit.Filter{}))
		}, "rolled back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPack(t, databasetest.SQLite(t), audit.Filter{Connector: "c1"})
			kept := test.change(t, &p)
			_, err := audit.VerifyFile(p.file(t), audit.VerifyOptions{Key: p.log.VerifierKey(), Checkpoint: kept})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("verify = %v, want %q", err, test.says)
			}
		})
	}
}
