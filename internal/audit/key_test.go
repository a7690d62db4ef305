package audit_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database/databasetest"
)

func TestKeyNamesTheRecord(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	signer, verifier := newKey(t, "switchboard.example/audit")
	log, err := audit.New(audit.Options{Database: db, SignerKey: signer + "\n"})
	if err != nil {
		t.Fatal(err)
	}
	if got := log.VerifierKey(); got != verifier {
		t.Errorf("the public key is %s, want %s", got, verifier)
	}
	checkpoint, err := log.Checkpoint(context.Background())
	if want := "switchboard.example/audit\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 switchboard.example/audit "; err != nil || !strings.HasPrefix(checkpoint, want) {
		t.Errorf("the checkpoint of an empty record = %q, %v", checkpoint, err)
	}
	for _, key := range []string{"", "secret", verifier, strings.Replace(signer, "PRIVATE", "PUBLIC", 1), signer[:len(signer)-4]} {
		if _, err := audit.New(audit.Options{Database: db, SignerKey: key}); err == nil || !strings.Contains(err.Error(), "audit key") || key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("New with the key %q: %v, want an error that does not quote it", key, err)
		}
	}
}

func TestVerifyFileNeedsAFile(t *testing.T) {
	t.Parallel()
	if _, err := audit.VerifyFile(filepath.Join(t.TempDir(), "none"), audit.VerifyOptions{}); err == nil {
		t.Error("a file that does not exist is verified")
	}
}
