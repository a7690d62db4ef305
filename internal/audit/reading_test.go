package audit

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
)

// lines are one of each kind, as text writes them.
func linesOfEachKind(t testing.TB) (all []string) {
	value := func(text string) *connector.Value { v := connector.Of(text); return &v }
	at := time.Date(2026, 11, 24, 9, 8, 7, 6_000, time.UTC)
	person := access.Actor{OID: "o", TID: "t", Name: "Zoë \"Z\" <O’Brien> & 日本 \x00\xff\u2028", Claims: []string{"Connector.Admin", "b"}}
	for _, e := range []Entry{
		{Seq: 1, ID: "i", Time: at, Action: SignIn, Actor: access.Actor{}},
		{Seq: 123456789012, ID: "i", Time: at.Truncate(time.Second), Action: Edit, Actor: person, Connector: "c", Outcome: Applied, Reason: "line\nbreak\t\\ and \"quotes\"",
			Fields: []connector.FieldChange{
				{Name: connector.Version, Before: connector.Null(), Requested: connector.Of(""), Stored: value("15.1")},
				{Name: connector.ExchangeAlias, Before: connector.Of("\\u0041"), Requested: connector.Of("😀"), Stored: new(connector.Null())},
			}, Graph: &Graph{Status: 400, RequestID: "r", ClientRequestID: "x", Message: "no"}},
		{Seq: 3, ID: "i", Time: at, Action: Edit, Actor: person, Connector: "c", Outcome: InDoubt, Fields: []connector.FieldChange{{Name: "n"}}, Graph: &Graph{ClientRequestID: "x"}},
		{Seq: 4, ID: "i", Time: at, Action: Resolved, Actor: person, Outcome: Applied, SyncType: "deltaSync", SyncedAt: value("2026-11-24T10:00:00.1-08:00")},
		{Seq: 5, ID: "i", Time: at, Action: Resolved, Actor: person, Outcome: Applied, SyncType: "fullSync", SyncedAt: new(connector.Null()), Further: Further{"run", 17, "https://tickets.example/1"}},
		{Seq: 6, ID: "i", Time: at, Action: Acknowledged, Actor: person, Further: Further{Observed: 17}},
	} {
		text, err := e.text()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// TestLinesAreReadAsTheyWereWritten, which is the short way, and never another entry than JSON's.
func TestLinesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	lines := linesOfEachKind(t)
	for line := range strings.Lines(string(recorded(t))) {
		if text, _, found := strings.Cut(line, hashMark); found {
			lines = append(lines, text+"}")
		}
	}
	for _, text := range lines {
		for _, settled := range []bool{false, true} {
			got, short := asWritten(text, settled)
			want, err := readJSON([]byte(text), settled)
			if !short || err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s is read as %+v, %v; want %+v, %v", text, got, short, want, err)
			}
		}
	}
	for _, other := range []string{"", "{}", lines[0] + " ", strings.Replace(lines[0], `"id"`, ` "id"`, 1), strings.Replace(lines[0], `:1,`, `:01,`, 1),
		strings.Replace(lines[0], "Z", "+01:00", 1), strings.Replace(lines[1], "Zo", "Z\xff", 1), strings.Replace(lines[1], "Zo", "Z\n", 1), lines[1][:len(lines[1])/2]} {
		if got, short := asWritten(other, false); short {
			t.Errorf("%q is read as %+v", other, got)
		}
	}
}

// recorded is a record that a test of another day exported.
func recorded(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile("testdata/record.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(content)
}

// FuzzReadLine holds that what is read the short way is what JSON says.
func FuzzReadLine(f *testing.F) {
	for _, line := range linesOfEachKind(f) {
		f.Add(line, true)
		f.Add(line, false)
	}
	f.Fuzz(func(t *testing.T, text string, settled bool) {
		got, short := asWritten(text, settled)
		if !short {
			return
		}
		if want, err := readJSON([]byte(text), settled); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %+v; want %+v, %v", text, got, want, err)
		}
	})
}
