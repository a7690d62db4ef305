package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"switchboard/internal/config"
)

// asProgram has this test's own file be the program: a signal is for a whole process.
const asProgram = "RUN_AS_SWITCHBOARD"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a demo that runs.
type process struct {
	*exec.Cmd
	t       *testing.T
	address string
	log     bytes.Buffer // to be read once it has ended
	ended   chan error
}

// start runs the demo behind a prefix, such as nohup's effect, until it serves.
func start(t *testing.T, prefix ...string) *process {
	t.Helper()
	return startAs(t, func(*exec.Cmd) {}, prefix...)
}

// hearHangups has programs that are started hear SIGHUP also where the tests themselves run under nohup, which they would inherit.
var hearHangups = sync.OnceFunc(func() {
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
})

// startAs is start with the process altered before it runs.
func startAs(t *testing.T, alter func(*exec.Cmd), prefix ...string) *process {
	t.Helper()
	hearHangups()
	command := append(prefix, os.Args[0])
	p := &process{Cmd: exec.Command(command[0], command[1:]...), t: t, address: free(t), ended: make(chan error, 1)}
	p.Dir, p.Stderr = t.TempDir(), &p.log
	p.Env = []string{asProgram + "=1", "SWITCHBOARD_LISTEN=" + p.address, "SWITCHBOARD_PUBLIC_URL=http://" + p.address, "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0"}
	alter(p.Cmd)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() { _ = p.Process.Kill() }) // most have ended by themselves
	p.until("it serves", func() bool { return p.answers("/readyz") })
	return p
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (p *process) answers(path string) bool {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + p.address + path)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (p *process) until(what string, holds func() bool) {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); !holds(); {
		select {
		case <-late:
			p.t.Fatalf("not within 30 s: %s", what)
		case <-tick.C:
		}
	}
}

// stop sends a signal and waits until the program ends.
func (p *process) stop(by os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(by); err != nil {
		p.t.Fatal(err)
	}
	if err := <-p.ended; err != nil || !strings.Contains(p.log.String(), "switchboard has stopped") {
		p.t.Errorf("after %v: %v\n%s", by, err, p.log.String())
	}
}

// TestSignalsDrain: a request that has begun is answered after the signal, and no new one is taken.
func TestSignalsDrain(t *testing.T) {
	for _, by := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		t.Run(by.String(), func(t *testing.T) {
			p := start(t)
			connection, err := net.Dial("tcp", p.address)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			const body = "theme=dark"
			fmt.Fprintf(connection, "POST /theme HTTP/1.1\r\nHost: %s\r\nOrigin: http://%[1]s\r\nExpect: 100-continue\r\n"+
				"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", p.address, len(body))
			reader := bufio.NewReader(connection)
			if line, err := reader.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100") { // the form is waited for
				t.Fatalf("%q, %v", line, err)
			}
			if err := p.Process.Signal(by); err != nil {
				t.Fatal(err)
			}
			p.until("no request is taken", func() bool { return !p.answers("/healthz") })
			fmt.Fprint(connection, body)
			if _, err := reader.ReadString('\n'); err != nil { // the end of the 100
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(reader, nil)
			if err != nil || answer.StatusCode != http.StatusSeeOther {
				t.Fatalf("what was under way: %v, %v", answer, err)
			}
			if err := <-p.ended; err != nil {
				t.Errorf("%v\n%s", err, p.log.String())
			}
		})
	}
}

// TestNohupHolds: who starts the program so that it outlives a terminal gets that.
func TestNohupHolds(t *testing.T) {
	p := start(t, "sh", "-c", `trap "" HUP; exec "$0"`)
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for range 50 { // a program that stops takes none within a millisecond
		if !p.answers("/healthz") {
			t.Fatal("it stops")
		}
	}
	p.stop(syscall.SIGTERM)
}

// TestStopBeforeServing: whoever stops the program while it starts is told of no failure.
func TestStopBeforeServing(t *testing.T) {
	t.Parallel()
	environ := []string{"SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0", "SWITCHBOARD_DATABASE_URL=sqlite:" + t.TempDir() + "/x.db"}
	settings, _, err := config.Load("", false, environ)
	if err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	if code := serveUntil(stopped, settings, io.Discard, slog.New(slog.NewJSONHandler(&log, nil))); code != clean || strings.Contains(log.String(), "ERROR") {
		t.Errorf("exit code %d:\n%s", code, log.String())
	}
}
