package crash

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the program under test: $SWITCHBOARD_BIN, else built from this checkout.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "switchboard-crash-")
	if err == nil {
		defer os.RemoveAll(folder)
		binary, err = build(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the program cannot be had:", err)
		return 1
	}
	return m.Run()
}

func build(folder string) (string, error) {
	if given := os.Getenv("SWITCHBOARD_BIN"); given != "" {
		return filepath.Abs(given)
	}
	path := filepath.Join(folder, "switchboard")
	if output, err := exec.Command("go", "build", "-o", path, "switchboard/cmd/web").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build switchboard/cmd/web: %w\n%s", err, output)
	}
	return path, nil
}

// program is a running switchboard that can be killed.
type program struct {
	command *exec.Cmd
	log     bytes.Buffer // to be read once it is dead
	dead    chan struct{}
	once    sync.Once
}

// start runs the program with nothing but these settings.
func start(t *testing.T, settings map[string]string) *program {
	t.Helper()
	folder := t.TempDir()
	p := &program{command: exec.Command(binary), dead: make(chan struct{})}
	p.command.Dir = folder
	p.command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "TZ=UTC"}
	for key, value := range settings {
		p.command.Env = append(p.command.Env, "SWITCHBOARD_"+key+"="+value)
	}
	p.command.Stderr = &p.log
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait() // it is killed
		close(p.dead)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the last that the program of %s said:\n%s", settings["LISTEN"], last(p.log.String(), 2000))
		}
	})
	return p
}

func last(text string, most int) string { return text[max(0, len(text)-most):] }

// kill sends SIGKILL and returns when the program is dead, however often and from wherever it is called.
func (p *program) kill() {
	p.once.Do(func() {
		_ = p.command.Process.Kill() // it may have ended by itself, which dead tells too
	})
	<-p.dead
}

// ready waits until the program serves.
func (p *program) ready(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for {
		select {
		case <-p.dead:
			t.Fatalf("the program ended before it was ready:\n%s", p.log.String())
		case <-late:
			t.Fatal("the program is not ready after 30 s")
		case <-tick.C:
			answer, err := client.Get(url + "/readyz")
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

// freeAddress is a port below the ones that the system hands out by itself, so that no connection takes it while the
// program is dead.
func freeAddress(t *testing.T) string {
	t.Helper()
	for port := 15_000 + os.Getpid()%4_000; port < 20_000; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		taken.Lock()
		free := !taken.ports[port]
		taken.ports[port] = true
		taken.Unlock()
		listener.Close()
		if free {
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

var taken = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// verify runs the program's own check of an exported record.
func verify(t *testing.T, key, export string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.ndjson")
	check(t, os.WriteFile(file, []byte(export), 0o600))
	output, err := exec.Command(binary, "verify", "-key", key, file).CombinedOutput()
	if err != nil {
		t.Errorf("the export does not verify: %v\n%s", err, output)
	}
	if strings.TrimSpace(string(output)) == "" {
		t.Error(errors.New("verify says nothing"))
	}
}
