package audit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database/databasetest"
)

// mutation is a way to falsify a record; apply returns the false file, what is held against it, and a part of what
// verify must say.
type mutation func(t *testing.T, random *rand.Rand, h history) (file []byte, kept, says string)

var mutations = map[string]mutation{
	"flip a bit": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		at := random.IntN(len(entries))
		line := bytes.Clone(entries[at])
		line[random.IntN(len(line))] ^= 1 << random.IntN(8)
		entries[at] = line
		return join(entries, last), "", fmt.Sprintf("line %d", at+1)
	},
	"flip a bit of the checkpoint's size and root": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		file := bytes.Clone(h.late)
		file[bytes.LastIndex(file, []byte(`audit\n`))+7+random.IntN(30)] ^= 1
		return file, "", "checkpoint"
	},
	"delete a line": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		at := random.IntN(len(entries))
		return join(slices.Delete(entries, at, at+1), last), "", "not a whole record"
	},
	"swap two lines": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		at := random.IntN(len(entries) - 1)
		entries[at], entries[at+1] = entries[at+1], entries[at]
		return join(entries, last), "", fmt.Sprintf("line %d has seq %d after seq %d: lines were put in another order", at+2, at+1, at+2)
	},
	"put a line in twice": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		at := random.IntN(len(entries))
		return join(slices.Insert(entries, at, entries[at]), last), "", fmt.Sprintf("line %d has seq %d after seq %d", at+2, at+1, at+1)
	},
	"drop the tail": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		return join(entries[:random.IntN(len(entries))], last), "", "not a whole record"
	},
	"drop the checkpoint": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		return h.late[:bytes.LastIndex(h.late, []byte(`{"checkpoint"`))], "", "ends without its checkpoint"
	},
	"go on after the checkpoint": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, _ := cut(h.late)
		return append(bytes.Clone(h.late), entries[0]...), "", "comes after the checkpoint"
	},
	"add a line": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, last := cut(h.late)
		more := rehashed(entries[len(entries)-1], func(text []byte) []byte {
			return bytes.Replace(text, fmt.Appendf(nil, `{"seq":%d,`, len(entries)), fmt.Appendf(nil, `{"seq":%d,`, len(entries)+1), 1)
		})
		return join(append(entries, more), last), "", fmt.Sprintf("line %d is one too many", len(entries)+1)
	},
	"change a line and its hash": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		return changed(h.late, random, nil), "", "not those that the checkpoint was signed for"
	},
	"forge the signature": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		file := bytes.Clone(h.late)
		mark := []byte("\u2014 switchboard.example/audit ")
		at := bytes.LastIndex(file, mark) + len(mark) + 8 + random.IntN(60)
		file[at] = map[bool]byte{true: 'A', false: 'B'}[file[at] != 'A']
		return file, "", "it is not signed by the key"
	},
	"sign with another key": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		signer, key := newKey(t, "switchboard.example/audit")
		return changed(h.late, random, func(entries [][]byte) []byte { return signed(t, entries, signer, key) }), "", "not the key given"
	},
	"sign with another key and deny it": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		signer, _ := newKey(t, "switchboard.example/audit")
		return changed(h.late, random, func(entries [][]byte) []byte { return signed(t, entries, signer, h.key) }), "", "it is not signed by the key"
	},
	"name another key than the one that signed": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		return bytes.Replace(h.late, []byte(h.key), []byte(h.strangersKey), 1), "", "not the key given"
	},
	"roll back": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		return h.early, checkpointOf(t, h.late), "rolled back"
	},
	"truncate to an older checkpoint": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, _ := cut(h.late)
		_, last := cut(h.early)
		return join(entries[:h.earlySize], last), string(h.late), "rolled back"
	},
	"fork": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		return h.other, checkpointOf(t, h.early), "fork"
	},
	"rewrite with the true key": func(t *testing.T, random *rand.Rand, h history) ([]byte, string, string) {
		entries, _ := cut(h.late)
		entries[0] = rehashed(entries[0], loud)
		return join(entries, signed(t, entries, h.signer, h.key)), checkpointOf(t, h.early), "fork"
	},
}

func loud(text []byte) []byte { return bytes.Replace(text, []byte("Mona"), []byte("MONA"), 1) }

// changed changes one line with its hash and, where it is given, makes another last line.
func changed(file []byte, random *rand.Rand, sign func([][]byte) []byte) []byte {
	entries, last := cut(file)
	at := random.IntN(len(entries))
	entries[at] = rehashed(entries[at], loud)
	if sign != nil {
		last = sign(entries)
	}
	return join(entries, last)
}

// TestVerifyNamesEveryMutation falsifies random records in every way we know.
func TestVerifyNamesEveryMutation(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			h := newHistory(t, random)
			untouched(t, h)
			for name, apply := range mutations {
				for range 8 {
					file, kept, says := apply(t, random, h)
					_, err := verify(t, file, audit.VerifyOptions{Key: h.key, Checkpoint: kept})
					if err == nil || !strings.Contains(err.Error(), says) {
						t.Errorf("seed %d, %s: verify = %v\nwant it to say %q", seed, name, err, says)
					}
				}
			}
		})
	}
}

// untouched checks what must pass.
func untouched(t *testing.T, h history) {
	t.Helper()
	for name, test := range map[string]struct {
		file []byte
		kept string
	}{
		"alone":                            {h.late, ""},
		"with its own checkpoint":          {h.late, checkpointOf(t, h.late)},
		"with an older checkpoint":         {h.late, checkpointOf(t, h.early)},
		"with an older export":             {h.late, string(h.early)},
		"the older export":                 {h.early, ""},
		"without the break at its end":     {h.late[:len(h.late)-1], ""},
		"the other record of the same key": {h.other, ""},
	} {
		for _, key := range []string{h.key, "", h.strangersKey + ", " + h.key} {
			report, err := verify(t, test.file, audit.VerifyOptions{Key: key, Checkpoint: test.kept})
			if err != nil || report.Key != h.key || report.Proven != (key != "") || report.Lines != report.Size {
				t.Errorf("%s, key %q: verify = %+v, %v", name, key, report, err)
			}
			if said := report.String(); strings.Contains(said, "unproven") != (key == "") || !strings.Contains(said, h.key) {
				t.Errorf("%s, key %q: the report says\n%s", name, key, said)
			}
		}
	}
}

// TestVerifyNamesEveryByteOfTheLastLine puts other bytes in the place of each: JSON, base64 and hexadecimal know more than
// one text for the same content, and a file in which one stands was changed too.
func TestVerifyNamesEveryByteOfTheLastLine(t *testing.T) {
	t.Parallel()
	log := open(t, databasetest.SQLite(t))
	noted(t, log, edit(audit.Applied))
	file := export(t, log, audit.Filter{})
	_, last := cut(file)
	chance := rand.New(rand.NewPCG(1, 2))
	for at := len(file) - 1 - len(last); at < len(file); at++ {
		was := file[at]
		others := []byte{byte(chance.Uint32()), byte(chance.Uint32()), byte(chance.Uint32()), byte(chance.Uint32())}
		for bit := range 8 {
			others = append(others, was^1<<bit)
		}
		for _, other := range others {
			if file[at] = other; other == was {
				continue
			}
			if _, err := audit.Verify(bytes.NewReader(file), audit.VerifyOptions{}); err == nil {
				t.Errorf("byte %d passes in the place of %q after %q", other, was, file[at-12:at])
			}
		}
		file[at] = was
	}
}

func TestVerifySaysWhatIsNoRecord(t *testing.T) {
	t.Parallel()
	_, key := newKey(t, "test")
	for name, test := range map[string]struct{ file, key, kept, says string }{
		"nothing":         {"", key, "", "ends without its checkpoint after line 0"},
		"a page":          {"<html>\n", key, "", "line 1: it is not a line of a record"},
		"no hash":         {`{"seq":1,"id":"x"}`, key, "", "line 1 (seq 1): its last member is not its hash"},
		"half a hash":     {`{"seq":1,"hash":"}`, key, "", "line 1 (seq 1)"},
		"seq 0":           {`{"seq":0,"hash":""}`, key, "", "not a number from 1"},
		"no checkpoint":   {`{"checkpoint":1}`, key, "", "line 1 is not a checkpoint"},
		"no public key":   {`{"checkpoint":"x","key":"y"}`, "", "", "not a public key"},
		"no key of yours": {`{"checkpoint":"x","key":"y"}`, "y", "", "the key given"},
		"no old note":     {"", key, "x", "not a signed note"},
		"no old tree":     {"", key, "a\nb\n\n", "the older checkpoint is not one"},
	} {
		_, err := audit.Verify(strings.NewReader(test.file), audit.VerifyOptions{Key: test.key, Checkpoint: test.kept})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: verify = %v, want %q", name, err, test.says)
		}
	}
}
