// Package witnesstest runs litewitness, an independent witness, for tests. It is built from the module in litewitness/, once
// for all of them, and signs with a key that an SSH agent in this process holds.
package witnesstest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	_ "modernc.org/sqlite" // what litewitness keeps
)

// Witness is a litewitness of a test's own.
type Witness struct {
	// Key is its public key, URL where it takes checkpoints.
	Key, URL string

	t       testing.TB
	name    string
	folder  string
	print   string // the key's, for the agent
	process *exec.Cmd
	ended   chan struct{}
}

// Start starts one that knows the audit log of that origin and public key. It ends with the test.
func Start(t testing.TB, name, origin, key string) *Witness {
	t.Helper()
	folder, err := os.MkdirTemp("", "witness") // a socket's path may not be long
	check(t, err)
	w := &Witness{t: t, name: name, folder: folder}
	t.Cleanup(func() { w.Stop(); check(t, os.RemoveAll(folder)) })
	w.serveKey()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	w.URL = "http://" + listener.Addr().String()
	check(t, listener.Close())
	w.Resume()
	w.add(origin, key)
	return w
}

// serveKey makes the witness's key and an agent that signs with it.
func (w *Witness) serveKey() {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	check(w.t, err)
	cosigner, err := torchwood.NewCosignatureSigner(w.name, private)
	check(w.t, err)
	w.Key = cosigner.Verifier().String()
	public, err := ssh.NewPublicKey(private.Public())
	check(w.t, err)
	w.print = ssh.FingerprintSHA256(public)
	keys := agent.NewKeyring()
	check(w.t, keys.Add(agent.AddedKey{PrivateKey: private}))
	listener, err := net.Listen("unix", w.socket())
	check(w.t, err)
	w.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil { // the test is over
				return
			}
			go func() {
				defer connection.Close()
				_ = agent.ServeAgent(keys, connection) // ends with the witness
			}()
		}
	}()
}

func (w *Witness) socket() string { return filepath.Join(w.folder, "agent") }
func (w *Witness) stored() string { return filepath.Join(w.folder, "witness.db") }

// Resume starts it, again with what it knew after a Stop, and returns when it answers.
func (w *Witness) Resume() {
	w.t.Helper()
	w.process = exec.Command(program(w.t), "-name", w.name, "-db", w.stored(), "-ssh-agent", w.socket(), "-key", w.print,
		"-listen", w.URL[len("http://"):])
	said, err := os.OpenFile(filepath.Join(w.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(w.t, err)
	defer said.Close()
	w.process.Stderr = said
	check(w.t, w.process.Start())
	w.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait() // it is killed
		close(ended)
	}(w.process, w.ended)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		answer, err := http.Get(w.URL)
		if err == nil {
			answer.Body.Close()
			return
		}
		select {
		case <-w.ended:
			log, _ := os.ReadFile(said.Name())
			w.t.Fatalf("litewitness has ended: %s", log)
		case <-tick.C:
		}
	}
}

// Stop kills it.
func (w *Witness) Stop() {
	if w.process != nil {
		_ = w.process.Process.Kill() // it may have ended
		<-w.ended
		w.process = nil
	}
}

// add has it know an audit log, as witnessctl add-log and add-key do.
func (w *Witness) add(origin, key string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.stored())
	check(w.t, err)
	defer db.Close()
	empty := sha256.Sum256(nil)
	_, err = db.Exec("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", origin, base64.StdEncoding.EncodeToString(empty[:]))
	check(w.t, err)
	w.AddKey(origin, key)
}

// AddKey has it take another key of an audit log.
func (w *Witness) AddKey(origin, key string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.stored())
	check(w.t, err)
	defer db.Close()
	_, err = db.Exec("INSERT INTO key (origin, key) VALUES (?, ?)", origin, key)
	check(w.t, err)
}

// Lines is the size of the tree that it cosigned last.
func (w *Witness) Lines(origin string) (size int64) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.stored())
	check(w.t, err)
	defer db.Close()
	check(w.t, db.QueryRow("SELECT tree_size FROM log WHERE origin = ?", origin).Scan(&size))
	return size
}

// built is litewitness, or why it could not be built.
var built = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	module := filepath.Join(filepath.Dir(here), "litewitness")
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", err
	}
	version := sha256.Sum256(sums)
	folder := filepath.Join(filepath.Dir(here), "..", "..", "..", ".cache")
	target := filepath.Join(folder, "litewitness-"+hex.EncodeToString(version[:6]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	draft := filepath.Join(folder, "litewitness-"+rand.Text()) // other tests' processes may build it, too
	command := exec.Command("go", "build", "-C", module, "-o", draft, "filippo.io/torchwood/cmd/litewitness")
	if said, err := command.CombinedOutput(); err != nil {
		return "", &buildError{err, string(said)}
	}
	return target, os.Rename(draft, target)
})

type buildError struct {
	error
	said string
}

func (e *buildError) Error() string { return "build litewitness: " + e.error.Error() + "\n" + e.said }

func program(t testing.TB) string {
	t.Helper()
	path, err := built()
	check(t, err)
	return path
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
