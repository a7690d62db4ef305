package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// streamed is an audit log whose lines go out, and what is told of that.
type streamed struct {
	*audit.Log
	stream *audit.Stream
	said   *bytes.Buffer
	end    func()
}

// stream starts to stream the audit log of that key in the database. end stops it, as the end of the program does.
func stream(t testing.TB, db *database.DB, signer string, o audit.StreamOptions) streamed {
	t.Helper()
	log, err := audit.New(audit.Options{Database: db, SignerKey: signer})
	if err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	o.Log = slog.New(slog.NewTextHandler(said, nil))
	o.AuditLog = log
	s, err := audit.NewStream(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return streamed{log, s, said, func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}}
}

// linesOf are an export's lines without its own and the last one.
func linesOf(t testing.TB, log *audit.Log) string {
	t.Helper()
	lines := strings.SplitAfter(string(export(t, log, audit.Filter{})), "\n")
	return strings.Join(lines[:len(lines)-3], "")
}

func content(t testing.TB, path string) string {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(read)
}

// rollBack appends a line in a transaction that comes to nothing.
func rollBack(t testing.TB, db *database.DB, log *audit.Log) {
	t.Helper()
	refused := errors.New("refused")
	err := db.Write(context.Background(), func(tx *sql.Tx) error {
		if _, err := log.Append(context.Background(), tx, edit(audit.Pending)); err != nil {
			t.Fatal(err)
		}
		return refused
	})
	if err != refused {
		t.Fatal(err)
	}
}

func TestStreamHasTheVeryLinesOfAnExport(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, _ := newKey(t, "test")
		folder := t.TempDir()
		o := audit.StreamOptions{File: filepath.Join(folder, "lines"), Position: filepath.Join(folder, "position")}
		first := stream(t, db, signer, o)
		noted(t, first.Log, audit.Entry{Action: audit.SignIn, Actor: mona(), Reason: hostile})
		rollBack(t, db, first.Log)
		appendMany(t, db, first.Log, 1500) // more than is read at once
		for sent := 0; sent < 1501; {      // the end waits for what is left for a moment only
			<-time.After(10 * time.Millisecond)
			text, _ := os.ReadFile(o.File)
			sent = bytes.Count(text, []byte("\n"))
		}
		first.end()
		if got := content(t, o.File); got != linesOf(t, first.Log) {
			t.Errorf("%d lines were streamed, of %d", strings.Count(got, "\n"), strings.Count(linesOf(t, first.Log), "\n"))
		}
		if info, err := os.Stat(o.File); err != nil || info.Mode() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
		if first.stream.Failures() != 0 || first.said.Len() > 0 {
			t.Errorf("%d failures:\n%s", first.stream.Failures(), first.said)
		}
	})
}

// TestStreamGoesOnWhereItStopped: a run could write nothing, and what a crash has cut off in the file comes again.
func TestStreamGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, _ := newKey(t, "test")
		folder := t.TempDir()
		o := audit.StreamOptions{File: filepath.Join(folder, "later", "lines"), Position: filepath.Join(folder, "position")}
		dead := stream(t, db, signer, o)
		for range 3 {
			noted(t, dead.Log, edit(audit.Applied)) // nothing holds it up
		}
		dead.end()
		if dead.stream.Failures() == 0 || strings.Count(dead.said.String(), "level=ERROR") != 1 {
			t.Errorf("%d failures:\n%s", dead.stream.Failures(), dead.said)
		}
		if err := errors.Join(os.Mkdir(filepath.Dir(o.File), 0o700), os.WriteFile(o.File, []byte("earlier\n{\"seq\":1,\"id"), 0o644)); err != nil {
			t.Fatal(err)
		}
		again := stream(t, db, signer, o)
		noted(t, again.Log, edit(audit.Applied))
		again.end()
		if got := content(t, o.File); got != "earlier\n"+linesOf(t, again.Log) {
			t.Errorf("streamed:\n%s", got)
		}
		if info, err := os.Stat(o.File); err != nil || info.Mode() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
	})
}

// TestReplicasStreamTheirOwnLines: two programs share the audit log and the position's name. One dies, and the next start,
// whichever of them it is, sends what it had not.
func TestReplicasStreamTheirOwnLines(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		signer, _ := newKey(t, "test")
		folder := t.TempDir()
		options := func(name string) audit.StreamOptions {
			return audit.StreamOptions{File: filepath.Join(folder, name), Position: filepath.Join(folder, "position")}
		}
		one, two := stream(t, db, signer, options("one")), stream(t, db, signer, options("no/two"))
		noted(t, one.Log, edit(audit.Applied))
		rollBack(t, db, one.Log) // its number is the other's then
		noted(t, two.Log, edit(audit.Rejected))
		noted(t, one.Log, edit(audit.InDoubt))
		one.end()
		all := strings.SplitAfter(linesOf(t, one.Log), "\n")
		if got := content(t, filepath.Join(folder, "one")); got != all[0]+all[2] {
			t.Errorf("the first streamed:\n%s", got)
		}
		two.end()
		three, four := stream(t, db, signer, options("three")), stream(t, db, signer, options("four"))
		three.end()
		four.end()
		// Of the first line the second may have seen already that it is the other's, if it looked just before its own was committed.
		if got := content(t, filepath.Join(folder, "four")); !strings.HasPrefix(strings.TrimPrefix(got, all[0]), all[1]+all[2]) {
			t.Errorf("after the second could write nothing:\n%s", got)
		}
	})
}

// choking is a reader that takes some bytes, then none, then all.
type choking struct {
	bytes.Buffer
	takes []int
}

func (c *choking) Write(p []byte) (int, error) {
	if len(c.takes) == 0 {
		return c.Buffer.Write(p)
	}
	n := min(c.takes[0], len(p))
	c.takes = c.takes[1:]
	c.Buffer.Write(p[:n])
	return n, io.ErrShortWrite
}

func TestStreamGoesOnWithinALine(t *testing.T) {
	t.Parallel()
	signer, _ := newKey(t, "test")
	out := &choking{takes: []int{100}}
	one := stream(t, databasetest.SQLite(t), signer, audit.StreamOptions{File: "stdout", Stdout: out, Position: filepath.Join(t.TempDir(), "position")})
	noted(t, one.Log, edit(audit.Applied))
	noted(t, one.Log, edit(audit.Applied))
	for one.stream.Failures() == 0 {
		noted(t, one.Log, edit(audit.Applied))
	}
	one.end()
	if got := out.String(); got != linesOf(t, one.Log) || !strings.Contains(one.said.String(), "streamed again") {
		t.Errorf("streamed:\n%s\n%s", got, one.said)
	}
}

// stuck is a reader that takes nothing.
type stuck struct{ begun, never chan struct{} }

func (s stuck) Write([]byte) (int, error) {
	close(s.begun)
	<-s.never
	return 0, io.ErrClosedPipe
}

// TestStuckReaderHoldsUpNothing: neither who appends nor the end of the program.
func TestStuckReaderHoldsUpNothing(t *testing.T) {
	t.Parallel()
	signer, _ := newKey(t, "test")
	out := stuck{make(chan struct{}), make(chan struct{})}
	one := stream(t, databasetest.SQLite(t), signer, audit.StreamOptions{File: "stdout", Stdout: out, Position: filepath.Join(t.TempDir(), "position")})
	noted(t, one.Log, edit(audit.Applied))
	<-out.begun
	noted(t, one.Log, edit(audit.Applied))
	one.end()
	if !strings.Contains(one.said.String(), "has not taken its last lines") {
		t.Errorf("it says:\n%s", one.said)
	}
}

// TestStreamWithoutAPosition: a position that is lost, unreadable or ahead of the audit log costs no line that is committed now.
func TestStreamWithoutAPosition(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		position string
		all      bool // of the audit log come
	}{
		"new": {"", false}, "rubbish": {"seventeen and a half dozen of sheep\n", true}, "ahead": {"900", false}, "written by hand": {"1\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, _ := newKey(t, "test")
			db, folder := databasetest.SQLite(t), t.TempDir()
			appendMany(t, db, open(t, db), 2)
			o := audit.StreamOptions{File: filepath.Join(folder, "lines"), Position: filepath.Join(folder, "position")}
			if err := os.WriteFile(o.Position, []byte(test.position), 0o600); err != nil {
				t.Fatal(err)
			}
			one := stream(t, db, signer, o)
			noted(t, one.Log, edit(audit.Applied))
			one.end()
			got := content(t, o.File)
			if all := strings.SplitAfter(linesOf(t, one.Log), "\n"); !strings.HasSuffix(got, all[2]) || strings.Contains(got, all[1]) != test.all {
				t.Errorf("streamed:\n%s", got)
			}
			if kept := content(t, o.Position); kept != "00000000000000000003\n" {
				t.Errorf("the position is %q", kept)
			}
		})
	}
}
