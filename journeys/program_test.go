package journeys

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is a running switchboard.
type program struct {
	log     *tail
	ended   chan error
	process *os.Process
}

// start runs the program with nothing but these settings, and kills it when the story is over. The last lines of its log
// are shown with a failure.
func start(t *testing.T, settings map[string]string) *program {
	t.Helper()
	folder := t.TempDir()
	command := exec.Command(binary)
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "TZ=UTC"}
	for key, value := range settings {
		command.Env = append(command.Env, "SWITCHBOARD_"+key+"="+value)
	}
	p := &program{log: &tail{}, ended: make(chan error, 1)}
	command.Stdout, command.Stderr = p.log, p.log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	p.process = command.Process
	done := make(chan struct{})
	go func() {
		p.ended <- command.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // it may have ended
		<-done
		if t.Failed() {
			t.Logf("the program's last lines:\n%s", p.log)
		}
	})
	return p
}

// ready waits until the program can be used.
func (p *program) ready(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Timeout: time.Second}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for {
		select {
		case err := <-p.ended:
			t.Fatalf("the program ended before it was ready: %v", err)
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

// tail keeps the last lines that were written to it.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const kept = 40 // lines

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(t.text.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-kept):], "\n")
}
