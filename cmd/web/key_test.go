package main

import (
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

const origin = "switchboard.example/audit"

// TestKeysAreWhatTheConfigurationReads makes both keys as the documents say and has check read them.
func TestKeysAreWhatTheConfigurationReads(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	auditKey, sessionKeys := filepath.Join(folder, "audit-key"), filepath.Join(folder, "session-keys")
	made := callWith(nil, "key", "audit", origin, "-out", auditKey)
	if made.code != clean || made.out != "" {
		t.Fatalf("key audit: %+v", made)
	}
	if made := callWith(nil, "key", "session", "-out", sessionKeys); made != (called{}) {
		t.Fatalf("key session: %+v", made)
	}
	for _, file := range []string{auditKey, sessionKeys} {
		if about, err := os.Stat(file); err != nil || about.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v", file, about.Mode(), err)
		}
	}
	checked := callWith([]string{
		"SWITCHBOARD_DATABASE_URL=sqlite:" + folder + "/x.db", "SWITCHBOARD_AUDIT_KEY_FILE=" + auditKey, "SWITCHBOARD_SESSIONS_KEYS_FILE=" + sessionKeys,
	}, "check")
	if checked.code != clean {
		t.Errorf("check with these keys: %+v", checked)
	}
	signer, err := os.ReadFile(auditKey)
	if err != nil {
		t.Fatal(err)
	}
	provePair(t, string(signer), made.errs)
}

// TestKeysGoToStdout: what follows a key there is its line's end alone, so that >> adds a line to a list of them.
func TestKeysGoToStdout(t *testing.T) {
	t.Parallel()
	signing := callWith(nil, "key", "audit", origin)
	if signing.code != clean {
		t.Fatalf("key audit: %+v", signing)
	}
	provePair(t, signing.out, signing.errs)
	sealing := callWith(nil, "key", "session")
	key, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(sealing.out, "\n"))
	if sealing.code != clean || err != nil || len(key) != 32 || sealing.errs != "" {
		t.Errorf("key session: %+v, %v", sealing, err)
	}
	if again := callWith(nil, "key", "session"); again.out == sealing.out {
		t.Error("two session keys are the same")
	}
}

// provePair holds a signer's key, one line, against the verifier's, one line.
func provePair(t *testing.T, signer, verifier string) {
	t.Helper()
	if strings.Count(signer, "\n") != 1 || strings.Count(verifier, "\n") != 1 {
		t.Fatalf("not one line each: %q, %q", signer, verifier)
	}
	private, err := note.NewSigner(strings.TrimSpace(signer))
	if err != nil {
		t.Fatal(err)
	}
	public, err := note.NewVerifier(strings.TrimSpace(verifier))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "one line\n"}, private)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := note.Open(signed, note.VerifierList(public)); err != nil || opened.Sigs[0].Name != origin {
		t.Errorf("what one key signs the other does not open: %v", err)
	}
}

// TestKeyOverwritesNothing: the file may hold the only copy of a key.
func TestKeyOverwritesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	kept, dangling := filepath.Join(folder, "kept"), filepath.Join(folder, "dangling")
	if err := os.WriteFile(kept, []byte("the only copy"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "elsewhere"), dangling); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{kept, dangling, folder, filepath.Join(folder, "missing", "key")} {
		for _, args := range [][]string{{"key", "audit", origin, "-out", file}, {"key", "session", "-out", file}} {
			got := callWith(nil, args...)
			if got.code != failed || got.out != "" || !strings.Contains(got.errs, file) || strings.Contains(got.errs, "+") {
				t.Errorf("%v: %+v", args, got)
			}
		}
	}
	if content, err := os.ReadFile(kept); err != nil || string(content) != "the only copy" {
		t.Errorf("what was kept is %q, %v", content, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "elsewhere")); err == nil {
		t.Error("a link was followed")
	}
	if got := callWith(nil, "key", "session", "-out", ""); got.code != misconfigured || got.out != "" { // as of an empty variable
		t.Errorf("-out without a name: %+v", got)
	}
}

// TestKeyThatWasNotWrittenIsNone: whoever reads a public key believes that the other half was kept.
func TestKeyThatWasNotWrittenIsNone(t *testing.T) {
	t.Parallel()
	full, writer := io.Pipe()
	full.Close() // every write fails
	var errs strings.Builder
	if code := run([]string{"key", "audit", origin}, nil, writer, &errs); code != failed || strings.Contains(errs.String(), origin) {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

// TestOriginsThatNoCheckpointCanBear: the key would be made, and nothing that it signs could be verified.
func TestOriginsThatNoCheckpointCanBear(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "two words", "one+two", "a\nb", "a\x07b", "a\u202eb", "\xff"} {
		got := callWith(nil, "key", "audit", name)
		if got.code != misconfigured || got.out != "" || !strings.Contains(got.errs, "cannot be an origin") {
			t.Errorf("%q: %+v", name, got)
		}
	}
}
