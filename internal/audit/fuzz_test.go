package audit

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
)

// seed is a file that an audit log of another day exported.
func seed(f *testing.F, name string) []byte {
	f.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		f.Fatal(err)
	}
	return content
}

// FuzzVerify holds that nothing verifies under a key but what its owner exported, to the byte.
func FuzzVerify(f *testing.F) {
	genuine, key := seed(f, "record.ndjson"), strings.TrimSpace(string(seed(f, "record.key")))
	f.Add(genuine)
	f.Add(bytes.ReplaceAll(genuine, []byte("\n"), []byte("\r\n")))
	f.Add(genuine[bytes.LastIndex(genuine, []byte(`{"checkpoint"`)):])
	f.Add([]byte(`{"seq":1,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := Verify(bytes.NewReader(file), VerifyOptions{Key: key}); err != nil {
			return
		}
		if got := bytes.TrimSuffix(file, []byte("\n")); !bytes.Equal(got, bytes.TrimSuffix(genuine, []byte("\n"))) {
			t.Errorf("verifies, and is not what was exported: %q", file)
		}
	})
}

// FuzzVerifyEvidence holds the same of a pack: its lines are those that were exported.
func FuzzVerifyEvidence(f *testing.F) {
	genuine, key := seed(f, "evidence.zip"), strings.TrimSpace(string(seed(f, "record.key")))
	lines := recordOf(f, genuine)
	f.Add(genuine)
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := VerifyEvidence(bytes.NewReader(file), int64(len(file)), VerifyOptions{Key: key}); err != nil {
			return
		}
		if got := recordOf(t, file); got != lines {
			t.Errorf("verifies, and holds other lines:\n%s", got)
		}
	})
}

// FuzzEvidenceParts does so for what stands in a pack, which bytes of a zip file seldom reach.
func FuzzEvidenceParts(f *testing.F) {
	key := strings.TrimSpace(string(seed(f, "record.key")))
	pack, err := zip.NewReader(bytes.NewReader(seed(f, "evidence.zip")), int64(len(seed(f, "evidence.zip"))))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, name := range []string{packRecord, packInclusion, packConsistency, packCheckpoint} {
		parts[name] = partOf(f, pack, name)
	}
	f.Add(parts[packRecord], parts[packInclusion], parts[packConsistency], parts[packCheckpoint])
	f.Add(parts[packRecord], parts[packConsistency], parts[packInclusion], []byte{})
	f.Fuzz(func(t *testing.T, record, inclusion, consistency, checkpoint []byte) {
		var file bytes.Buffer
		writer := zip.NewWriter(&file)
		for name, content := range map[string][]byte{
			packRecord: record, packInclusion: inclusion, packConsistency: consistency, packCheckpoint: checkpoint,
		} {
			part, err := writer.CreateHeader(&zip.FileHeader{Name: name})
			if err == nil {
				_, err = part.Write(content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := VerifyEvidence(bytes.NewReader(file.Bytes()), int64(file.Len()), VerifyOptions{Key: key})
		if err == nil && !bytes.Equal(bytes.TrimSuffix(record, []byte("\n")), bytes.TrimSuffix(parts[packRecord], []byte("\n"))) {
			t.Errorf("verifies, and holds other lines:\n%s", record)
		}
	})
}

func recordOf(t testing.TB, file []byte) string {
	pack, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(partOf(t, pack, packRecord), []byte("\n")))
}

func partOf(t testing.TB, pack *zip.Reader, name string) []byte {
	t.Helper()
	file, err := pack.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// FuzzOlderCheckpoint holds that an older checkpoint that is taken counts no more lines than there are, whatever was kept.
func FuzzOlderCheckpoint(f *testing.F) {
	genuine, key := seed(f, "record.ndjson"), strings.TrimSpace(string(seed(f, "record.key")))
	f.Add(string(genuine))
	f.Add("fuzz.switchboard.example/audit\n7\nL+deHjJUofVxWj6Y77TGRcbMdMGWLcxOopsuMLCfWNk=\n\n— fuzz.switchboard.example/audit 7LZfH/udX8ViZauK3gFEJK9IMfjqS9erdWSLSGDoPOEqc3KTJRcW4eFnGjrd83o6/em6wdp/QCgcAJv467SIRR+XTAo=\n")
	f.Add("origin\n-1\nAAAA\n\n")
	f.Add("origin\n9223372036854775807\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n\n")
	f.Fuzz(func(t *testing.T, older string) {
		report, err := Verify(bytes.NewReader(genuine), VerifyOptions{Key: key, Checkpoint: older})
		if err == nil && report.Older != 0 && report.Older != 7 {
			t.Errorf("%q proves %d older lines; the one that was signed counts 7", older, report.Older)
		}
		if err == nil && report.Older == 0 && strings.TrimSpace(older) != "" {
			t.Errorf("%q was passed over", older)
		}
	})
}

// FuzzParseFilter holds that a filter that is taken survives its own query.
func FuzzParseFilter(f *testing.F) {
	f.Add("connector=c1&person=Mona&action=edit&outcome=applied&from=2026-11-24&to=2026-11-24T10:00:00Z")
	f.Add("from=0001-01-01T00:00:00Z&to=0000-12-31T23:00:00-01:00")
	f.Add("to=9999-12-31&person=+%00+")
	f.Fuzz(func(t *testing.T, text string) {
		query, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		filter, err := ParseFilter(query)
		if err != nil {
			return
		}
		again, err := ParseFilter(filter.Values())
		if err != nil || !again.From.Equal(filter.From) || !again.To.Equal(filter.To) || again.Values().Encode() != filter.Values().Encode() {
			t.Errorf("%q is %+v, and its query %+v, %v", text, filter, again, err)
		}
	})
}
