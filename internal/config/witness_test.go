package config_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// witnessKey is a witness's public key.
const witnessKey = "one.example/witness+f564efa8+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

func TestWitnesses(t *testing.T) {
	t.Parallel()
	c := load(t, "", tenant(t).with(environment{"audit.witnesses": witnessKey + "=https://witness.example/a=b/, ", "audit.stream": "stdout"}))
	if got := c.Audit.Witnesses; len(got) != 1 || got[0].Key != witnessKey || got[0].URL.String() != "https://witness.example/a=b" {
		t.Errorf("got %+v", got)
	}
	if c.Audit.Stream != "stdout" || !strings.HasSuffix(c.Audit.StreamPosition, "audit.key.checkpoint.stream") {
		t.Errorf("the stream is %q, its position %q", c.Audit.Stream, c.Audit.StreamPosition)
	}
	file := filepath.Join(t.TempDir(), "last")
	if c := load(t, "", tenant(t).with(environment{"audit.checkpoint_file": file})); c.Audit.StreamPosition != file+".stream" {
		t.Errorf("beside %s the position is %q", file, c.Audit.StreamPosition)
	}
	if c := load(t, "", tenant(t)); c.Audit.Witnesses != nil || c.Audit.Stream != "" {
		t.Errorf("by default: %+v", c.Audit)
	}
}

func TestFaultsOfWitnesses(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		witnessKey:                               "holds no witness's key",
		"https://witness.example":                "holds no witness's key",
		"https://u:hidden@w.example":             "holds no witness's key",
		witnessKey + "=https://w.example?hidden": "has more than scheme, host and path",
		witnessKey + "=http://witness.example":   "would send secrets in plain text",
		witnessKey + "=witness.example":          "is not a web address",
		witnessKey + "=":                         "is not a web address",
		witnessKey + "=https://u:p@w.example":    "has more than scheme, host and path",
		strings.Replace(witnessKey, "f564", "f565", 1) + "=https://w.example":                               "holds no witness's key",
		strings.Replace(witnessKey, "BAAB", "BBAB", 1) + "=https://w.example":                               "holds no witness's key",
		"switchboard.example/audit+345cd50b+AeQqC2SOq81CazM4mnG61uA8EEm+cj2/J+91jbPoHVef=https://w.example": "holds no witness's key",
		witnessKey + "=https://w.example," + witnessKey + "=https://v.example":                              "names one.example/witness twice",
	} {
		got := faults("", tenant(t).with(environment{"audit.witnesses": given}))
		if len(got) != 1 || !strings.HasPrefix(got[0], "audit.witnesses: ") || !strings.Contains(got[0], want) || strings.Contains(got[0], "hidden") {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}
