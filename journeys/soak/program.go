package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is the running switchboard.
type program struct {
	command *exec.Cmd
	metrics string
	log     *os.File
	dead    chan struct{}
}

// startProgram starts the binary with nothing but these settings, and waits until it serves.
func startProgram(ctx context.Context, binary, folder, url, metrics string, settings map[string]string) (*program, error) {
	path, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	p := &program{command: exec.Command(path), metrics: "http://" + metrics + "/metrics", dead: make(chan struct{})}
	if p.log, err = os.Create(filepath.Join(folder, "log")); err != nil {
		return nil, err
	}
	p.command.Dir, p.command.Stderr = folder, p.log
	p.command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "TZ=UTC"}
	for key, value := range settings {
		p.command.Env = append(p.command.Env, "SWITCHBOARD_"+key+"="+value)
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.command.Wait() // how it ended is seen by what it did
		close(p.dead)
	}()
	if p.ready(ctx, url) {
		return p, nil
	}
	p.stop()
	content, _ := os.ReadFile(p.log.Name())
	return nil, fmt.Errorf("the program does not get ready: %.2000s", content)
}

// client asks the program how it is.
var client = &http.Client{Timeout: 10 * time.Second}

// ready waits until the program serves; false where it ended or takes too long.
func (p *program) ready(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-p.dead:
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if answer, err := client.Get(url + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
	}
}

// stop asks the program to end, and kills it if it does not.
func (p *program) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may be gone
	select {
	case <-p.dead:
	case <-time.After(40 * time.Second):
		_ = p.command.Process.Kill()
		<-p.dead
	}
	p.log.Close()
}

// usage is what the program holds.
type usage struct{ resident, peak, goroutines, descriptors int } // kB, kB, and counts

func (p *program) usage(ctx context.Context) (usage, error) {
	var u usage
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return u, fmt.Errorf("the program is gone: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 2:
		case fields[0] == "VmRSS:":
			u.resident, _ = strconv.Atoi(fields[1])
		case fields[0] == "VmHWM:":
			u.peak, _ = strconv.Atoi(fields[1])
		}
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.command.Process.Pid))
	if err != nil {
		return u, err
	}
	u.descriptors = len(open)
	u.goroutines, err = p.goroutines(ctx)
	return u, err
}

func (p *program) goroutines(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.metrics, nil)
	if err != nil {
		return 0, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if count, found := strings.CutPrefix(lines.Text(), "go_goroutines "); found {
			return strconv.Atoi(count)
		}
	}
	return 0, errors.New("the metrics tell no goroutines")
}

// The bounds of what the program may hold.
const (
	mostResident = 128 << 10 // kB
	slack        = 60        // goroutines and descriptors more than when all was quiet: connections that are still idle
)

// leaks compares what the program holds with what it held when all was quiet, once that has had time to go.
func (p *program) leaks(ctx context.Context, before usage) (broken []string, err error) {
	var now usage
	for range 60 {
		if now, err = p.usage(ctx); err != nil {
			return nil, err
		}
		if now.goroutines <= before.goroutines && now.descriptors <= before.descriptors {
			break
		}
		time.Sleep(time.Second)
	}
	fmt.Printf("memory: %d MB at most, %d MB now; goroutines %d, before %d; descriptors %d, before %d\n",
		now.peak>>10, now.resident>>10, now.goroutines, before.goroutines, now.descriptors, before.descriptors)
	if now.peak > mostResident {
		broken = append(broken, fmt.Sprintf("%d MB of memory, more than 128", now.peak>>10))
	}
	if now.goroutines > before.goroutines+slack {
		broken = append(broken, fmt.Sprintf("%d goroutines, %d before the faults", now.goroutines, before.goroutines))
	}
	if now.descriptors > before.descriptors+slack {
		broken = append(broken, fmt.Sprintf("%d file descriptors, %d before the faults", now.descriptors, before.descriptors))
	}
	return broken, nil
}
