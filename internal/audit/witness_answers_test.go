package audit_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/audit/witnesstest"
	"switchboard/internal/database/databasetest"
)

// TestAnswersThatAreNoRefusal: whatever a witness, or something before it, answers, only two answers say that the audit log is
// another one.
func TestAnswersThatAreNoRefusal(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	stranger := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	for name, test := range map[string]struct {
		answer  http.HandlerFunc
		refused bool
		says    string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, stranger.URL+"/add-checkpoint", http.StatusTemporaryRedirect)
		}, false, "307"},
		"503":            {status(503, "later"), false, "503"},
		"403":            {status(403, "unknown"), false, "origin"},
		"404":            {status(404, "unknown"), false, "origin"},
		"400":            {status(400, "bad"), false, "400"},
		"200 rubbish":    {status(200, "<html>"), false, "answer"},
		"200 empty":      {status(200, ""), false, "answer"},
		"200 endless":    {status(200, strings.Repeat("x", 1<<20)), false, "longer"},
		"409 rubbish":    {status(409, "<html>"), false, "not a witness's"},
		"409 negative":   {status(409, "-1\n"), false, "not a witness's"},
		"409 of nothing": {status(409, "0\n"), false, "contradicts"},
		"409 swaying": {func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			next := "1\n"
			if bytes.HasPrefix(body, []byte("old 1\n")) {
				next = "2\n"
			}
			status(409, next)(w, r)
		}, false, "something else each time"},
		"409 of another root":   {status(409, "3\n"), true, "rewritten"},
		"409 of a larger tree":  {status(409, "9000\n"), true, "cut off"},
		"422":                   {status(422, "no"), true, "rewritten"},
		"another witness's key": {before(stranger, func() {}), false, "not cosigned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			t.Cleanup(server.Close)
			witness := audit.Witness{Key: strangersKey, URL: server.URL}
			record := watch(t, databasetest.SQLite(t), signer, witness)
			record.add(t, 3)
			if got := record.state(t); got.Refused != test.refused || got.Failing.IsZero() || !strings.Contains(got.Failure, test.says) || got.Lines != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// strangersKey is the key of a witness that signs nothing here.
const strangersKey = "one.example/witness+f564efa8+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// before stands in front of a witness, and does something before each question.
func before(w *witnesstest.Witness, do func()) http.HandlerFunc {
	return func(answer http.ResponseWriter, r *http.Request) {
		do()
		got, err := http.Post(w.URL+r.URL.Path, "", r.Body)
		if err != nil {
			status(http.StatusBadGateway, err.Error())(answer, r)
			return
		}
		defer got.Body.Close()
		answer.WriteHeader(got.StatusCode)
		io.Copy(answer, got.Body)
	}
}

// TestSlowWitnessHoldsUpNoOther: one answers never, and the other has its lines meanwhile.
func TestSlowWitnessHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "two.example/witness", witnessedOrigin, key)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(slow.Close)
	record := watch(t, databasetest.SQLite(t), signer, audit.Witness{Key: strangersKey, URL: slow.URL}, at(litewitness))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- record.by.Run(ctx) }()
	noted(t, record.Log, edit(audit.Applied))
	for record.by.Seen()[1].Lines < 1 {
		noted(t, record.Log, edit(audit.Applied)) // which nothing holds up
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestReplicasAskForOneRecord: each is told how far the other has come, above or below its own tree.
func TestReplicasAskForOneRecord(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			signer, key := newKey(t, witnessedOrigin)
			litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
			url := databasetest.URL(t, kind)
			first := watch(t, databasetest.Open(t, url), signer, at(litewitness))
			first.add(t, 2)
			var once atomic.Bool
			overtaken := httptest.NewServer(before(litewitness, func() {
				if once.CompareAndSwap(false, true) {
					first.add(t, 3) // after the second has read the tree
				}
			}))
			t.Cleanup(overtaken.Close)
			second := watch(t, databasetest.Open(t, url), signer, audit.Witness{Key: litewitness.Key, URL: overtaken.URL})
			second.add(t, 1)
			if got := second.state(t); got.Lines != 6 || !got.Failing.IsZero() {
				t.Errorf("overtaken: %+v", got)
			}
			if _, err := databasetest.Open(t, url).ExecContext(context.Background(), "DELETE FROM audit_witnesses"); err != nil {
				t.Fatal(err)
			}
			first.add(t, 1)
			if got := first.state(t); got.Lines != 7 || !got.Failing.IsZero() {
				t.Errorf("without what it had kept: %+v", got)
			}
		})
	}
}

// TestForgedNotesCountAsNone: what stands in the database is believed to its witness's signature alone.
func TestForgedNotesCountAsNone(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	db := databasetest.SQLite(t)
	record := watch(t, db, signer, at(litewitness))
	record.add(t, 3)
	var signed string
	if err := db.QueryRowContext(context.Background(), "SELECT note FROM audit_witnesses").Scan(&signed); err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{
		"another size":      strings.Replace(signed, "\n3\n", "\n900\n", 1),
		"no cosignature":    signed[:strings.LastIndex(signed, "\u2014")],
		"nothing":           "",
		"another signature": signed[:len(signed)-12] + "AAAAAAAAAA=\n",
	} {
		if _, err := db.ExecContext(context.Background(), "UPDATE audit_witnesses SET note = $1", forged); err != nil {
			t.Fatal(err)
		}
		if last := export(t, record.Log, audit.Filter{}); bytes.Contains(last, []byte(`"witnessed"`)) {
			t.Errorf("%s: it is in the export", name)
		}
		record.by.Ask(context.Background())
		if got := record.state(t); got.Refused || !got.Failing.IsZero() {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestRefusalAfterAcceptIsNamed: what an operator has accepted is what the witness cannot know.
func TestRefusalAfterAcceptIsNamed(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	watch(t, databasetest.SQLite(t), signer, at(litewitness)).add(t, 6)
	restored := watch(t, databasetest.SQLite(t), signer, at(litewitness))
	restored.add(t, 2)
	if got := restored.state(t); !got.Broken() {
		t.Errorf("before: %+v", got)
	}
	noted(t, restored.Log, audit.Entry{Action: "accepted", Reason: "restored"})
	restored.add(t, 0)
	if got := restored.state(t); !got.Refused || !got.Accepted || got.Broken() {
		t.Errorf("after: %+v", got)
	}
}

// TestRunAsksAtOnceAfterNewLines does so although two questions are an hour apart.
func TestRunAsksAtOnceAfterNewLines(t *testing.T) {
	t.Parallel()
	signer, key := newKey(t, witnessedOrigin)
	litewitness := witnesstest.Start(t, "one.example/witness", witnessedOrigin, key)
	asked := make(chan bool, 10)
	server := httptest.NewServer(before(litewitness, func() { asked <- true }))
	t.Cleanup(server.Close)
	log, err := audit.New(audit.Options{Database: databasetest.SQLite(t), SignerKey: signer})
	if err != nil {
		t.Fatal(err)
	}
	by, err := audit.NewWitnesses(audit.WitnessOptions{AuditLog: log,
		Witnesses: []audit.Witness{{Key: litewitness.Key, URL: server.URL}}, Every: time.Hour, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- by.Run(ctx) }()
	<-asked // at the start: whether it knows the audit log as it stands
	noted(t, log, edit(audit.Applied))
	<-asked
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
