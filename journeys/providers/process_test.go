//go:build providers

package providers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// binary is the program under test, which make providers builds.
func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/switchboard")
	if given := os.Getenv("SWITCHBOARD_BIN"); given != "" {
		path, err = filepath.Abs(given)
	}
	check(t, err)
	return path
}

// process is one that ends with the test.
type process struct {
	said *output
	dead chan struct{}
}

// output is what a process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func run(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	p := &process{said: &output{}, dead: make(chan struct{})}
	command.Stdout, command.Stderr = p.said, p.said
	check(t, command.Start())
	go func() {
		_ = command.Wait() // it is killed
		close(p.dead)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // it may have ended by itself, which dead tells too
		<-p.dead
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(command.Path), p.said)
		}
	})
	return p
}

// answers waits until the address is answered 200.
func (p *process) answers(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(60 * time.Second)
	for {
		select {
		case <-p.dead:
			t.Fatalf("it ended before it answered at %s", address)
		case <-late:
			t.Fatalf("no answer at %s after a minute", address)
		case <-tick.C:
			answer, err := http.Get(address)
			if err != nil {
				continue
			}
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
}

// discovered is the userinfo endpoint of an issuer.
func discovered(t *testing.T, issuer string) string {
	t.Helper()
	answer, err := http.Get(issuer + "/.well-known/openid-configuration")
	check(t, err)
	defer answer.Body.Close()
	var document struct {
		Userinfo string `json:"userinfo_endpoint"`
	}
	check(t, json.NewDecoder(answer.Body).Decode(&document))
	return document.Userinfo
}
