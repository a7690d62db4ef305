package audit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/audit/witnesstest"
	"switchboard/internal/database/databasetest"
)

// TestVerifyDemandsTheWitness falsifies what an export says that its witness cosigned.
func TestVerifyDemandsTheWitness(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	record := watch(t, databasetest.SQLite(t), signer, at(litewitness))
	unseen := export(t, record.Log, audit.Filter{})
	record.add(t, 3)
	file := string(export(t, record.Log, audit.Filter{}))
	cosignature := strings.LastIndex(file, `\n"`) - 20
	for name, test := range map[string]struct{ file, witness, says string }{
		"as it is":                    {file, litewitness.Key, ""},
		"before the witness saw it":   {string(unseen), litewitness.Key, "no witness has cosigned"},
		"another witness":             {file, strangersKey, "not cosigned by"},
		"no key":                      {file, "rubbish", "is no witness's key"},
		"the record's key":            {file, key, "is no witness's key"},
		"a changed size":              {strings.Replace(file, `"witnessed":"`+witnessedOrigin+`\n4\n`, `"witnessed":"`+witnessedOrigin+`\n3\n`, 1), litewitness.Key, "cosigned"},
		"a size beyond the record":    {strings.Replace(file, `"witnessed":"`+witnessedOrigin+`\n4\n`, `"witnessed":"`+witnessedOrigin+`\n40\n`, 1), litewitness.Key, "cosigned"},
		"a size beyond it, no key":    {strings.Replace(file, `"witnessed":"`+witnessedOrigin+`\n4\n`, `"witnessed":"`+witnessedOrigin+`\n40\n`, 1), "", "rolled back"},
		"a changed size, no key":      {strings.Replace(file, `"witnessed":"`+witnessedOrigin+`\n4\n`, `"witnessed":"`+witnessedOrigin+`\n3\n`, 1), "", "fork"},
		"another record's":            {strings.Replace(file, `"witnessed":"switchboard.example`, `"witnessed":"switchboard.invalid`, 1), "", "another record"},
		"no note":                     {strings.Replace(file, `"witnessed":"switchboard.example/audit\n`, `"witnessed":"`, 1), "", "no checkpoint"},
		"a changed cosignature":       {file[:cosignature] + string(file[cosignature]^1) + file[cosignature+1:], litewitness.Key, "not cosigned"},
		"a witness put in after, raw": {strings.Replace(string(unseen), `","key"`, `","witnessed":"x","key"`, 1), "", "no signed note"},
	} {
		o := audit.VerifyOptions{Key: key}
		if test.witness != "" {
			o.Witnesses = []string{test.witness}
		}
		_, err := verify(t, []byte(test.file), o)
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

func TestVerifyReadsAPipe(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	record := watch(t, databasetest.SQLite(t), signer, at(litewitness))
	record.add(t, 3)
	file := export(t, record.Log, audit.Filter{})
	for says, witnesses := range map[string][]string{"": nil, "not in a pipe": {litewitness.Key}} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			write.Write(file) // shorter than a pipe is deep
			write.Close()
		}()
		_, err = audit.VerifyFile(fmt.Sprintf("/dev/fd/%d", read.Fd()), audit.VerifyOptions{Key: key, Witnesses: witnesses})
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%v, want %q", err, says)
		}
		read.Close()
	}
}
