package main

import (
	"strings"
	"testing"

	"switchboard/internal/audit/witnesstest"
)

// checkedKey is the public half of the key that checked gives the program.
const checkedKey = "switchboard.example/audit+345cd50b+AeQqC2SOq81CazM4mnG61uA8EEm+cj2/J+91jbPoHVef"

// TestCheckTriesTheWitnesses: a witness that knows the record, one that does not, one with another key, and none.
func TestCheckTriesTheWitnesses(t *testing.T) {
	t.Parallel()
	tenant := startedTenant(t)
	knows := witnesstest.Start(t, "knows.example/witness", "switchboard.example/audit", checkedKey)
	stranger := witnesstest.Start(t, "stranger.example/witness", "another.example/audit", checkedKey)
	code, said := checked(t, tenant, "SWITCHBOARD_AUDIT_WITNESSES="+strings.Join([]string{
		knows.Key + "=" + knows.URL, stranger.Key + "=" + stranger.URL,
	}, ","))
	for _, want := range []string{
		"witness 1      ok: knows.example/witness takes this record; it has cosigned no line yet\n",
		"witness 2      FAILED: stranger.example/witness: it answers 403: give it the origin switchboard.example/audit and the public key " + checkedKey,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in:\n%s", want, said)
		}
	}
	if code != failed {
		t.Errorf("exit code %d", code)
	}
	if _, said := checked(t, tenant, "SWITCHBOARD_AUDIT_WITNESSES="+stranger.Key+"="+knows.URL); !strings.Contains(said, "witness 1      FAILED: stranger.example/witness: its answer: it is not cosigned by") {
		t.Errorf("another one's key:\n%s", said)
	}
	knows.Stop()
	if _, said := checked(t, tenant, "SWITCHBOARD_AUDIT_WITNESSES="+knows.Key+"="+knows.URL); !strings.Contains(said, "connection refused") {
		t.Errorf("stopped:\n%s", said)
	}
}
